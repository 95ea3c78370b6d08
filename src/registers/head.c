// head.c - from layers to what an entry is now, and from that to the fields of an event.
#include "registers/decide.h"

static const struct date END_OF_TIME = {9999, 12, 31};
#define SAID T("said")

struct layer *layer_add(struct doing *d, const char *kind, const char *state, struct date from,
                        struct date until) {
    struct layer *l = ARENA_PUSH(d->arena, &d->e.layers);
    *l = (struct layer){.version = write_id(d->w),
                        .kind = text_of(kind),
                        .state = text_of(state),
                        .from = from,
                        .until = until,
                        .recorded = d->now,
                        .known = d->now,
                        .by = d->actor->account,
                        .unit = d->actor->unit,
                        .purpose = rights_purpose_word(d->g, d->act->look.purpose),
                        .law = TEXT_JOIN(d->arena, pack_id(d->g->pack), T("/"), pack_version(d->g->pack)),
                        .is_mistake = d->act->is_mistake,
                        .reason = d->act->reason,
                        .source = d->act->source,
                        .answers = {.arena = d->arena}};
    return l;
}

struct event_draft *emit_layer(struct doing *d, const struct event_type *type, const struct layer *l) {
    struct event_draft *e = events_add(d->out, type, d->e.entry, d->e.entry);
    draft_int(e, "version", l->version);
    draft_text(e, "unit", l->unit);
    draft_text(e, "purpose", l->purpose);
    draft_text(e, "law", l->law);
    if (text_eq(l->state, T("waiting"))) draft_bool(e, "waits", true);
    if (l->is_mistake) draft_bool(e, "is_mistake", true);
    draft_date(e, d->arena, "from", l->from);
    draft_date(e, d->arena, "until", l->until);
    if (l->reason.n) draft_personal_text(e, "reason", l->reason);
    if (l->source.authority.n) draft_personal_text(e, "authority", l->source.authority);
    if (l->source.method.n) draft_personal_text(e, "method", l->source.method);
    if (l->source.evidence.n) draft_personal_text(e, "evidence", l->source.evidence);
    if (l->source.confidence.n) draft_personal_text(e, "confidence", l->source.confidence);
    if (l->answers.count) draft_personal_bytes(e, "said", answers_encode(d->arena, &l->answers));
    return e;
}

static const struct layer *last_said(const struct entry *e, bool known_only) {
    for (size_t i = e->layers.count; i-- > 0;) {
        const struct layer *l = &e->layers.items[i];
        if (text_eq(l->kind, SAID) && (!known_only || text_eq(l->state, T("known")))) return l;
    }
    return NULL;
}

// What was reviewed holds until the field that says the day is changed.
static void review_of(struct doing *d, struct head *h) {
    const struct text field = d->g->of->review_field;
    const struct layer *reviewed = NULL;
    for (size_t i = 0; i < d->e.layers.count; i++)
        if (text_eq(d->e.layers.items[i].kind, T("reviewed"))) reviewed = &d->e.layers.items[i];
    if (!reviewed) return;
    const struct layer *then = entry_as_of(&d->e, END_OF_TIME, reviewed->known);
    bool is_same =
        !field.n || !then || text_eq(answers_get(&then->answers, field), answers_get(h->answers, field));
    if (!is_same) return;
    h->derived.review = reviewed->from;
    if (text_eq(h->derived.due_then, T("review"))) h->derived.due = reviewed->from;
}

static bool same_links(const struct doing *d, const struct answers *now) {
    const struct pack_register *g = d->g->of;
    struct text fields[] = {g->person_field, g->case_field};
    for (int i = 0; i < 2; i++)
        if (fields[i].n && !text_eq(answers_get(&d->e.answers, fields[i]), answers_get(now, fields[i])))
            return false;
    return d->e.version > 0;
}

static enum status links_of(struct doing *d, struct head *h) {
    if (!same_links(d, h->answers))
        return derive_links(d->w->db, d->g->of, h->answers, d->arena, &h->derived, d->p);
    h->derived.person = d->e.person;
    h->derived.person_case = d->e.person_case;
    h->derived.case_id = d->e.case_id;
    return STATUS_OK;
}

enum status head_now(struct doing *d, struct head *out) {
    const struct layer *top = entry_as_of(&d->e, END_OF_TIME, d->now), *said = top;
    *out = (struct head){.state = T("current")};
    if (!top) {
        out->state = T("waiting");
        said = last_said(&d->e, false);
    } else if (text_eq(top->kind, T("ended"))) {
        out->state = T("ended");
        out->ended = top->from;
        said = entry_as_of(&d->e, date_add_days(top->from, -1), d->now);
        if (!said || !text_eq(said->kind, SAID)) said = last_said(&d->e, true);
    }
    out->answers = said ? &said->answers : &d->e.answers;
    enum status st = links_of(d, out);
    if (st) return st;
    derive_terms(d->g->of, out->answers, d->arena, &out->derived);
    derive_due(d->r, d->g->of, out->answers, zone_date(d->r->zone, d->e.recorded), out->ended, d->arena,
               &out->derived);
    review_of(d, out);
    return STATUS_OK;
}

static enum status key_problem(struct doing *d, struct text reference, struct text fields) {
    struct text rest = fields, first;
    bool some = text_cut(&rest, ',', &first);
    enum status ignored =
        problem(d->p, some ? text_c(d->answer, first) : "", "key_taken", "problem.register.key_taken");
    (void)ignored;
    problem_arg(d->p, "reference", text_copy(d->answer, reference));
    problem_arg(d->p, "fields", text_copy(d->answer, fields));
    return STATUS_CONFLICT;
}

enum status emit_head(struct doing *d, struct event_draft *e) {
    struct head h;
    struct text reference, fields;
    enum status st = head_now(d, &h);
    if (st) return st;
    // What is over, or waits, stands in nobody's way.
    st = text_eq(h.state, T("current"))
             ? key_taken(d->w->db, d->g->of, h.derived.keys, d->e.entry, d->arena, &reference, &fields)
             : STATUS_NOT_FOUND;
    if (!st) return key_problem(d, reference, fields);
    if (st != STATUS_NOT_FOUND) return st;
    draft_head(e, d->arena, &h);
    return STATUS_OK;
}
