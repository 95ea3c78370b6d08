// Comparing two packs: the things of both, matched by section and id.
#include "pack/pack_diff.h"

#include <stdlib.h>

#include "pack/pack_things.h"

const char *pack_change_name(enum pack_change c) {
    static const char *const NAMES[] = {"added", "removed", "changed"};
    return NAMES[c];
}

static int by_id(const void *a, const void *b) {
    const struct thing *x = *(struct thing *const *)a, *y = *(struct thing *const *)b;
    return x->section != y->section ? (x->section < y->section ? -1 : 1) : text_cmp(x->id, y->id);
}

// A copy in order of section and id, to search in.
static struct thing **sorted(struct arena *a, const struct things *t) {
    struct thing **items = arena_copy(a, t->items, t->count * sizeof *t->items);
    if (t->count) qsort(items, t->count, sizeof *items, by_id);
    return items;
}

static struct thing *find(struct thing **items, size_t count, struct thing *wanted) {
    struct thing **at = count ? bsearch(&wanted, items, count, sizeof *items, by_id) : NULL;
    return at ? *at : NULL;
}

static struct text value_of(const struct thing *one, struct text property) {
    for (size_t i = 0; i < one->property_count; i++)
        if (text_eq(one->properties[i].name, property)) return one->properties[i].value;
    return T("");
}

static struct text in_short(struct arena *a, const struct thing *one) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < one->property_count; i++)
        out_printf(&o, "%s" TEXT_FMT ": " TEXT_FMT, i ? ", " : "", TEXT_ARG(one->properties[i].name),
                   TEXT_ARG(one->properties[i].value));
    return out_done(&o);
}

static void whole(struct arena *a, enum pack_change change, const struct thing *one,
                  struct pack_differences *out) {
    struct text all = in_short(a, one);
    *ARENA_PUSH(a, out) = (struct pack_difference){
        .section = one->section,
        .change = change,
        .id = one->id,
        .name = one->name,
        .before = change == PACK_REMOVED ? all : T(""),
        .now = change == PACK_ADDED ? all : T(""),
        .note = one->note,
    };
}

static void property(struct arena *a, const struct thing *before, const struct thing *now, struct text name,
                     struct pack_differences *out) {
    struct text old = value_of(before, name), new = value_of(now, name);
    if (text_eq(old, new)) return;
    *ARENA_PUSH(a, out) =
        (struct pack_difference){now->section, PACK_CHANGED, now->id, now->name, name, old, new, now->note};
}

static void properties(struct arena *a, const struct thing *before, const struct thing *now,
                       struct pack_differences *out) {
    for (size_t i = 0; i < now->property_count; i++) property(a, before, now, now->properties[i].name, out);
    for (size_t i = 0; i < before->property_count; i++)
        if (!value_of(now, before->properties[i].name).n)
            property(a, before, now, before->properties[i].name, out);
}

// What the packs say, in a stable order: sections, and in them the newer pack's order, then what is gone.
static void sort(struct arena *a, struct pack_differences *d) {
    struct pack_differences by_section = {0};
    for (unsigned s = 0; s < PACK_SECTION_COUNT; s++)
        for (size_t i = 0; i < d->count; i++)
            if (d->items[i].section == s) *ARENA_PUSH(a, &by_section) = d->items[i];
    *d = by_section;
}

// The differences outlive the packs.
static void copy_texts(struct arena *a, struct pack_differences *d) {
    for (size_t i = 0; i < d->count; i++) {
        struct text *texts[] = {&d->items[i].id,     &d->items[i].name, &d->items[i].property,
                                &d->items[i].before, &d->items[i].now,  &d->items[i].note};
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) *texts[k] = text_copy(a, *texts[k]);
    }
}

void pack_compare(struct arena *a, const struct pack *old, const struct pack *new,
                  struct pack_differences *out) {
    struct arena scratch = {0};
    struct things before = {.arena = &scratch, .pack = old, .day = new->valid_from};
    struct things now = {.arena = &scratch, .pack = new, .day = new->valid_from};
    *out = (struct pack_differences){0};
    things_of(&before);
    things_of(&now);
    struct thing **there = sorted(&scratch, &before), **here = sorted(&scratch, &now);
    for (size_t i = 0; i < now.count; i++) {
        const struct thing *old_one = find(there, before.count, now.items[i]);
        if (old_one)
            properties(a, old_one, now.items[i], out);
        else
            whole(a, PACK_ADDED, now.items[i], out);
    }
    for (size_t i = 0; i < before.count; i++)
        if (!find(here, now.count, before.items[i])) whole(a, PACK_REMOVED, before.items[i], out);
    sort(a, out);
    copy_texts(a, out);
    arena_free(&scratch);
}
