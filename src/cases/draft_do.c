// draft_do.c - what policy officers do to a draft of the law: each act is one event, or is refused.
#include "cases/draft_inside.h"

static const struct sql OPEN_COUNT =
    SQL("pack_draft_open_count", "select count(*) from pack_draft where state in ('open', 'asked')");
static const struct sql LOADED =
    SQL("pack_load_one", "select pack from pack_load where pack_version = :version");
static const struct sql NUMBER_OF =
    SQL("pack_load_number", "select version from pack_load where pack_version = :version");

// ---- what acts share ----

struct event_draft *draft_emit(struct draft_decide *k, const struct event_type *type) {
    struct event_draft *e = events_add(k->out, type, k->d.draft, 0);
    draft_text(e, "reason", k->command->reason);
    return e;
}

enum status draft_conflict(struct problem *p) {
    enum status ignored = problem(p, "", "draft_changed", "problem.draft.changed");
    (void)ignored;
    return STATUS_CONFLICT;
}

enum status draft_want_state(struct draft_decide *k, const char *state) {
    static const char *const KEYS[][2] = {{"open", "problem.draft.not_asked"},
                                          {"asked", "problem.draft.asked"},
                                          {"released", "problem.draft.released"},
                                          {"dropped", "problem.draft.dropped"}};
    if (text_eq(k->d.state, text_of(state))) return STATUS_OK;
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
        if (text_eq(k->d.state, text_of(KEYS[i][0])))
            return problem(k->problem, "", "draft_state", KEYS[i][1]);
    return STATUS_CORRUPT;
}

// What another release brought would be lost by one that was made before it.
enum status draft_not_behind(struct draft_decide *k) {
    if (k->newest == k->d.made_from) return STATUS_OK;
    enum status st = problem(k->problem, "", "draft_behind", "problem.draft.behind");
    problem_arg(k->problem, "version", k->newest_number);
    return st;
}

const struct pack_file *draft_now(const struct draft_decide *k, struct text name) {
    const struct draft_changed_file *c = draft_changed_named(&k->changed, name);
    if (c) return c->is_removed ? NULL : &c->file;
    return text_eq(name, PACK_SIGNATURE_FILE) ? NULL : pack_file_find(&k->base, name);
}

static int64_t revision_of(const struct draft_decide *k, struct text name) {
    const struct draft_changed_file *c = draft_changed_named(&k->changed, name);
    return c ? c->revision : 0;
}

static enum status number_of(struct draft_decide *k) {
    struct rows r;
    enum status st = DB_ONE(k->write->db, &r, &NUMBER_OF, V_INT(k->newest));
    if (!st) k->newest_number = text_copy(k->arena, row_text(&r, 0));
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status draft_load(struct draft_decide *k) {
    struct db *db = k->write->db;
    enum status st = draft_row(db, k->command->draft, k->arena, &k->d);
    if (!st) st = draft_pack_files(db, k->d.made_from, k->arena, &k->base);
    if (!st) st = draft_changed(db, k->d.draft, k->arena, &k->changed);
    if (!st) st = draft_newest(db, k->d.pack, &k->newest);
    return st ? st : number_of(k);
}

// ---- checks of a file ----

static enum status want_own(struct draft_decide *k) {
    struct text name = k->command->file;
    if (!pack_file_name_ok(name)) return problem(k->problem, "file", "draft_file_name", "problem.draft.name");
    if (text_starts(name, T("needs/")))
        return problem(k->problem, "file", "draft_other_pack", "problem.draft.other_pack");
    if (text_eq(name, PACK_SIGNATURE_FILE))
        return problem(k->problem, "file", "draft_signature", "problem.draft.signature");
    return STATUS_OK;
}

static enum status want_there(struct draft_decide *k) {
    if (draft_now(k, k->command->file)) return STATUS_OK;
    return problem(k->problem, "file", "draft_no_file", "problem.draft.no_file");
}

static enum status want_revision(struct draft_decide *k) {
    if (revision_of(k, k->command->file) == k->command->based_on) return STATUS_OK;
    return draft_conflict(k->problem);
}

static size_t bytes_of_all(const struct draft_decide *k) {
    size_t n = 0;
    for (size_t i = 0; i < k->base.count; i++)
        if (!draft_changed_named(&k->changed, k->base.items[i].name)) n += k->base.items[i].content.n;
    for (size_t i = 0; i < k->changed.count; i++) n += k->changed.items[i].file.content.n;
    return n;
}

static enum status want_content(struct draft_decide *k) {
    struct bytes content = k->command->content;
    if (!content.n || !text_is_utf8(text_of_bytes(content)))
        return problem(k->problem, "content", "draft_content", "problem.draft.content");
    if (content.n > DRAFT_FILE_BYTES_MAX || bytes_of_all(k) + content.n > DRAFT_BYTES_MAX)
        return problem(k->problem, "content", "draft_size", "problem.draft.size");
    return STATUS_OK;
}

// ---- acts ----

static enum status make(struct draft_decide *k) {
    const struct draft_command *c = k->command;
    struct text title = text_trim(c->title);
    struct rows r;
    int64_t open;
    if (!title.n || title.n > DRAFT_TITLE_MAX || !text_is_utf8(title))
        return problem(k->problem, "title", "draft_title", "problem.draft.title");
    enum status st = DB_INT(k->write->db, &open, &OPEN_COUNT);
    if (!st && open >= DRAFTS_OPEN_MAX)
        return problem(k->problem, "", "draft_too_many", "problem.draft.too_many");
    if (!st) st = DB_ONE(k->write->db, &r, &LOADED, V_INT(c->pack_version));
    if (!st) k->d.pack = text_copy(k->arena, row_text(&r, 0));
    enum status end = rows_end(&r);
    if (st || end) return st ? st : end;
    k->d.draft = k->job->result->draft = write_id(k->write);
    struct event_draft *e = draft_emit(k, &EVENT_pack_draft_made);
    draft_text(e, "pack", k->d.pack);
    draft_int(e, "made_from", c->pack_version);
    draft_text(e, "title", title);
    return STATUS_OK;
}

static enum status save(struct draft_decide *k) {
    enum status st = draft_want_state(k, "open");
    if (!st) st = want_own(k);
    if (!st) st = want_revision(k);
    if (!st) st = want_there(k);
    if (!st) st = want_content(k);
    if (st) return st;
    struct text now = text_of_bytes(draft_now(k, k->command->file)->content);
    if (text_eq(now, text_of_bytes(k->command->content))) return STATUS_OK; // nothing was changed
    struct event_draft *e = draft_emit(k, &EVENT_pack_draft_saved);
    draft_text(e, "file", k->command->file);
    draft_bytes(e, "content", k->command->content);
    return STATUS_OK;
}

static enum status put_manifest(struct draft_decide *k, struct event_draft *e,
                                const struct manifest_change *change) {
    struct bytes manifest;
    const struct pack_file *f = draft_now(k, T("pack.json"));
    if (!f) return problem(k->problem, "file", "draft_manifest", "problem.draft.manifest");
    enum status st = manifest_change(k->arena, f->content, change, &manifest, k->problem);
    if (!st) draft_bytes(e, "manifest", manifest);
    return st;
}

static enum status add(struct draft_decide *k) {
    enum status st = draft_want_state(k, "open");
    if (!st) st = want_own(k);
    if (!st) st = want_content(k);
    if (st) return st;
    if (draft_now(k, k->command->file))
        return problem(k->problem, "file", "draft_file_there", "problem.draft.there");
    if (k->base.count + k->changed.count >= PACK_FILES_MAX)
        return problem(k->problem, "file", "draft_size", "problem.draft.size");
    struct event_draft *e = draft_emit(k, &EVENT_pack_draft_added);
    draft_text(e, "file", k->command->file);
    draft_bytes(e, "content", k->command->content);
    return put_manifest(k, e, &(struct manifest_change){.add = k->command->file});
}

static enum status want_not_manifest(struct draft_decide *k) {
    if (!text_eq(k->command->file, T("pack.json"))) return STATUS_OK;
    return problem(k->problem, "file", "draft_manifest_stays", "problem.draft.manifest_stays");
}

static enum status remove_file(struct draft_decide *k) {
    enum status st = draft_want_state(k, "open");
    if (!st) st = want_own(k);
    if (!st) st = want_not_manifest(k);
    if (!st) st = want_revision(k);
    if (!st) st = want_there(k);
    if (st) return st;
    struct event_draft *e = draft_emit(k, &EVENT_pack_draft_removed);
    draft_text(e, "file", k->command->file);
    draft_bool(e, "was_added", !pack_file_find(&k->base, k->command->file));
    return put_manifest(k, e, &(struct manifest_change){.remove = k->command->file});
}

// pack.json of `base` with the files that the draft has more or less.
static enum status manifest_upon(struct draft_decide *k, const struct pack_files *base, struct bytes *out,
                                 bool *differs) {
    const struct pack_file *f = pack_file_find(base, T("pack.json"));
    enum status st = f ? STATUS_OK : STATUS_CORRUPT;
    if (f) *out = f->content;
    *differs = false;
    for (size_t i = 0; i < k->changed.count && !st; i++) {
        const struct draft_changed_file *c = &k->changed.items[i];
        bool is_added = !c->is_removed && !pack_file_find(base, c->file.name);
        if (!is_added && !c->is_removed) continue;
        struct manifest_change change = {.add = is_added ? c->file.name : T(""),
                                         .remove = is_added ? T("") : c->file.name};
        st = manifest_change(k->arena, *out, &change, out, k->problem);
        *differs = true;
    }
    return st;
}

static enum status restore(struct draft_decide *k) {
    struct text name = k->command->file;
    enum status st = draft_want_state(k, "open");
    if (!st) st = want_own(k);
    if (!st) st = want_revision(k);
    if (st) return st;
    const struct draft_changed_file *c = draft_changed_named(&k->changed, name);
    if (!c || !pack_file_find(&k->base, name))
        return problem(k->problem, "file", "draft_as_it_was", "problem.draft.as_it_was");
    struct event_draft *e = draft_emit(k, &EVENT_pack_draft_restored);
    draft_text(e, "file", name);
    if (c->is_removed) return put_manifest(k, e, &(struct manifest_change){.add = name});
    if (!text_eq(name, T("pack.json"))) return STATUS_OK;
    struct bytes manifest;
    bool differs;
    st = manifest_upon(k, &k->base, &manifest, &differs);
    if (!st && differs) draft_bytes(e, "manifest", manifest);
    return st;
}

// Changed here and by the newer version: nobody can say by rule which of the two is meant.
static bool is_torn(const struct draft_decide *k, const struct pack_files *newer,
                    const struct draft_changed_file *c) {
    const struct pack_file *old = pack_file_find(&k->base, c->file.name),
                           *now = pack_file_find(newer, c->file.name);
    if (text_eq(c->file.name, T("pack.json"))) return !old || manifest_differs(c->file.content, old->content);
    if (!old || !now) return old != now;
    return !text_eq(text_of_bytes(old->content), text_of_bytes(now->content));
}

static enum status want_untorn(struct draft_decide *k, const struct pack_files *newer) {
    struct out names = {.arena = k->arena};
    for (size_t i = 0; i < k->changed.count; i++) {
        if (!is_torn(k, newer, &k->changed.items[i])) continue;
        if (names.n) out_c(&names, ", ");
        out_text(&names, k->changed.items[i].file.name);
    }
    if (!names.n) return STATUS_OK;
    enum status st = problem(k->problem, "", "draft_torn", "problem.draft.torn");
    problem_arg(k->problem, "files", out_done(&names));
    return st;
}

static enum status follow(struct draft_decide *k) {
    struct pack_files newer;
    struct bytes manifest;
    bool differs;
    enum status st = draft_want_state(k, "open");
    if (st) return st;
    if (k->newest == k->d.made_from) return problem(k->problem, "", "draft_newest", "problem.draft.newest");
    st = draft_pack_files(k->write->db, k->newest, k->arena, &newer);
    if (!st) st = want_untorn(k, &newer);
    if (!st) st = manifest_upon(k, &newer, &manifest, &differs);
    if (st) return st;
    struct event_draft *e = draft_emit(k, &EVENT_pack_draft_followed);
    draft_int(e, "made_from", k->newest);
    if (differs || draft_changed_named(&k->changed, T("pack.json"))) draft_bytes(e, "manifest", manifest);
    return STATUS_OK;
}

static enum status drop(struct draft_decide *k) {
    if (!text_eq(k->d.state, T("asked"))) {
        enum status st = draft_want_state(k, "open");
        if (st) return st;
    }
    draft_emit(k, &EVENT_pack_draft_dropped);
    return STATUS_OK;
}

static enum status (*const ACTS[DRAFT_ACT_COUNT])(struct draft_decide *) = {
    [DRAFT_MAKE] = make,          [DRAFT_SAVE] = save,       [DRAFT_ADD] = add,
    [DRAFT_REMOVE] = remove_file, [DRAFT_RESTORE] = restore, [DRAFT_FOLLOW] = follow,
    [DRAFT_DROP] = drop,          [DRAFT_ASK] = draft_ask,   [DRAFT_SIGN] = draft_sign,
    [DRAFT_RETURN] = draft_return};

static enum status act(struct write *w, void *argument, struct problem *p) {
    struct draft_act_job *job = argument;
    struct draft_decide k = {.job = job,
                             .command = job->command,
                             .write = w,
                             .arena = w->arena,
                             .out = events_new(w->arena),
                             .problem = p};
    enum status st = job->command->act == DRAFT_MAKE ? STATUS_OK : draft_load(&k);
    if (!st) st = ACTS[job->command->act](&k);
    if (!st && events_count(k.out)) st = write_events(w, job->actor->account, k.out);
    job->result->draft = k.d.draft;
    job->result->revision = events_count(k.out) ? w->last : revision_of(&k, job->command->file);
    return st;
}

// ---- who may ----

enum status cases_draft_may(struct cases *c, const struct actor *actor, struct text action,
                            struct problem *p) {
    struct access_question q = {.action = action,
                                .purpose = T("policy_review"),
                                .relation = T("none"),
                                .attribute_class = T("public")};
    return entry_allows(c, packs_now(c, T("")), actor, &q, p);
}

// The law is made by people with a name.
static enum status may(struct cases *c, const struct actor *actor, const struct draft_command *command,
                       struct problem *p) {
    if (actor->is_client) {
        enum status ignored = problem(p, "", "named_person", "problem.access.named_person");
        (void)ignored;
        return STATUS_REFUSED;
    }
    return cases_draft_may(c, actor, command->act == DRAFT_RELEASE ? T("release_pack") : T("draft_pack"), p);
}

enum status cases_draft_do(struct cases *c, const struct actor *actor, const struct draft_command *command,
                           struct arena *a, struct draft_result *result, struct problem *p) {
    struct draft_command clean = *command;
    struct draft_act_job job = {.cases = c, .actor = actor, .command = &clean, .result = result};
    *result = (struct draft_result){.draft = command->draft};
    enum status st = may(c, actor, command, p);
    if (st) return st;
    clean.reason = text_trim(command->reason);
    if (!clean.reason.n || clean.reason.n > DRAFT_REASON_MAX || !text_is_utf8(clean.reason))
        return problem(p, "reason", "draft_reason", "problem.draft.reason");
    if (command->act == DRAFT_RELEASE) return draft_release(&job, a, p);
    if (command->act == DRAFT_ASK) st = draft_prepare_ask(&job, a, p);
    return st ? st : journal_write(c->journal, act, &job, a, p);
}
