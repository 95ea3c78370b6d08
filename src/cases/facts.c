// facts.c - what the expressions of processes and the tables of decisions may see of a case.
//
//   case       number, status, track, channel, is_minor, is_vulnerable, nationality, made_on, registered_on,
//              lodged_on
//   answers    the answers of the form, nested, as text
//   documents  kinds of the documents
//   flags      opted_out, detained
//   applicant  age, birth_date, nationality, is_minor, is_unaccompanied_minor
//   decision   outcome, adverse, needs_second, returned, appeal, appeal_suspends, letter  (of the newest)
//   deadline   <rule id>: due, running  (open clocks)
//   task       <element>: answers of that user task, typed as its form says; the last time counts
//   message    <name>: answers that came with that message from outside
//   complete, withdrawn, held, appeal_outcome of the command that is being decided; and beside all these the
//   variables of the process, by their names (variables.c)
#include "cases/internal.h"

struct feel_now feel_now_of(struct cases *c, struct moment at) {
    return (struct feel_now){at, c->zone_name};
}

static void put(struct arena *a, struct feel_value *to, const char *name, struct feel_value v) {
    feel_put(a, to, text_of(name), v);
}

static struct feel_value date_value(const struct zone *z, struct moment m) {
    return m.ms ? feel_of_date(zone_date(z, m)) : feel_null();
}

static struct feel_value case_facts(const struct case_state *s, const struct zone *z, struct arena *a) {
    struct feel_value v = feel_empty_context();
    struct date made_on = {0};
    enum status st = date_parse(s->made_on, &made_on);
    put(a, &v, "number", feel_string(s->case_no));
    put(a, &v, "status", feel_string(s->status));
    put(a, &v, "track", feel_string(s->track));
    put(a, &v, "channel", feel_string(s->channel));
    put(a, &v, "language", feel_string(s->language));
    put(a, &v, "nationality", feel_string(s->nationality));
    put(a, &v, "is_minor", feel_boolean(s->is_minor));
    put(a, &v, "is_vulnerable", feel_boolean(s->is_vulnerable));
    put(a, &v, "made_on", st || !date_is_full(made_on) ? date_value(z, s->made_at) : feel_of_date(made_on));
    put(a, &v, "registered_on", date_value(z, s->registered_at));
    put(a, &v, "lodged_on", date_value(z, s->lodged_at));
    return v;
}

static struct feel_value applicant_facts(const struct case_state *s, const struct zone *z, struct moment now,
                                         struct arena *a) {
    struct feel_value v = feel_empty_context();
    struct date birth = {0};
    enum status st = date_parse(s->birth, &birth);
    bool known = !st && birth.year;
    bool accompanied = false;
    for (size_t i = 0; i < s->persons.count; i++)
        accompanied |= text_eq(s->persons.items[i].role, T("parent"));
    put(a, &v, "birth_date", date_is_full(birth) ? feel_of_date(birth) : feel_null());
    put(a, &v, "age", known ? feel_int(date_age_years(birth, zone_date(z, now))) : feel_null());
    put(a, &v, "nationality", feel_string(s->nationality));
    put(a, &v, "is_minor", feel_boolean(s->is_minor));
    put(a, &v, "is_unaccompanied_minor", feel_boolean(s->is_minor && !accompanied));
    return v;
}

static struct feel_value decision_facts(const struct pack *pack, const struct case_state *s,
                                        struct arena *a) {
    struct feel_value v = feel_empty_context();
    struct outcome o = {0};
    enum status st = s->decision.id ? pack_outcome(pack, s->decision.outcome, &o) : STATUS_NOT_FOUND;
    put(a, &v, "outcome", s->decision.id ? feel_string(s->decision.outcome) : feel_null());
    put(a, &v, "adverse", feel_boolean(s->decision.is_adverse));
    put(a, &v, "needs_second", feel_boolean(!st && o.needs_second));
    put(a, &v, "returned", feel_boolean(text_eq(s->decision.state, T("returned"))));
    put(a, &v, "appeal", st ? feel_null() : feel_string(o.appeal));
    put(a, &v, "appeal_suspends", feel_boolean(!st && o.appeal_suspends));
    put(a, &v, "letter", st ? feel_null() : feel_string(o.letter));
    return v;
}

// Due moments as date and time in UTC.
static struct feel_value moment_value(struct moment m) {
    static const struct feel_zone UTC = {0};
    int64_t days = m.ms / 86400000, rest = m.ms % 86400000;
    struct date day = date_from_days(days);
    return (struct feel_value){
        .kind = FEEL_DATE_TIME,
        .date_time = {{day.year, (uint8_t)day.month, (uint8_t)day.day},
                      {(int32_t)(rest / 1000), (int32_t)(rest % 1000) * 1000000, &UTC}},
    };
}

// A suspended clock has no end yet: 9999-12-31.
static const struct moment END_OF_TIME = {INT64_C(253402214400000)};

static struct feel_value deadline_facts(const struct case_state *s, struct arena *a) {
    struct feel_value all = feel_empty_context();
    for (size_t i = 0; i < s->clocks.count; i++) {
        struct feel_value v = feel_empty_context();
        const struct clock *c = &s->clocks.items[i].clock;
        put(a, &v, "due", moment_value(c->is_suspended ? END_OF_TIME : c->due));
        put(a, &v, "running", feel_boolean(s->clocks.items[i].is_open));
        feel_put(a, &all, s->clocks.items[i].rule, v);
    }
    return all;
}

static struct feel_value answer_facts(struct case_state *s, struct arena *a) {
    if (!s->has_answers_feel) s->answers_feel = form_feel(a, NULL, &s->answers);
    s->has_answers_feel = true;
    return s->answers_feel;
}

static struct feel_value document_facts(const struct case_state *s, struct arena *a) {
    struct feel_value list = feel_list_of(NULL, 0);
    for (size_t i = 0; i < s->documents.count; i++)
        if (!s->documents.items[i].is_removed) feel_append(a, &list, feel_string(s->documents.items[i].kind));
    return list;
}

static struct feel_value flag_facts(const struct case_state *s, struct arena *a) {
    struct feel_value v = feel_empty_context();
    put(a, &v, "opted_out", feel_boolean(text_eq(answers_get(&s->answers, T("channel")), T("paper"))));
    put(a, &v, "detained", feel_boolean(text_eq(answers_get(&s->answers, T("place_kind")), T("closed"))));
    return v;
}

static struct feel_value given_facts(const struct pack *pack, const struct given_list *list,
                                     struct arena *a) {
    struct feel_value all = feel_empty_context();
    for (size_t i = 0; i < list->count; i++) {
        const struct given_row *g = &list->items[i];
        feel_put(a, &all, g->name, form_feel(a, pack_form(pack, g->form), &g->answers));
    }
    return all;
}

const struct fact_name FACT_NAMES[] = {
    {"case",
     FACT_CASE,
     {"number", "status", "track", "channel", "language", "nationality", "is_minor", "is_vulnerable",
      "made_on", "registered_on", "lodged_on"}},
    {"applicant", FACT_APPLICANT, {"birth_date", "age", "nationality", "is_minor", "is_unaccompanied_minor"}},
    {"decision",
     FACT_DECISION,
     {"outcome", "adverse", "needs_second", "returned", "appeal", "appeal_suspends", "letter"}},
    {"deadline", FACT_DEADLINE, {0}},
    {"answers", FACT_ANSWERS, {0}},
    {"documents", FACT_DOCUMENTS, {0}},
    {"flags", FACT_FLAGS, {"opted_out", "detained"}},
    {"task", FACT_TASK, {0}},
    {"message", FACT_MESSAGE, {0}},
};
const size_t FACT_NAME_COUNT = sizeof FACT_NAMES / sizeof *FACT_NAMES;

struct feel_value facts_some(const struct zone *zone, const struct pack *pack, struct case_state *s,
                             struct moment now, unsigned wanted, struct arena *a) {
    struct feel_value v = feel_empty_context();
    if (wanted & FACT_CASE) put(a, &v, "case", case_facts(s, zone, a));
    if (wanted & FACT_APPLICANT) put(a, &v, "applicant", applicant_facts(s, zone, now, a));
    if (wanted & FACT_DECISION) put(a, &v, "decision", decision_facts(pack, s, a));
    if (wanted & FACT_DEADLINE) put(a, &v, "deadline", deadline_facts(s, a));
    if (wanted & FACT_ANSWERS)
        put(a, &v, "answers", s->answers.count ? answer_facts(s, a) : feel_empty_context());
    if (wanted & FACT_DOCUMENTS) put(a, &v, "documents", document_facts(s, a));
    if (wanted & FACT_FLAGS) put(a, &v, "flags", flag_facts(s, a));
    if (wanted & FACT_TASK) put(a, &v, "task", given_facts(pack, &s->tasks, a));
    if (wanted & FACT_MESSAGE) put(a, &v, "message", given_facts(pack, &s->messages, a));
    return v;
}

enum status facts_build(struct cases *c, const struct pack *pack, struct case_state *s, struct moment now,
                        struct arena *a, struct feel_value *out) {
    *out = facts_some(c->zone, pack, s, now, FACTS_ALL, a);
    return STATUS_OK;
}

enum status facts_for_rules(struct decide *d, struct feel_value *out) {
    enum status st = state_need(d, LOAD_ANSWERS | LOAD_PERSONS | LOAD_DOCUMENTS | LOAD_GIVEN);
    return st ? st : facts_build(d->cases, d->pack, d->s, d->now, d->arena, out);
}

// The parts that the expression names; variables may have any name.
static unsigned parts_named(const struct decide *d, struct text expression) {
    static const struct {
        const char *name;
        unsigned parts;
    } NEEDS[] = {
        {"answers", LOAD_ANSWERS},   {"flags", LOAD_ANSWERS},   {"documents", LOAD_DOCUMENTS},
        {"task", LOAD_GIVEN},        {"message", LOAD_GIVEN},   {"applicant", LOAD_PERSONS},
        {"decision", LOAD_DECISION}, {"deadline", LOAD_CLOCKS},
    };
    unsigned parts = d->s->has_process ? LOAD_VARIABLES : 0;
    size_t at;
    for (size_t i = 0; i < sizeof NEEDS / sizeof *NEEDS; i++)
        if (text_find(expression, text_of(NEEDS[i].name), &at)) parts |= NEEDS[i].parts;
    return parts;
}

const struct feel_value *facts_at(struct decide *d, struct text expression, int64_t call,
                                  const struct flow_at *at) {
    struct feel_value v = feel_empty_context();
    enum status st = state_need(d, parts_named(d, expression));
    if (!st) st = facts_build(d->cases, d->pack, d->s, d->now, d->arena, &v);
    if (st) return NULL;
    put(d->arena, &v, "complete", feel_boolean(d->fact.is_complete));
    put(d->arena, &v, "withdrawn", feel_boolean(d->fact.is_withdrawn));
    put(d->arena, &v, "held", feel_boolean(d->fact.was_held));
    put(d->arena, &v, "appeal_outcome",
        feel_string(d->fact.appeal_outcome.n ? d->fact.appeal_outcome : d->s->appeal_outcome));
    variables_put(d->s, call, at, d->arena, &v);
    d->facts = v;
    return &d->facts;
}

const struct feel_value *facts_of(struct decide *d, struct text expression) {
    return facts_at(d, expression, 0, NULL);
}
