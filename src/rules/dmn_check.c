#include "rules/dmn_check.h"

#include <stdlib.h>
#include <string.h>

#include "rules/dmn_region.h"

void check_add(struct check *c, struct dmn_finding f) {
    if (c->out->count >= DMN_FINDINGS_MAX) {
        c->out->lost++;
        return;
    }
    if (!f.element.n && c->node) f.element = c->node->info.name;
    *ARENA_PUSH(c->arena, c->out) = f;
}

// Tables anywhere in an expression.
static void check_tables(struct check *c, const struct node *n) {
    if (!n) return;
    if (n->kind == NODE_NATIVE) {
        if (n->native == table_run) check_table(c, n->data);
        return;
    }
    check_tables(c, n->a);
    check_tables(c, n->b);
    check_tables(c, n->c);
    for (size_t i = 0; n->items && i < n->count; i++) check_tables(c, n->items[i]);
}

void dmn_check(const struct dmn_model *m, struct arena *a, struct dmn_findings *out) {
    struct check c = {.arena = a, .model = m, .out = out};
    for (size_t i = 0; i < m->unknown_types.count; i++) {
        const struct unknown_type *t = &m->unknown_types.items[i];
        check_add(&c, (struct dmn_finding){
                          .kind = DMN_UNKNOWN_TYPE, .element = t->element, .line = t->line, .what = t->name});
    }
    for (size_t i = 0; i < m->node_count; i++) {
        c.node = &m->nodes[i];
        if (c.node->info.kind == DMN_INPUT || c.node->info.kind == DMN_SERVICE) continue;
        check_names(&c);
        check_tables(&c, c.node->logic);
    }
}

// ---- in words ----

static const struct {
    const char *name;
    bool is_error;
} KINDS[] = {
    [DMN_GAP] = {"gap", true},
    [DMN_OVERLAP] = {"overlap", true},
    [DMN_CONFLICT] = {"conflict", true},
    [DMN_UNREACHABLE] = {"unreachable", true},
    [DMN_NEVER] = {"never-matches", true},
    [DMN_WRONG_TYPE] = {"wrong-type", true},
    [DMN_NOT_ALLOWED] = {"not-allowed", true},
    [DMN_UNKNOWN_NAME] = {"unknown-name", true},
    [DMN_UNKNOWN_TYPE] = {"unknown-type", true},
    [DMN_MISSING_REQUIREMENT] = {"missing-requirement", true},
    [DMN_UNKNOWN_PART] = {"unknown-part", true},
    [DMN_WRONG_ARGUMENTS] = {"wrong-arguments", true},
    [DMN_NOT_LOOKED_INTO] = {"not-looked-into", false},
    [DMN_STOPPED] = {"stopped", false},
};

const char *dmn_finding_name(enum dmn_finding_kind k) {
    return KINDS[k].name;
}

bool dmn_finding_is_error(const struct dmn_finding *f) {
    return KINDS[f->kind].is_error;
}

static void sentence(struct out *o, const struct dmn_finding *f) {
    struct text what = f->what;
    switch (f->kind) {
    case DMN_GAP: out_printf(o, "no rule for " TEXT_FMT, TEXT_ARG(what.n ? what : T("anything"))); break;
    case DMN_OVERLAP: out_printf(o, "rule %zu matches too, but the hit policy is UNIQUE", f->other); break;
    case DMN_CONFLICT:
        out_printf(o, "rule %zu matches too, with another result, but the hit policy is ANY", f->other);
        break;
    case DMN_UNREACHABLE:
        out_printf(o, "is never taken, before it always comes " TEXT_FMT, TEXT_ARG(what));
        break;
    case DMN_NEVER: out_printf(o, "can never match: " TEXT_FMT, TEXT_ARG(what)); break;
    case DMN_WRONG_TYPE: out_printf(o, "wrong type: " TEXT_FMT, TEXT_ARG(what)); break;
    case DMN_NOT_ALLOWED: out_printf(o, TEXT_FMT " is not among the allowed values", TEXT_ARG(what)); break;
    case DMN_UNKNOWN_NAME: out_printf(o, "nothing is called \"" TEXT_FMT "\"", TEXT_ARG(what)); break;
    case DMN_UNKNOWN_TYPE: out_printf(o, "there is no type " TEXT_FMT, TEXT_ARG(what)); break;
    case DMN_MISSING_REQUIREMENT:
        out_printf(o, "uses \"" TEXT_FMT "\" without requiring it", TEXT_ARG(what));
        break;
    case DMN_UNKNOWN_PART: out_printf(o, "there is no part " TEXT_FMT, TEXT_ARG(what)); break;
    case DMN_WRONG_ARGUMENTS: out_printf(o, "wrong arguments: " TEXT_FMT, TEXT_ARG(what)); break;
    case DMN_NOT_LOOKED_INTO:
        out_printf(o, "depends on more than constants, gaps and overlaps leave it out: " TEXT_FMT,
                   TEXT_ARG(what));
        break;
    case DMN_STOPPED: out_printf(o, "not all was looked into: " TEXT_FMT, TEXT_ARG(what)); break;
    }
}

void dmn_finding_text(struct out *o, const struct dmn_finding *f) {
    if (f->line) out_printf(o, "line %lld: ", (long long)f->line);
    out_text(o, f->element);
    if (f->rule) out_printf(o, ", rule %zu", f->rule);
    if (f->cell.n) out_printf(o, ", " TEXT_FMT, TEXT_ARG(f->cell));
    out_c(o, ": ");
    sentence(o, f);
    if (f->example.n) out_printf(o, "; for example " TEXT_FMT, TEXT_ARG(f->example));
}

static void put_text(struct json_out *j, const char *key, struct text value) {
    if (!value.n) return;
    json_key(j, key);
    json_put_text(j, value);
}

static void put_number(struct json_out *j, const char *key, int64_t value) {
    if (!value) return;
    json_key(j, key);
    json_put_int(j, value);
}

void dmn_finding_json(struct json_out *j, const struct dmn_finding *f) {
    json_begin_object(j);
    put_text(j, "kind", text_of(dmn_finding_name(f->kind)));
    put_text(j, "element", f->element);
    put_text(j, "cell", f->cell);
    put_number(j, "rule", (int64_t)f->rule);
    put_number(j, "other", (int64_t)f->other);
    put_number(j, "line", f->line);
    put_text(j, "what", f->what);
    put_text(j, "example", f->example);
    json_end_object(j);
}
