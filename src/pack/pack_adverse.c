// Ends that are against the person: each way to one passes reasons, a hearing, a human signature and a
// letter, and starts the time to appeal (R-GD-12, R-RD-01, R-RD-02, R-RD-03). Decided on the process as drawn
// and the codes of outcomes.
#include "pack/pack_graph.h"
#include "pack/pack_inside.h"

static bool has_command(const struct flow_element *e, struct text command) {
    return e->kind == FLOW_USER_TASK && text_eq(flow_property(e, T("command"), e->id), command);
}

static bool takes_message(const struct flow_element *e, struct text name) {
    bool is_awaited =
        e->kind == FLOW_CATCH_EVENT || e->kind == FLOW_RECEIVE_TASK || e->kind == FLOW_START_EVENT;
    return is_awaited && e->event == FLOW_MESSAGE && text_eq(e->event_name, name);
}

static bool gives_reasons(const struct pack *pack, const struct flow_element *e) {
    (void)pack;
    return has_command(e, T("propose_decision"));
}

static bool signs(const struct pack *pack, const struct flow_element *e) {
    (void)pack;
    return has_command(e, T("sign_decision")) && (e->groups.n || e->assignee.n);
}

// The letter that a service makes, by its header.
static struct text letter_of(const struct flow_element *e) {
    for (size_t i = 0; text_eq(e->type, T("letter")) && i < e->headers.count; i++)
        if (text_eq(e->headers.items[i].name, T("letter"))) return e->headers.items[i].value;
    return T("");
}

static bool writes(const struct pack *pack, const struct flow_element *e) {
    const struct letter_template *l = pack_letter(pack, letter_of(e));
    return text_eq(letter_of(e), T("decision")) || (l && l->is_adverse);
}

// The clock of the outcome's appeal starts when the decision is notified.
static bool notifies(const struct pack *pack, const struct flow_element *e) {
    (void)pack;
    return e->kind != FLOW_START_EVENT && takes_message(e, T("decision_notified"));
}

// Whoever appeals has a decision already, which was made on another way.
static bool is_appeal(const struct pack *pack, const struct flow_element *e) {
    (void)pack;
    return takes_message(e, T("appeal_lodged"));
}

// The same, or the person's own act, which needs no hearing.
static bool needs_no_hearing(const struct pack *pack, const struct flow_element *e) {
    return is_appeal(pack, e) || takes_message(e, T("application_withdrawn"));
}

// In an interview, or by a letter that tells what is intended, why, and until when it can be answered.
static bool hears(const struct pack *pack, const struct flow_element *e) {
    const struct letter_template *l = pack_letter(pack, letter_of(e));
    return has_command(e, T("hold_interview")) || (l && text_eq(l->kind, T("hearing")));
}

static const struct {
    graph_test *passes, *excused;
    const char *rule, *text_key;
} DUTIES[] = {
    {gives_reasons, is_appeal, "end_without_reasons", "report.end_without_reasons"},
    {signs, is_appeal, "end_without_signature", "report.end_without_signature"},
    {writes, is_appeal, "end_without_letter", "report.end_without_letter"},
    {notifies, is_appeal, "end_without_notification", "report.end_without_notification"},
    {hears, needs_no_hearing, "end_without_hearing", "report.end_without_hearing"},
};
enum { DUTY_COUNT = sizeof DUTIES / sizeof *DUTIES };

static void check_ways(const struct pack *pack, struct pack_findings *f, const struct pack_graph *g,
                       const char *file) {
    for (size_t i = 0; i < DUTY_COUNT; i++) {
        struct text way;
        if (!graph_way_around(pack, g, DUTIES[i].passes, DUTIES[i].excused, &way)) continue;
        struct problem *p =
            findings_add(f, PACK_SECTION_ADVERSE, PACK_BROKEN, file, DUTIES[i].rule, DUTIES[i].text_key);
        findings_arg(f, p, "way", way);
    }
}

static bool may_decide_against(const struct pack *pack) {
    const struct code_list *outcomes = pack_codes(pack, T("outcome"));
    for (size_t i = 0; outcomes && i < code_count(outcomes); i++) {
        struct outcome o;
        if (pack_outcome(pack, code_at(outcomes, i)->code, &o) || o.is_adverse) return true;
    }
    return !outcomes;
}

static void check_appeal_is_taken(const struct pack *pack, struct pack_findings *f,
                                  const struct flow_model *m, const char *file) {
    if (!may_decide_against(pack)) return;
    for (size_t i = 0; i < flow_count(m); i++)
        if (takes_message(flow_element(m, (int)i), T("appeal_lodged"))) return;
    findings_add(f, PACK_SECTION_ADVERSE, PACK_BROKEN, file, "appeal_not_taken", "report.appeal_not_taken");
}

// What the authors say of these ends, no program can check.
static void list_undecided(struct pack_findings *f, const struct flow_model *m, const char *file) {
    for (size_t i = 0; i < flow_count(m); i++) {
        const struct flow_element *e = flow_element(m, (int)i);
        if (e->kind != FLOW_END_EVENT || !graph_decides_nothing(e)) continue;
        struct problem *p = findings_add(f, PACK_SECTION_ADVERSE, PACK_UNKNOWN, file, "end_decides_nothing",
                                         "report.end_decides_nothing");
        findings_arg(f, p, "what", e->id);
    }
}

static bool is_asked(const struct form *form, struct text path) {
    const struct form_field *field = form ? form_field_at(form, path) : NULL;
    return field && field->is_required && field->min_length > 0;
}

// R-RD-02: what a letter gives as reasons was asked from the officer, and may not be left empty.
static bool is_told(const struct pack_findings *f, struct text what) {
    for (size_t i = 0; i < f->count; i++) {
        const struct problem *p = &f->items[i].what;
        if (text_eq(text_of(p->rule), T("reasons_not_asked")) && text_eq(p->args[0].value, what)) return true;
    }
    return false;
}

// Several letters may give the same reasons: what is not asked is told once.
static void check_reasons(const struct pack *pack, struct pack_findings *f, const struct letter_template *l) {
    const struct form *form = pack_form(pack, T("propose_decision"));
    for (size_t i = 0; i < l->part_count; i++) {
        const struct letter_part *part = &l->parts[i];
        if (part->kind != LETTER_REASONS || is_asked(form, part->value) || is_told(f, part->value)) continue;
        struct problem *p = findings_add(f, PACK_SECTION_ADVERSE, PACK_BROKEN, "forms/propose_decision",
                                         "reasons_not_asked", "report.reasons_not_asked");
        findings_arg(f, p, "what", part->value);
    }
}

static void check_outcome(const struct pack *pack, struct pack_findings *f, const struct outcome *o) {
    struct problem *p;
    const struct letter_template *l = pack_letter(pack, o->letter);
    bool starts = false, is_known = false;
    for (size_t i = 0; i < pack->deadlines.count; i++) {
        const struct deadline_rule *d = &pack->deadlines.items[i];
        if (!text_eq(d->id, o->appeal)) continue;
        is_known = true;
        starts |= text_eq(d->trigger, T("notified"));
    }
    if (is_known && !starts) {
        p = findings_add(f, PACK_SECTION_ADVERSE, PACK_BROKEN, "codes/outcome.json", "appeal_not_started",
                         "report.appeal_not_started");
        findings_arg(f, p, "what", o->code);
        findings_arg(f, p, "deadline", o->appeal);
    } else if (is_known && l) {
        p = findings_add(f, PACK_SECTION_ADVERSE, PACK_HOLDS, "codes/outcome.json", "adverse_outcome",
                         "report.adverse_outcome");
        findings_arg(f, p, "what", o->code);
        findings_arg(f, p, "letter", o->letter);
        findings_arg(f, p, "deadline", o->appeal);
    }
}

static bool is_first_with_letter(const struct pack *pack, const struct code_list *outcomes, size_t index,
                                 struct text letter) {
    for (size_t i = 0; i < index; i++) {
        struct outcome o;
        if (!pack_outcome(pack, code_at(outcomes, i)->code, &o) && o.is_adverse && text_eq(o.letter, letter))
            return false;
    }
    return true;
}

static void check_outcomes(const struct pack *pack, struct pack_findings *f) {
    const struct code_list *outcomes = pack_codes(pack, T("outcome"));
    for (size_t i = 0; outcomes && i < code_count(outcomes); i++) {
        struct outcome o;
        if (pack_outcome(pack, code_at(outcomes, i)->code, &o) || !o.is_adverse) continue;
        const struct letter_template *l = pack_letter(pack, o.letter);
        check_outcome(pack, f, &o);
        if (l && is_first_with_letter(pack, outcomes, i, o.letter)) check_reasons(pack, f, l);
    }
}

void report_adverse_ends(const struct pack *pack, struct pack_findings *f) {
    size_t before = f->count;
    for (size_t i = 0; i < pack->processes.count; i++) {
        struct pack_process k = pack->processes.items[i];
        struct pack_graph g;
        if (!text_eq(flow_process_id(k.model), pack->procedure)) continue;
        const char *file = text_c(f->arena, k.file);
        enum status st = graph_read(f->arena, text_of_bytes(pack_file_content(pack, k.file)), k.model, &g);
        if (st) continue; // it was read before, so it cannot fail
        check_ways(pack, f, &g, file);
        check_appeal_is_taken(pack, f, k.model, file);
        list_undecided(f, k.model, file);
        if (f->count != before) continue;
        struct problem *p = findings_add(f, PACK_SECTION_ADVERSE, PACK_HOLDS, file, "ends", "report.ends");
        findings_arg(f, p, "count", text_printf(f->arena, "%d", DUTY_COUNT + 1));
    }
    check_outcomes(pack, f);
}
