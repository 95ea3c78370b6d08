// variables.c - values that the process of a case keeps: results of scripts and decisions, and what mappings
// take out of an element. They may say anything about a person, so they are sealed.
#include "cases/internal.h"

#include "base/cbor.h"

enum {
    SCOPES_MAX = 64,            // of one token: sub-processes and calls around it
    VARIABLE_BYTES_MAX = 60000, // of one value as a literal: less than FEEL reads as one expression
    VARIABLE_NAME_MAX = 200,
    VARIABLES_MAX = 1000, // of one case, those of its tokens with them
};

static struct variable_row *find(const struct case_state *s, int64_t token, struct text name) {
    for (size_t i = 0; i < s->variables.count; i++) {
        struct variable_row *v = &s->variables.items[i];
        if (v->token == token && !v->is_gone && text_eq(v->name, name)) return v;
    }
    return NULL;
}

void variable_set(struct decide *d, int64_t token, struct text name, struct feel_value value) {
    struct variable_row *v = find(d->s, token, name);
    if (!v) v = ARENA_PUSH(d->arena, &d->s->variables);
    *v = (struct variable_row){.token = token, .name = name, .value = value, .is_changed = true};
}

struct feel_value variable_get(const struct case_state *s, int64_t token, struct text name) {
    const struct variable_row *v = find(s, token, name);
    return v ? v->value : feel_null();
}

// ---- what is seen from a place ----

struct around {
    int64_t tokens[SCOPES_MAX]; // the innermost first
    int instances[SCOPES_MAX];  // of a repeated activity whose token this is: which one we are in
    size_t count;
};

static const struct flow_token *token_in(const struct flow_state *s, int64_t id) {
    for (size_t i = 0; i < s->tokens.count; i++)
        if (s->tokens.items[i].id == id) return &s->tokens.items[i];
    return NULL;
}

static const struct flow_scope *scope_in(const struct flow_state *s, int64_t id) {
    for (size_t i = 0; i < s->scopes.count; i++)
        if (s->scopes.items[i].id == id) return &s->scopes.items[i];
    return NULL;
}

static void add_around(struct around *a, int64_t token, int instance) {
    if (a->count == SCOPES_MAX) return;
    a->tokens[a->count] = token;
    a->instances[a->count++] = instance;
}

// The token that owns the scope, through event sub-processes, which have none.
static const struct flow_token *owner_in(const struct flow_state *s, int64_t scope) {
    const struct flow_scope *c = scope_in(s, scope);
    while (c && c->id && !c->owner) c = scope_in(s, c->parent);
    return c && c->owner ? token_in(s, c->owner) : NULL;
}

static void look_around(const struct flow_state *s, int64_t token, struct around *a) {
    const struct flow_token *t = token_in(s, token);
    int instance = 0;
    while (t) {
        add_around(a, t->id, instance);
        instance = t->instance;
        t = owner_in(s, t->scope);
    }
}

// From the place to the process's own scope, and on to where each caller stands.
static void all_around(struct case_state *s, int64_t call, const struct flow_at *at, struct around *a) {
    if (at && at->state) look_around(at->state, at->token, a);
    for (struct called_process *c; call && (c = process_called(s, call)); call = c->caller) {
        const struct flow_state *caller = process_state(s, c->caller);
        if (caller) look_around(caller, c->call, a);
    }
}

static const struct flow_element *element_at(struct case_state *s, int64_t call, const struct flow_at *at,
                                             int64_t token) {
    const struct flow_token *t = at && at->state ? token_in(at->state, token) : NULL;
    if (t) return flow_element(process_model(s, call), t->element);
    for (struct called_process *c; call && (c = process_called(s, call)); call = c->caller) {
        const struct flow_state *state = process_state(s, c->caller);
        t = state ? token_in(state, token) : NULL;
        if (t) return flow_element(process_model(s, c->caller), t->element);
    }
    return NULL;
}

// The thing of the collection that this instance is for.
static void put_item(struct arena *a, const struct flow_element *e, const struct feel_value *items,
                     int instance, struct feel_value *facts) {
    feel_put(a, facts, T("loopCounter"), feel_int(instance));
    if (!e || !e->item.n || items->kind != FEEL_LIST || (size_t)instance > items->list.count) return;
    feel_put(a, facts, e->item, items->list.items[instance - 1]);
}

static void put_of(const struct case_state *s, int64_t token, const struct feel_value *fixed, struct arena *a,
                   struct feel_value *facts) {
    for (size_t i = 0; i < s->variables.count; i++) {
        const struct variable_row *v = &s->variables.items[i];
        if (v->token != token || v->is_gone || text_starts(v->name, T("#"))) continue;
        if (!feel_has(fixed, v->name)) feel_put(a, facts, v->name, v->value);
    }
}

void variables_put(struct case_state *s, int64_t call, const struct flow_at *at, struct arena *a,
                   struct feel_value *facts) {
    struct around all = {0};
    const struct feel_value fixed = *facts;
    all_around(s, call, at, &all);
    put_of(s, 0, &fixed, a, facts);
    for (size_t i = all.count; i > 0; i--) {
        int64_t token = all.tokens[i - 1];
        if (all.instances[i - 1]) {
            struct feel_value items = variable_get(s, token, VARIABLE_ITEMS);
            put_item(a, element_at(s, call, at, token), &items, all.instances[i - 1], facts);
        }
        put_of(s, token, &fixed, a, facts);
    }
}

// ---- what becomes of them ----

static bool is_alive(struct case_state *s, int64_t token) {
    if (!token || token_in(&s->process, token)) return true;
    for (size_t i = 0; i < s->calls.count; i++)
        if (!s->calls.items[i].is_over && token_in(&s->calls.items[i].state, token)) return true;
    return false;
}

static enum status too_large(struct decide *d, struct text name) {
    enum status st = problem(d->problem, "", "variable_too_large", "problem.process.variable");
    problem_arg(d->problem, "name", name);
    return st;
}

enum status variables_emit(struct decide *d) {
    struct out values = {.arena = d->arena}, gone = {.arena = d->arena}, list = {.arena = d->arena};
    size_t count = 0, gone_count = 0;
    for (size_t i = 0; i < d->s->variables.count; i++) {
        struct variable_row *v = &d->s->variables.items[i];
        if (v->is_gone) continue;
        if (!is_alive(d->s, v->token)) {
            v->is_gone = true;
            cbor_int(&gone, v->token);
            gone_count++;
        } else if (v->is_changed) {
            struct text literal = feel_print_literal(d->arena, &v->value);
            if (literal.n > VARIABLE_BYTES_MAX || v->name.n > VARIABLE_NAME_MAX || i >= VARIABLES_MAX)
                return too_large(d, v->name);
            cbor_array(&values, 3);
            cbor_int(&values, v->token);
            cbor_text(&values, v->name);
            cbor_text(&values, literal);
            count++;
        }
        v->is_changed = false;
    }
    if (!count && !gone_count) return STATUS_OK;
    struct event_draft *e = case_emit(d, &EVENT_variables_set);
    cbor_array(&list, count);
    out_text(&list, out_done(&values));
    draft_personal_bytes(e, "values", bytes_of(out_done(&list)));
    list = (struct out){.arena = d->arena};
    cbor_array(&list, gone_count);
    out_text(&list, out_done(&gone));
    draft_bytes(e, "gone", bytes_of(out_done(&list)));
    return STATUS_OK;
}
