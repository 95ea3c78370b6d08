// draft_release.c - how a draft becomes law: somebody asks, with a day and a number; somebody else releases.
#include <ctype.h>

#include "cases/draft_inside.h"
#include "pack/pack_report.h"

static const struct sql NUMBER_TAKEN =
    SQL("pack_load_taken", "select count(*) from pack_load where pack = :pack and version = :version");
static const struct sql NAME_OF =
    SQL("pack_draft_actor", "select name from account where account_id = :account");

// ---- asking ----

// Numbers with dots, as pack_needs.c compares them.
static bool is_number(struct text t) {
    bool digit_before = false;
    for (size_t i = 0; i < t.n; i++) {
        bool is_digit = isdigit((unsigned char)t.p[i]);
        if (!is_digit && (t.p[i] != '.' || !digit_before)) return false;
        digit_before = is_digit;
    }
    return digit_before && t.n <= DRAFT_NUMBER_MAX;
}

static enum status want_number(struct draft_decide *k) {
    int64_t taken;
    if (!is_number(k->command->number))
        return problem(k->problem, "number", "draft_number", "problem.draft.number");
    enum status st =
        DB_INT(k->write->db, &taken, &NUMBER_TAKEN, V_TEXT(k->d.pack), V_TEXT(k->command->number));
    if (!st && taken)
        return problem(k->problem, "number", "draft_number_taken", "problem.draft.number_taken");
    return st;
}

static bool is_past(const struct draft_decide *k, struct date day) {
    return date_cmp(day, zone_date(k->job->cases->zone, k->write->now)) < 0;
}

static enum status want_day(struct draft_decide *k) {
    const struct draft_command *c = k->command;
    if (!date_is_full(c->valid_from) || !date_is_valid(c->valid_from))
        return problem(k->problem, "valid_from", "draft_day", "problem.draft.day");
    if (is_past(k, c->valid_from) && !text_trim(c->past_reason).n)
        return problem(k->problem, "past_reason", "draft_past", "problem.draft.past");
    if (c->past_reason.n > DRAFT_REASON_MAX || !text_is_utf8(c->past_reason))
        return problem(k->problem, "past_reason", "draft_reason", "problem.draft.reason");
    return STATUS_OK;
}

static enum status nothing_changed(struct draft_decide *k) {
    for (size_t i = 0; i < k->changed.count; i++) {
        const struct draft_changed_file *c = &k->changed.items[i];
        const struct pack_file *old = pack_file_find(&k->base, c->file.name);
        if (!old || c->is_removed) return STATUS_OK;
        if (text_eq(c->file.name, T("pack.json"))
                ? manifest_differs(c->file.content, old->content)
                : !text_eq(text_of_bytes(c->file.content), text_of_bytes(old->content)))
            return STATUS_OK;
    }
    return problem(k->problem, "", "draft_unchanged", "problem.draft.unchanged");
}

enum status draft_ask(struct draft_decide *k) {
    const struct draft_command *c = k->command;
    enum status st = draft_want_state(k, "open");
    if (!st) st = draft_not_behind(k);
    if (!st) st = nothing_changed(k);
    if (!st) st = want_number(k);
    if (!st) st = want_day(k);
    if (st) return st;
    if (k->job->examined != k->d.version) return draft_conflict(k->problem);
    struct event_draft *e = draft_emit(k, &EVENT_pack_draft_asked);
    draft_text(e, "valid_from", date_print(k->arena, c->valid_from));
    draft_text(e, "number", c->number);
    draft_text(e, "past_reason", is_past(k, c->valid_from) ? text_trim(c->past_reason) : T(""));
    draft_bytes(e, "manifest", k->job->manifest);
    return STATUS_OK;
}

// Only what holds can be released; what is wrong is on the page of the draft. Another id would be another
// procedure, which the operator puts into force.
static enum status examine(struct arena *a, const struct pack_files *files, struct text pack,
                           struct problem *p) {
    struct pack_report report = {0};
    pack_examine(a, files, NULL, &report);
    if (report.broken) {
        enum status st = problem(p, "", "draft_broken", "problem.draft.broken");
        problem_arg(p, "count", text_printf(a, "%zu", report.broken));
        return st;
    }
    if (text_eq(report.id, pack)) return STATUS_OK;
    enum status st = problem(p, "", "draft_other_id", "problem.draft.other_id");
    problem_arg(p, "id", pack);
    return st;
}

static enum status set_manifest(const struct draft_command *c, struct pack_files *files, struct arena *a,
                                struct bytes *manifest, struct problem *p) {
    const struct pack_file *f = pack_file_find(files, T("pack.json"));
    struct manifest_change change = {.number = c->number};
    if (date_is_full(c->valid_from) && date_is_valid(c->valid_from))
        change.valid_from = date_print(a, c->valid_from);
    if (!f) return problem(p, "file", "draft_manifest", "problem.draft.manifest");
    enum status st = manifest_change(a, f->content, &change, manifest, p);
    if (!st) files->items[f - files->items].content = *manifest;
    return st;
}

enum status draft_prepare_ask(struct draft_act_job *job, struct arena *a, struct problem *p) {
    struct draft_view d;
    struct pack_files files;
    enum status st = cases_draft(job->cases, job->command->draft, a, &d);
    if (!st) st = cases_draft_files(job->cases, job->command->draft, a, &files);
    if (!st) st = set_manifest(job->command, &files, a, &job->manifest, p);
    if (!st) st = examine(a, &files, d.pack, p);
    job->examined = st ? 0 : d.version;
    return st;
}

// ---- while it is asked for ----

enum status draft_sign(struct draft_decide *k) {
    struct bytes content = k->command->content;
    struct pack_files whole;
    enum pack_signature found;
    enum status st = draft_want_state(k, "asked");
    if (st) return st;
    if (!content.n || content.n > DRAFT_FILE_BYTES_MAX || !text_is_utf8(text_of_bytes(content)))
        return problem(k->problem, "content", "draft_content", "problem.draft.content");
    st = draft_whole(k->write->db, &k->d, k->arena, &whole);
    if (st) return st;
    const struct pack_file *old = pack_file_find(&whole, PACK_SIGNATURE_FILE);
    if (old)
        whole.items[old - whole.items].content = content;
    else
        *ARENA_PUSH(k->arena, &whole) = (struct pack_file){PACK_SIGNATURE_FILE, content};
    st = pack_signature_check(k->arena, &whole, &k->job->cases->signers, &found, NULL, k->problem);
    if (st) {
        if (k->problem) k->problem->field = "content";
        return st;
    }
    draft_bytes(draft_emit(k, &EVENT_pack_draft_signed), "content", content);
    return STATUS_OK;
}

enum status draft_return(struct draft_decide *k) {
    enum status st = draft_want_state(k, "asked");
    if (st) return st;
    if (k->command->seen && k->command->seen != k->d.version) return draft_conflict(k->problem);
    draft_emit(k, &EVENT_pack_draft_returned);
    return STATUS_OK;
}

// ---- releasing ----

static enum status want_another(struct draft_decide *k) {
    if (k->d.asked_by != k->job->actor->account) return STATUS_OK;
    enum status ignored = problem(k->problem, "", "four_eyes", "problem.draft.four_eyes");
    (void)ignored;
    return STATUS_REFUSED;
}

// Whoever puts a law into force writes the own name under it.
static enum status want_name(struct draft_decide *k) {
    struct rows r;
    struct text name = T("");
    enum status st = DB_ONE(k->write->db, &r, &NAME_OF, V_INT(k->job->actor->account));
    if (!st) name = text_copy(k->arena, row_text(&r, 0));
    enum status end = rows_end(&r);
    if (st || end) return st ? st : end;
    if (name.n && text_eq_nocase(text_trim(k->command->name), name)) return STATUS_OK;
    return problem(k->problem, "name", "draft_signing_name", "problem.draft.signing_name");
}

static enum status want_day_still(struct draft_decide *k) {
    struct date day;
    if (date_parse(k->d.valid_from, &day)) return STATUS_CORRUPT;
    if (!is_past(k, day) || k->d.past_reason.n) return STATUS_OK;
    return problem(k->problem, "", "draft_day_over", "problem.draft.day_over");
}

static enum status decide_release(struct draft_decide *k) {
    enum status st = draft_want_state(k, "asked");
    if (!st) st = want_another(k);
    if (!st && k->command->seen != k->d.version) st = draft_conflict(k->problem);
    if (!st) st = draft_not_behind(k);
    if (!st) st = want_name(k);
    return st ? st : want_day_still(k);
}

struct release {
    struct draft_act_job *job;
    bool is_only_asked; // before the pack is read: may this be released at all?
};

static enum status in_writer(struct release *r, struct write *w, int64_t pack_version, struct events *out,
                             struct problem *p) {
    struct draft_decide k = {
        .job = r->job, .command = r->job->command, .write = w, .arena = w->arena, .out = out, .problem = p};
    enum status st = draft_load(&k);
    if (!st) st = decide_release(&k);
    if (st || r->is_only_asked) return st;
    draft_int(draft_emit(&k, &EVENT_pack_draft_released), "pack_version", pack_version);
    r->job->result->pack_version = pack_version;
    return STATUS_OK;
}

static enum status ask_first(struct write *w, void *argument, struct problem *p) {
    return in_writer(argument, w, 0, NULL, p);
}

static enum status add_release(struct write *w, void *context, int64_t pack_version, struct events *out,
                               struct problem *p) {
    return in_writer(context, w, pack_version, out, p);
}

// Reading and checking a pack takes a tenth of a second and is done outside the writer thread; that nothing
// changed meanwhile is asked again in it.
enum status draft_release(struct draft_act_job *job, struct arena *a, struct problem *p) {
    struct release r = {job, true};
    struct draft_view d;
    struct pack_files files;
    enum status st = journal_write(job->cases->journal, ask_first, &r, a, p);
    if (!st) st = cases_draft(job->cases, job->command->draft, a, &d);
    if (!st) st = cases_draft_files(job->cases, job->command->draft, a, &files);
    if (!st) st = examine(a, &files, d.pack, p);
    r.is_only_asked = false;
    struct pack_addition addition = {add_release, &r};
    return st ? st : packs_put(job->cases, job->actor->account, &files, &addition, a, p);
}
