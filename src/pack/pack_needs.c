// Packs that a pack needs: a national one takes all that it does not say itself from that of the Union, and
// every procedure what all procedures have in common. Each is read once for each who needs it.
#include "pack/pack_inside.h"

bool pack_is_base(const struct pack *pack) {
    return pack->procedure.n == 0;
}

// ---- pack.json
// ---------------------------------------------------------------------------------------------

static bool next_number(struct text *rest, int64_t *number) {
    struct text part;
    *number = 0; // "1.2" is "1.2.0"
    if (!rest->n) return true;
    return text_cut(rest, '.', &part) && text_int(part, number) && *number >= 0;
}

// Below, equal or above: dotted numbers, each compared as a number. False when one of both is no version.
static bool compare_versions(struct text a, struct text b, int *order) {
    *order = 0;
    while (a.n || b.n) {
        int64_t x, y;
        if (!next_number(&a, &x) || !next_number(&b, &y)) return false;
        if (x != y && !*order) *order = x < y ? -1 : 1;
    }
    return true;
}

static enum status read_version(const struct reading *r, const json_t *j, const char *member,
                                struct text *out) {
    int order;
    enum status st = reading_text(r, j, member, out);
    if (!st && out->n && !compare_versions(*out, *out, &order))
        st = reading_fail(r, member, "value_version", *out);
    return st;
}

static enum status read_need(const struct reading *r, const json_t *j, void *context) {
    struct pack *pack = context;
    static const char *const KNOWN[] = {"id", "from", "below", NULL};
    struct pack_need n = {0};
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_need_text(r, j, "id", &n.id);
    if (!st) st = read_version(r, j, "from", &n.from);
    if (!st) st = read_version(r, j, "below", &n.below);
    for (size_t i = 0; i < pack->need_count && !st; i++)
        if (text_eq(pack->needs[i].id, n.id)) st = reading_fail(r, "id", "duplicate", n.id);
    if (!st) pack->needs[pack->need_count++] = n;
    return st;
}

enum status needs_read(struct pack *pack, const struct reading *r, const json_t *manifest) {
    return reading_list(r, manifest, "needs", PACK_NEEDS_MAX, read_need, pack);
}

size_t pack_needs_of(struct arena *a, struct bytes manifest, struct text ids[PACK_NEEDS_MAX]) {
    json_t *j, *item;
    size_t i, count = 0;
    if (json_read(text_of_bytes(manifest), PACK_FILE_BYTES_MAX, &j, NULL)) return 0;
    json_array_foreach(json_object_get(j, "needs"), i, item) {
        struct text id = json_text(item, "id", T(""));
        if (id.n && count < PACK_NEEDS_MAX) ids[count++] = text_copy(a, id);
    }
    json_decref(j);
    return count;
}

// ---- reading them
// ------------------------------------------------------------------------------------------

static enum status wrong(struct pack *pack, const struct pack_need *n, const char *rule, struct text what,
                         struct problem *p) {
    const struct reading r = {&pack->arena, p, n->id};
    return pack_problem_in(pack, T("pack.json"), reading_fail(&r, NULL, rule, what), p);
}

// The way from the first pack, "eu > national > eu": no circle, and not too long.
static enum status check_way(struct pack *pack, const struct pack_need *n, struct problem *p) {
    struct text way = n->id;
    size_t depth = 0;
    for (const struct pack *k = pack; k; k = k->needed_by, depth++) {
        way = TEXT_JOIN(&pack->arena, k->id, T(" > "), way);
        if (text_eq(k->id, n->id)) return wrong(pack, n, "needs_circle", way, p);
    }
    return depth > PACK_NEEDS_DEPTH_MAX ? wrong(pack, n, "needs_depth", way, p) : STATUS_OK;
}

// All files that lie below "needs/ID/", and those of the packs that it may need in turn.
static void files_of(struct pack *pack, struct text id, struct pack_files *out) {
    struct text prefix = TEXT_JOIN(&pack->arena, T("needs/"), id, T("/"));
    for (size_t i = 0; i < pack->given.count; i++) {
        struct pack_file f = pack->given.items[i];
        bool is_own = text_starts(f.name, prefix);
        if (is_own) f.name = text_slice(f.name, prefix.n, f.name.n);
        if (is_own || text_starts(f.name, T("needs/"))) *ARENA_PUSH(&pack->arena, out) = f;
    }
}

static enum status fits(struct pack *pack, const struct pack_need *n, struct problem *p) {
    int from = 0, below = -1;
    bool good = (!n->from.n || compare_versions(n->pack->version, n->from, &from)) &&
                (!n->below.n || compare_versions(n->pack->version, n->below, &below));
    if (good && from >= 0 && below < 0) return STATUS_OK;
    return wrong(pack, n, "needs_version", n->pack->version, p);
}

static enum status load_one(struct pack *pack, struct pack_need *n, struct problem *p) {
    struct pack_files files = {0};
    enum status st = check_way(pack, n, p);
    if (st) return st;
    files_of(pack, n->id, &files);
    if (!pack_file_find(&files, T("pack.json"))) return wrong(pack, n, "needs_missing", n->id, p);
    n->pack = pack_new(&files);
    n->pack->needed_by = pack;
    st = pack_load(n->pack, p);
    if (!st) st = pack_check(n->pack, p);
    n->pack->needed_by = NULL;
    if (st) {
        if (p) *p = problem_copy(&pack->arena, p);
        bool is_deeper = p && text_starts(text_of(p->rule), T("needs_"));
        return is_deeper ? st
                         : pack_problem_in(pack,
                                           TEXT_JOIN(&pack->arena, T("needs/"), n->id, T("/"),
                                                     text_of(p ? p->field : "")),
                                           st, p);
    }
    if (!text_eq(n->pack->id, n->id)) return wrong(pack, n, "needs_missing", n->id, p);
    return fits(pack, n, p);
}

enum status needs_load(struct pack *pack, struct problem *p) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < pack->need_count && !st; i++) st = load_one(pack, &pack->needs[i], p);
    return st;
}

// ---- what they share
// ---------------------------------------------------------------------------------------

// A pack's own word goes before that of one it needs.
enum status needs_join_texts(struct pack *pack, struct problem *p) {
    for (size_t i = 0; i < pack->need_count; i++) {
        const struct pack_need *n = &pack->needs[i];
        struct text missing;
        if (!n->pack || !n->pack->catalog || !pack->catalog) continue;
        const struct catalog *joined = catalog_join(&pack->arena, pack->catalog, n->pack->catalog, &missing);
        if (!joined) return wrong(pack, n, "needs_language", missing, p);
        pack->catalog = joined;
    }
    return STATUS_OK;
}

static bool has_reference(const struct pack *pack, struct text id) {
    for (size_t i = 0; i < pack->legal.count; i++)
        if (text_eq(pack->legal.items[i].id, id)) return true;
    return false;
}

// The needed pack was read for this one alone, so its letters may say this authority's phone and court.
static enum status join_letters(struct pack *pack, struct pack *other) {
    for (size_t i = 0; i < other->letter_values.count; i++) {
        struct answer v = other->letter_values.items[i];
        if (answers_get(&pack->letter_values, v.path).n) continue;
        enum status st = answers_set(&pack->letter_values, v.path, v.value);
        if (st) return st;
    }
    for (size_t i = 0; i < other->letters.count; i++) {
        struct letter_template *l = other->letters.items[i];
        if (pack_letter(pack, l->id)) continue;
        l->defaults = &pack->letter_values;
        *ARENA_PUSH(&pack->arena, &pack->letters) = l;
    }
    return STATUS_OK;
}

// Where a file of the other pack is among all that were given: pack_file_content finds it by that name.
static struct text given_name(struct pack *pack, const struct pack *other, struct text file) {
    bool is_deeper = text_starts(file, T("needs/"));
    return is_deeper ? file : TEXT_JOIN(&pack->arena, T("needs/"), other->id, T("/"), file);
}

static void join_models(struct pack *pack, const struct pack *other) {
    for (size_t i = 0; i < other->processes.count; i++) {
        struct pack_process k = other->processes.items[i];
        if (pack_process_with(pack, flow_process_id(k.model))) continue;
        k.file = given_name(pack, other, k.file);
        *ARENA_PUSH(&pack->arena, &pack->processes) = k;
    }
    size_t own = pack->decisions.count;
    for (size_t i = 0; i < other->decisions.count; i++) {
        struct pack_decision d = other->decisions.items[i];
        bool is_own = false;
        for (size_t k = 0; k < own; k++) is_own |= text_eq(pack->decisions.items[k].file, d.file);
        if (is_own) continue;
        d.file = given_name(pack, other, d.file);
        *ARENA_PUSH(&pack->arena, &pack->decisions) = d;
    }
}

// A deadline of its own takes the place of all versions of the other's.
static void join_deadlines(struct pack *pack, const struct pack *other) {
    size_t own = pack->deadlines.count;
    for (size_t i = 0; i < other->deadlines.count; i++) {
        bool is_own = false;
        for (size_t k = 0; k < own; k++)
            is_own |= text_eq(pack->deadlines.items[k].id, other->deadlines.items[i].id);
        if (!is_own) *ARENA_PUSH(&pack->arena, &pack->deadlines) = other->deadlines.items[i];
    }
}

static void join_words(struct pack *pack, struct access_words *own, const struct access_words *other) {
    for (size_t i = 0; i < other->count; i++)
        if (!access_word_find(own, other->items[i].id)) *ARENA_PUSH(&pack->arena, own) = other->items[i];
}

// Rows only allow: those of both hold.
static void join_access(struct pack *pack, const struct access_rules *other) {
    join_words(pack, &pack->access.roles, &other->roles);
    join_words(pack, &pack->access.purposes, &other->purposes);
    join_words(pack, &pack->access.relations, &other->relations);
    join_words(pack, &pack->access.classes, &other->classes);
    join_words(pack, &pack->access.actions, &other->actions);
    for (size_t i = 0; i < other->rows.count; i++)
        *ARENA_PUSH(&pack->arena, &pack->access.rows) = other->rows.items[i];
}

static void join_lists(struct pack *pack, const struct pack *other) {
    if (!pack->stay) pack->stay = other->stay;
    if (!pack->identity) pack->identity = other->identity;
    for (size_t i = 0; i < other->lookups.count; i++)
        if (!pack_lookup(pack, other->lookups.items[i].id))
            *ARENA_PUSH(&pack->arena, &pack->lookups) = other->lookups.items[i];
    if (!pack->exchange) pack->exchange = other->exchange;
    if (!pack->invitations) pack->invitations = other->invitations;
    for (size_t i = 0; i < other->codes.count; i++)
        if (!pack_codes(pack, other->codes.items[i].id))
            *ARENA_PUSH(&pack->arena, &pack->codes) = other->codes.items[i];
    for (size_t i = 0; i < other->calendars.count; i++)
        if (!pack_calendar(pack, calendar_id(other->calendars.items[i])))
            *ARENA_PUSH(&pack->arena, &pack->calendars) = other->calendars.items[i];
    for (size_t i = 0; i < other->legal.count; i++)
        if (!has_reference(pack, other->legal.items[i].id))
            *ARENA_PUSH(&pack->arena, &pack->legal) = other->legal.items[i];
    for (size_t i = 0; i < other->forms.count; i++)
        if (!pack_form(pack, other->forms.items[i]->id))
            *ARENA_PUSH(&pack->arena, &pack->forms) = other->forms.items[i];
    for (size_t i = 0; i < other->registers.count; i++)
        if (!pack_register(pack, other->registers.items[i]->id))
            *ARENA_PUSH(&pack->arena, &pack->registers) = other->registers.items[i];
}

enum status needs_join(struct pack *pack) {
    for (size_t k = 0; k < pack->need_count; k++) {
        struct pack *other = pack->needs[k].pack;
        if (!other) continue;
        join_lists(pack, other);
        join_models(pack, other);
        join_deadlines(pack, other);
        join_access(pack, &other->access);
        enum status st = join_letters(pack, other);
        if (st) return st;
    }
    return STATUS_OK;
}

const struct letter_template *pack_part(const struct pack *pack, struct text id) {
    for (size_t i = 0; i < pack->parts.count; i++)
        if (text_eq(pack->parts.items[i]->id, id)) return pack->parts.items[i];
    for (size_t i = 0; i < pack->need_count; i++) {
        const struct letter_template *l = pack->needs[i].pack ? pack_part(pack->needs[i].pack, id) : NULL;
        if (l) return l;
    }
    return NULL;
}
