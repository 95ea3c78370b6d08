// Whoever a process gives a task to may do it: the groups of user tasks, and the roles that bring a message
// in, are roles of access.json, and a row allows each of them the command.
#include "pack/pack_inside.h"

static bool is_allowed(const struct access_rules *a, struct text role, struct text command) {
    for (size_t i = 0; i < a->rows.count; i++)
        if (text_eq(a->rows.items[i].role, role) && text_eq(a->rows.items[i].action, command)) return true;
    return false;
}

static void check_group(const struct pack *pack, struct pack_findings *f, const char *file,
                        const struct flow_element *e, struct text group, struct text command) {
    bool is_role = access_word_find(&pack->access.roles, group) != NULL;
    if (is_role && is_allowed(&pack->access, group, command)) return;
    struct problem *p = findings_add(f, PACK_SECTION_ACCESS, PACK_BROKEN, file,
                                     is_role ? "task_not_allowed" : "group_unknown",
                                     is_role ? "report.task_not_allowed" : "report.group_unknown");
    findings_arg(f, p, "task", e->id);
    findings_arg(f, p, "role", group);
    findings_arg(f, p, "command", command);
}

void report_permissions(const struct pack *pack, struct pack_findings *f) {
    for (size_t i = 0; i < pack->processes.count; i++) {
        const struct flow_model *m = pack->processes.items[i].model;
        const char *file = text_c(f->arena, pack->processes.items[i].file);
        for (size_t k = 0; k < flow_count(m); k++) {
            const struct flow_element *e = flow_element(m, (int)k);
            bool is_task = e->kind == FLOW_USER_TASK;
            struct text rest = is_task ? e->groups : flow_property(e, T("roles"), T("")), group;
            struct text command =
                is_task ? flow_property(e, T("command"), T("complete_task")) : T("deliver_message");
            if (!rest.n || rest.p[0] == '=') continue; // known when it runs
            while (text_cut(&rest, ',', &group)) check_group(pack, f, file, e, text_trim(group), command);
        }
    }
}
