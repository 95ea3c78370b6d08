// policy.c - rows of access.json compiled to sorted masks, and the one question asked of them.
//
// A cell joins all rows of one role, purpose, relation and action; its masks have one bit for each attribute
// class. What no cell allows is refused.
#include <assert.h>
#include <stdlib.h>

#include "access/access.h"

struct cell {
    uint64_t key;       // role, purpose, relation, action: 16 bits each
    class_set plain;    // allowed as it is
    class_set reasoned; // allowed with a written reason
};

struct access_policy {
    const struct access_rules *rules;
    struct cell *cells; // sorted by key
    size_t count;
};

enum { WORDS_MAX = 4096, NO_WORD = 0xFFFF };

static unsigned word_index(const struct access_words *words, struct text word) {
    for (size_t i = 0; i < words->count; i++)
        if (text_eq(words->items[i].id, word)) return (unsigned)i;
    return NO_WORD;
}

static uint64_t cell_key(unsigned role, unsigned purpose, unsigned relation, unsigned action) {
    return (uint64_t)role << 48 | (uint64_t)purpose << 32 | (uint64_t)relation << 16 | action;
}

static unsigned key_role(uint64_t key) {
    return key >> 48;
}
static unsigned key_purpose(uint64_t key) {
    return key >> 32 & 0xFFFF;
}
static unsigned key_action(uint64_t key) {
    return key & 0xFFFF;
}
static unsigned key_relation(uint64_t key) {
    return key >> 16 & 0xFFFF;
}

static int by_key(const void *a, const void *b) {
    uint64_t x = ((const struct cell *)a)->key, y = ((const struct cell *)b)->key;
    return x < y ? -1 : x > y;
}

static enum status compile_row(const struct access_rules *rules, const struct access_row *row,
                               struct cell *cell, struct problem *p) {
    unsigned role = word_index(&rules->roles, row->role);
    unsigned purpose = word_index(&rules->purposes, row->purpose);
    unsigned relation = word_index(&rules->relations, row->relation);
    unsigned action = word_index(&rules->actions, row->action);
    unsigned class = word_index(&rules->classes, row->attribute_class);
    if (role == NO_WORD || purpose == NO_WORD || relation == NO_WORD || action == NO_WORD || class == NO_WORD)
        return problem(p, "access.json", "access_word_unknown", "problem.access.word_unknown");
    class_set bit = (class_set)1 << class;
    *cell = (struct cell){cell_key(role, purpose, relation, action), row->needs_reason ? 0 : bit,
                          row->needs_reason ? bit : 0};
    return STATUS_OK;
}

static size_t merge_cells(struct cell *cells, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept && cells[kept - 1].key == cells[i].key) {
            cells[kept - 1].plain |= cells[i].plain;
            cells[kept - 1].reasoned |= cells[i].reasoned;
        } else {
            cells[kept++] = cells[i];
        }
    }
    return kept;
}

enum status access_policy_compile(struct arena *a, const struct access_rules *rules,
                                  struct access_policy **out, struct problem *p) {
    if (rules->classes.count > ACCESS_CLASSES_MAX || rules->rows.count > ACCESS_ROWS_MAX ||
        rules->roles.count > WORDS_MAX || rules->purposes.count > WORDS_MAX ||
        rules->relations.count > WORDS_MAX || rules->actions.count > WORDS_MAX) {
        if (p)
            *p = (struct problem){
                .field = "access.json", .rule = "access_too_large", .text_key = "problem.access.too_large"};
        return STATUS_TOO_LARGE;
    }
    struct access_policy *policy = ARENA_NEW(a, struct access_policy);
    policy->rules = rules;
    policy->cells = ARENA_ARRAY(a, struct cell, rules->rows.count + 1);
    for (size_t i = 0; i < rules->rows.count; i++) {
        enum status st = compile_row(rules, &rules->rows.items[i], &policy->cells[i], p);
        if (st) return st;
    }
    if (rules->rows.count) qsort(policy->cells, rules->rows.count, sizeof *policy->cells, by_key);
    policy->count = merge_cells(policy->cells, rules->rows.count);
    *out = policy;
    return STATUS_OK;
}

static const struct cell *find_cell(const struct access_policy *policy, uint64_t key) {
    struct cell wanted = {.key = key};
    return policy->count ? bsearch(&wanted, policy->cells, policy->count, sizeof wanted, by_key) : NULL;
}

class_set access_class(const struct access_policy *policy, struct text attribute_class) {
    unsigned i = word_index(&policy->rules->classes, attribute_class);
    return i == NO_WORD ? 0 : (class_set)1 << i;
}

class_set access_all_classes(const struct access_policy *policy) {
    size_t n = policy->rules->classes.count;
    return n == 64 ? ~(class_set)0 : ((class_set)1 << n) - 1;
}

struct text access_class_names(const struct access_policy *policy, class_set set, struct arena *a) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < policy->rules->classes.count; i++) {
        if (!(set >> i & 1)) continue;
        if (o.n) out_byte(&o, ',');
        out_text(&o, policy->rules->classes.items[i].id);
    }
    return out_done(&o);
}

// ---- who ----

struct actor actor_system(void) {
    return (struct actor){.kind = ACTOR_SYSTEM, .roles = {T("system")}, .role_count = 1};
}

bool actor_has_role(const struct actor *actor, struct text role) {
    for (size_t i = 0; i < actor->role_count; i++)
        if (text_eq(actor->roles[i], role)) return true;
    return false;
}

static bool is_somebody(const struct actor *actor) {
    return actor->kind == ACTOR_SYSTEM || (actor->kind != ACTOR_NOBODY && actor->account > 0);
}

static bool lacks_second_factor(const struct actor *actor) {
    bool needs_two = actor->kind == ACTOR_STAFF || actor->kind == ACTOR_PARTNER;
    return needs_two && !actor->second_factor && !actor->is_client;
}

static bool is_for_another(const struct actor *actor, struct text purpose) {
    return actor->purpose.n && !text_eq(actor->purpose, purpose);
}

// What the actor's roles allow together.
static struct cell allowed(const struct access_policy *policy, const struct actor *actor, struct text action,
                           struct text purpose, struct text relation) {
    const struct access_rules *rules = policy->rules;
    unsigned purpose_i = word_index(&rules->purposes, purpose);
    unsigned relation_i = word_index(&rules->relations, relation);
    unsigned action_i = word_index(&rules->actions, action);
    struct cell sum = {0};
    if (purpose_i == NO_WORD || relation_i == NO_WORD || action_i == NO_WORD) return sum;
    assert(actor->role_count <= ACTOR_ROLES_MAX);
    for (size_t i = 0; i < actor->role_count; i++) {
        unsigned role = word_index(&rules->roles, actor->roles[i]);
        const struct cell *c =
            role == NO_WORD ? NULL : find_cell(policy, cell_key(role, purpose_i, relation_i, action_i));
        if (!c) continue;
        sum.plain |= c->plain;
        sum.reasoned |= c->reasoned;
    }
    return sum;
}

class_set access_visible_classes(const struct access_policy *policy, const struct actor *actor,
                                 struct text action, struct text purpose, struct text relation,
                                 bool has_reason) {
    if (!is_somebody(actor) || lacks_second_factor(actor) || is_for_another(actor, purpose)) return 0;
    struct cell c = allowed(policy, actor, action, purpose, relation);
    return c.plain | (has_reason ? c.reasoned : 0);
}

// Why not: would another relation or another purpose do? Tells the way out; decides nothing.
static void explain(const struct access_policy *policy, const struct actor *actor,
                    const struct access_question *q, bool *other_relation, bool *other_purpose) {
    const struct access_rules *rules = policy->rules;
    unsigned purpose = word_index(&rules->purposes, q->purpose),
             relation = word_index(&rules->relations, q->relation);
    unsigned action = word_index(&rules->actions, q->action);
    class_set class = access_class(policy, q->attribute_class);
    *other_relation = *other_purpose = false;
    for (size_t i = 0; i < policy->count; i++) {
        const struct cell *c = &policy->cells[i];
        if (key_action(c->key) != action || !((c->plain | c->reasoned) & class)) continue;
        if (!actor_has_role(actor, rules->roles.items[key_role(c->key)].id)) continue;
        if (key_purpose(c->key) == purpose) *other_relation = true;
        if (key_relation(c->key) == relation) *other_purpose = true;
    }
}

static enum status refused(struct problem *p, const char *field, const char *rule, const char *text_key) {
    if (p) *p = (struct problem){.field = field, .rule = rule, .text_key = text_key};
    return STATUS_REFUSED;
}

static bool is_reason(struct text reason) {
    return text_trim(reason).n > 0 && reason.n <= ACCESS_REASON_MAX && text_is_utf8(reason);
}

enum status access_check(const struct access_policy *policy, const struct actor *actor,
                         const struct access_question *q, bool *is_flagged, struct problem *p) {
    if (is_flagged) *is_flagged = false;
    if (!is_somebody(actor)) return refused(p, "", "access_role", "problem.access.role");
    if (word_index(&policy->rules->purposes, q->purpose) == NO_WORD)
        return refused(p, "purpose", "access_purpose", "problem.access.purpose");
    if (is_for_another(actor, q->purpose))
        return refused(p, "purpose", "access_token_purpose", "problem.access.token_purpose");
    if (lacks_second_factor(actor))
        return refused(p, "", "access_second_factor", "problem.access.second_factor");
    struct cell c = allowed(policy, actor, q->action, q->purpose, q->relation);
    class_set class = access_class(policy, q->attribute_class);
    if (c.plain & class) return STATUS_OK;
    if (c.reasoned & class) {
        if (!is_reason(q->reason)) return refused(p, "reason", "access_reason", "problem.access.reason");
        if (is_flagged) *is_flagged = true;
        return STATUS_OK;
    }
    bool other_relation, other_purpose;
    explain(policy, actor, q, &other_relation, &other_purpose);
    if (other_relation) return refused(p, "", "access_relation", "problem.access.relation");
    if (other_purpose) return refused(p, "purpose", "access_other_purpose", "problem.access.other_purpose");
    return refused(p, "", "access_role", "problem.access.role");
}
