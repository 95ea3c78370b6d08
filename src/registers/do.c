// do.c - the way of one act: queue, entry, access, decide, events.
#include <assert.h>

#include "registers/decide.h"

static const struct {
    const char *name;
    enum register_action action;
    bool by_person; // a named human only
} ACTS[ACT_COUNT] = {
    [ACT_RECORD] = {"record", REGISTER_RECORD, false},
    [ACT_CORRECT] = {"correct", REGISTER_RECORD, false},
    [ACT_END] = {"end", REGISTER_END, false},
    [ACT_CONFIRM] = {"confirm", REGISTER_CONFIRM, true},
    [ACT_REFUSE] = {"refuse", REGISTER_CONFIRM, true},
    [ACT_REVIEW] = {"review", REGISTER_REVIEW, true},
    [ACT_ERASE] = {"erase", REGISTER_ERASE, true},
    [ACT_REPORT_FAULT] = {"report_fault", REGISTER_READ, false},
    [ACT_ANSWER_FAULT] = {"answer_fault", REGISTER_REVIEW, true},
};

const char *register_act_name(enum register_act_kind kind) {
    assert((unsigned)kind < ACT_COUNT);
    return ACTS[kind].name;
}

struct act_job {
    struct registers *r;
    const struct actor *actor;
    const struct register_act *act;
    const struct register_around *around;
    struct arena *answer;
    struct register_done *done;
    // A refusal is recorded afterwards: what the act did is undone.
    bool is_refused;
    struct text what;
    const struct rights *g;
    int64_t entry;
    bool is_alive;
    struct text relation;
};

static enum status not_found(struct problem *p) {
    if (p) *p = (struct problem){.field = "", .rule = "not_found", .text_key = "problem.register.not_found"};
    return STATUS_NOT_FOUND;
}

static enum status load(struct doing *d) {
    if (d->act->kind == ACT_RECORD) {
        d->e = (struct entry){.unit = d->actor->unit, .register_id = d->act->register_id};
        return rights_find(d->r, d->act->register_id, &d->g, d->p);
    }
    enum status st = entry_load(d->w->db, d->act->entry, d->arena, &d->e);
    if (st == STATUS_NOT_FOUND) return not_found(d->p);
    if (!st) st = entry_load_layers(d->w->db, d->arena, &d->e);
    return st ? st : rights_find(d->r, d->e.register_id, &d->g, d->p);
}

static enum status relate(struct doing *d) {
    struct derived links = {0};
    struct entry e = d->e;
    if (d->act->kind == ACT_RECORD && d->act->answers) {
        enum status st = derive_links(d->w->db, d->g->of, d->act->answers, d->answer, &links, d->p);
        if (st) return st;
        e.person = links.person;
        e.person_case = links.person_case;
        e.case_id = links.case_id;
    }
    return entry_relation(d->w->db, &e, d->actor, &d->relation);
}

static class_set classes(const struct doing *d, struct text relation) {
    return access_visible_classes(d->policy, d->actor,
                                  text_of(register_action_name(ACTS[d->act->kind].action)),
                                  d->act->look.purpose, relation, text_trim(d->act->look.reason).n > 0);
}

// One class is enough: what of the entry it opens is looked at by each act.
static enum status allowed(struct doing *d) {
    bool may_refuse_own = d->act->kind == ACT_REFUSE && d->e.waiting && d->e.waits_of == d->actor->account;
    if (d->actor->kind == ACTOR_SYSTEM || may_refuse_own) return STATUS_OK;
    if (ACTS[d->act->kind].by_person && d->actor->is_client) {
        enum status ignored = problem(d->p, "", "named_person", "problem.access.named_person");
        (void)ignored;
        return STATUS_REFUSED;
    }
    // Who records a new entry is of its unit, and may be the officer of the case that it names.
    if (d->act->kind == ACT_RECORD && !classes(d, d->relation) && classes(d, T("unit")))
        d->relation = T("unit");
    if (classes(d, d->relation)) return STATUS_OK;
    struct access_question q = {.action = text_of(register_action_name(ACTS[d->act->kind].action)),
                                .purpose = d->act->look.purpose,
                                .relation = d->relation,
                                .attribute_class = T("public"),
                                .reason = d->act->look.reason};
    enum status st = access_check(d->policy, d->actor, &q, NULL, d->p);
    return st ? st : problem(d->p, "", "access_role", "problem.access.role");
}

static enum status want_unchanged(struct doing *d) {
    if (!d->act->seen || d->act->seen == d->e.version) return STATUS_OK;
    enum status ignored = problem(d->p, "", "entry_changed", "problem.register.changed");
    (void)ignored;
    return STATUS_CONFLICT;
}

static enum status write_out(struct doing *d) {
    enum status st = STATUS_OK;
    if (d->is_erased) { // why is kept with who did it, not with what is gone
        struct access_trace trace = {.case_id = d->e.entry,
                                     .actor = d->actor,
                                     .purpose = rights_purpose_word(d->g, d->act->look.purpose),
                                     .relation = d->relation,
                                     .what = T("register_erase"),
                                     .reason = text_head(d->act->reason, ACCESS_REASON_MAX)};
        st = access_record(d->w, &trace);
        if (!st) st = write_subject_erase(d->w, d->actor->account, d->e.entry);
    }
    return st ? st : write_events(d->w, d->actor->account, d->out);
}

static enum status run(struct doing *d, struct act_job *job) {
    enum status st = load(d);
    if (st) return st;
    job->g = d->g;
    job->entry = d->e.entry;
    job->is_alive = d->act->kind != ACT_RECORD && !text_eq(d->e.state, T("erased"));
    d->policy = rights_policy(d->g, d->act->kind == ACT_RECORD ? 0 : entry_age_years(d->r, &d->e, d->now));
    st = relate(d);
    if (!st) st = allowed(d);
    job->relation = d->relation;
    if (!st) st = want_unchanged(d);
    if (!st && d->e.layers.count >= REGISTER_VERSIONS_MAX && d->act->kind != ACT_ERASE)
        st = problem(d->p, "", "too_many_versions", "problem.register.too_long");
    if (!st) st = DECIDE[d->act->kind](d);
    if (!st) st = write_out(d);
    if (st) return st;
    d->done->entry = d->e.entry;
    d->done->reference = text_copy(d->answer, d->e.reference);
    return STATUS_OK;
}

static enum status act(struct write *w, void *argument, struct problem *p) {
    struct act_job *job = argument;
    struct problem own = {0};
    struct doing d = {.r = job->r,
                      .actor = job->actor,
                      .act = job->act,
                      .around = job->around,
                      .w = w,
                      .arena = w->arena,
                      .answer = job->answer,
                      .today = zone_date(job->r->zone, w->now),
                      .now = w->now,
                      .out = events_new(w->arena),
                      .done = job->done,
                      .p = p ? p : &own};
    bool is_done = false;
    *job->done = (struct register_done){0};
    enum status st = STATUS_OK;
    if (job->around && job->around->before) st = job->around->before(w, job->around->context, &is_done, d.p);
    if (st || is_done) return st;
    st = run(&d, job);
    if (!st && job->around && job->around->after) st = job->around->after(w, job->around->context, job->done);
    job->is_refused = st == STATUS_REFUSED;
    return st;
}

static enum status note_refusal(struct act_job *job, const struct problem *p) {
    if (!job->g) return STATUS_OK;
    struct access_trace trace = {.case_id = job->entry,
                                 .subject = job->is_alive ? job->entry : 0,
                                 .actor = job->actor,
                                 .purpose = rights_purpose_word(job->g, job->act->look.purpose),
                                 .relation = job->relation,
                                 .what = text_of(ACTS[job->act->kind].name),
                                 .rule = p->rule};
    return access_record_now(job->r->journal, &trace);
}

static bool is_good(struct text t, size_t max) {
    return t.n <= max && text_is_utf8(t);
}

static enum status clean(struct register_act *a, struct problem *p) {
    a->reason = text_trim(a->reason);
    if (!is_good(a->reason, REGISTER_REASON_MAX))
        return problem(p, "reason", "too_long", "problem.register.too_long");
    struct text *source[] = {&a->source.authority, &a->source.method, &a->source.evidence,
                             &a->source.confidence};
    static const char *const NAMES[] = {"authority", "method", "evidence", "confidence"};
    for (int i = 0; i < 4; i++) {
        *source[i] = text_trim(*source[i]);
        if (!is_good(*source[i], REGISTER_SOURCE_MAX))
            return problem(p, NAMES[i], "too_long", "problem.register.too_long");
    }
    return STATUS_OK;
}

enum status registers_do(struct registers *r, const struct actor *actor, const struct register_act *wanted,
                         const struct register_around *around, struct arena *a, struct register_done *done,
                         struct problem *p) {
    struct register_act one = *wanted;
    struct problem own = {0};
    struct act_job job = {.r = r,
                          .actor = actor,
                          .act = &one,
                          .around = around,
                          .answer = a,
                          .done = done,
                          .relation = T("none")};
    assert((unsigned)wanted->kind < ACT_COUNT);
    if (!p) p = &own;
    *done = (struct register_done){0};
    enum status st = clean(&one, p);
    if (!st) st = journal_write_repeatable(r->journal, act, &job, a, p);
    if (st != STATUS_REFUSED || !job.is_refused) return st;
    enum status recorded = note_refusal(&job, p);
    return recorded ? recorded : st;
}
