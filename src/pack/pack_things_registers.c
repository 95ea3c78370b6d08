// Registers of a pack as things to compare: a field more, another class, a longer time, one more who may
// look.
#include "pack/pack_things.h"
#include "pack/register.h"

static struct text joined(struct arena *a, const struct text *items, size_t count) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < count; i++) out_printf(&o, "%s" TEXT_FMT, i ? ", " : "", TEXT_ARG(items[i]));
    return out_done(&o);
}

static struct text named(const struct things *t, const struct pack_register *g, const char *rest) {
    return TEXT_JOIN(t->arena, T("register "), g->id, text_of(rest));
}

static void definition(struct things *t, const struct pack_register *g) {
    struct texts texts = {{t->pack->catalog}, 1};
    struct thing *one = thing_add(t, PACK_SECTION_FORMS, named(t, g, ""),
                                  texts_get(&texts, SOURCE_LANGUAGE, g->title_key, NULL));
    struct text two[REGISTER_ACTION_COUNT];
    size_t count = 0;
    for (int i = 0; i < REGISTER_ACTION_COUNT; i++)
        if (g->needs_two[i]) two[count++] = text_of(register_action_name((enum register_action)i));
    thing_say(t, one, "reference", g->prefix);
    thing_say(t, one, "legal_basis", joined(t->arena, g->legal, g->legal_count));
    thing_say(t, one, "four_eyes", joined(t->arena, two, count));
    thing_say(t, one, "review", g->review_field);
    thing_say(t, one, "fault_reply_days", text_printf(t->arena, "%lld", (long long)g->fault_reply_days));
    for (size_t i = 0; i < g->key_count; i++)
        thing_say(t, one, text_c(t->arena, text_printf(t->arena, "key %zu", i + 1)),
                  joined(t->arena, g->keys[i].fields, g->keys[i].count));
}

static struct text kept(struct things *t, const struct register_retention *r) {
    static const char *const UNITS[] = {"years", "months", "days"};
    const int64_t counts[] = {r->years, r->months, r->days};
    struct out o = {.arena = t->arena};
    if (r->is_permanent) return T("for ever");
    for (int i = 0; i < 3; i++)
        if (counts[i]) out_printf(&o, "%s%lld %s", o.n ? ", " : "", (long long)counts[i], UNITS[i]);
    return o.n ? out_done(&o) : T("0 days");
}

static void retention(struct things *t, const struct pack_register *g, const struct register_retention *r) {
    static const char *const THEN[] = {"erase", "review", "pseudonymise"};
    static const char *const MARKS[] = {"V", "V2", "M", "N"};
    struct thing *one =
        thing_add(t, PACK_SECTION_DEADLINES, TEXT_JOIN(t->arena, named(t, g, "."), r->id), T(""));
    one->note = r->article;
    thing_say(t, one, "period", kept(t, r));
    thing_say(t, one, "article", r->article);
    thing_say(t, one, "starts_with", r->from);
    thing_say(t, one, "condition", r->when);
    thing_say(t, one, "effect", r->is_permanent ? T("") : text_of(THEN[r->then]));
    thing_say(t, one, "mark", text_of(MARKS[r->mark]));
}

static void statistic(struct things *t, const struct pack_register *g, const struct register_statistic *s) {
    static const char *const PERIODS[] = {"month", "quarter", "year", "stock"};
    struct thing *one =
        thing_add(t, PACK_SECTION_FORMS, TEXT_JOIN(t->arena, named(t, g, ": counts "), s->id), T(""));
    thing_say(t, one, "by", joined(t->arena, s->by, s->by_count));
    thing_say(t, one, "period", text_of(PERIODS[s->period]));
    thing_say(t, one, "starts_with", s->date);
    thing_say(t, one, "condition", s->when);
}

static void access(struct things *t, const struct pack_register *g) {
    size_t first = t->count;
    for (size_t i = 0; i < g->access.count; i++) {
        const struct register_access *r = &g->access.items[i];
        struct text limit = r->years ? text_printf(t->arena, ", for %lld years", (long long)r->years) : T("");
        things_add_permission(t, named(t, g, ": "), first, &r->row, limit);
    }
}

// What others may ask: another attribute told is a change of the law.
static void lookup(struct things *t, const struct pack_lookup *l) {
    struct thing *one =
        thing_add(t, PACK_SECTION_ACCESS, TEXT_JOIN(t->arena, T("data request "), l->id), T(""));
    thing_say(t, one, "register", l->register_id);
    thing_say(t, one, "purpose", joined(t->arena, l->purposes, l->purpose_count));
    thing_say(t, one, "legal_basis", joined(t->arena, l->grounds, l->ground_count));
    thing_say(t, one, "attributes", joined(t->arena, l->attributes, l->attribute_count));
    thing_say(t, one, "a_day", text_printf(t->arena, "%lld", (long long)l->a_day));
    thing_say(t, one, "by_name", l->by_name ? T("yes") : T("no"));
    thing_say(t, one, "changes", l->changes ? T("yes") : T("no"));
}

// Whom we may invite to a case, and what they are told of the person.
static void invitation(struct things *t, const struct invitation_ground *g) {
    struct thing *one =
        thing_add(t, PACK_SECTION_ACCESS, TEXT_JOIN(t->arena, T("invitation "), g->id), T(""));
    thing_say(t, one, "legal_basis", g->article);
    thing_say(t, one, "purpose", g->purpose);
    thing_say(t, one, "attributes", joined(t->arena, g->tells, g->tell_count));
    thing_say(t, one, "keep_years", text_printf(t->arena, "%lld", (long long)g->keep_years));
}

static void invitations(struct things *t) {
    const struct invitation_law *law = pack_invitations(t->pack);
    for (size_t i = 0; law && i < law->grounds.count; i++) invitation(t, &law->grounds.items[i]);
    if (!law) return;
    struct thing *answers = thing_add(t, PACK_SECTION_ACCESS, T("answers to invitations"), T(""));
    thing_say(t, answers, "refusals", joined(t->arena, law->refusals, law->refusal_count));
    thing_say(t, answers, "answer_days", text_printf(t->arena, "%lld", (long long)law->answer_days));
}

// Several may say the same of one place, under other conditions: they are told apart by their number.
static struct thing *step(struct things *t, struct text what, size_t number) {
    return thing_add(t, PACK_SECTION_ACCESS, text_printf(t->arena, TEXT_FMT " (%zu)", TEXT_ARG(what), number),
                     T(""));
}

static struct text told_at(struct things *t, const struct exchange_told *s) {
    static const char *const WHERE[] = {"at", "with the letter", "after the step"};
    struct text name = s->process.n ? TEXT_JOIN(t->arena, s->process, T("."), s->name) : s->name;
    return text_printf(t->arena, "tells " TEXT_FMT " %s " TEXT_FMT, TEXT_ARG(s->type->name),
                       WHERE[s->trigger], TEXT_ARG(name));
}

static size_t same_before(struct things *t, const struct exchange_steps *steps, size_t i) {
    size_t n = 1;
    for (size_t k = 0; k < i; k++)
        n += text_eq(told_at(t, &steps->told.items[k]), told_at(t, &steps->told.items[i]));
    return n;
}

static size_t same_heard_before(const struct exchange_steps *steps, size_t i) {
    size_t n = 1;
    for (size_t k = 0; k < i; k++) n += steps->heard.items[k].type == steps->heard.items[i].type;
    return n;
}

static struct text answers_in_words(struct things *t, const struct exchange_heard *h) {
    struct out o = {.arena = t->arena};
    for (size_t i = 0; i < h->answer_count; i++)
        out_printf(&o, "%s" TEXT_FMT ": " TEXT_FMT, i ? ", " : "", TEXT_ARG(h->answers[i].field),
                   TEXT_ARG(h->answers[i].value));
    return out_done(&o);
}

// What leaves the house, and what others set going here.
static void steps_with_others(struct things *t) {
    const struct exchange_steps *steps = pack_steps(t->pack);
    for (size_t i = 0; i < steps->told.count; i++) {
        const struct exchange_told *s = &steps->told.items[i];
        struct thing *one = step(t, told_at(t, s), same_before(t, steps, i));
        thing_say(t, one, "condition", s->when);
        thing_say(t, one, "result", s->code);
        thing_say(t, one, "deadline", s->due);
        thing_say(t, one, "calls", s->answers ? s->answers->name : T(""));
    }
    for (size_t i = 0; i < steps->heard.count; i++) {
        const struct exchange_heard *h = &steps->heard.items[i];
        struct text what = TEXT_JOIN(t->arena, T("hears "), h->type->name);
        struct thing *one = step(t, what, same_heard_before(steps, i));
        thing_say(t, one, "condition", h->when);
        thing_say(t, one, "message", h->message);
        thing_say(t, one, "result", answers_in_words(t, h));
    }
}

void things_of_registers(struct things *t) {
    invitations(t);
    steps_with_others(t);
    const struct pack_lookup *lookups;
    size_t lookup_count = pack_lookups(t->pack, &lookups);
    for (size_t i = 0; i < lookup_count; i++) lookup(t, &lookups[i]);
    for (size_t i = 0; i < pack_registers(t->pack); i++) {
        const struct pack_register *g = pack_register_at(t->pack, i);
        definition(t, g);
        things_of_form(t, g->form);
        for (size_t k = 0; k < g->retention_count; k++) retention(t, g, &g->retention[k]);
        for (size_t k = 0; k < g->statistic_count; k++) statistic(t, g, &g->statistics[k]);
        access(t, g);
    }
}
