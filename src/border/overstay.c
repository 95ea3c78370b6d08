// overstay.c - everybody with an open stay that is too long, from the crossings of the last years.
#include "border/fields.h"
#include "border/inside.h"

#include <stdlib.h>

struct crossed { // a crossing with whose it is
    struct stay_crossing crossing;
    const struct entry_row *row;
    struct text number;
};

static int by_document(const void *a, const void *b) {
    const struct crossed *x = a, *y = b;
    int order = text_cmp(x->number, y->number);
    return order ? order : date_cmp(x->crossing.day, y->crossing.day);
}

static int longest_first(const void *a, const void *b) {
    const struct overstay *x = a, *y = b;
    return (y->stay.over_days > x->stay.over_days) - (y->stay.over_days < x->stay.over_days);
}

// All rows, a page after the other.
static enum status read_all(struct border *b, const struct actor *actor, struct arena *a,
                            struct crossed *list, size_t *count, bool *is_cut, struct problem *p) {
    struct look look = {.purpose = BORDER_PURPOSE};
    struct entry_filter f = {.register_id = BORDER_CROSSING, .limit = REGISTER_PAGE_MAX};
    for (*count = 0, *is_cut = false;;) {
        struct entry_list rows;
        enum status st = registers_find(b->registers, actor, &look, &f, a, &rows, p);
        if (st) return st;
        for (size_t i = 0; i < rows.count; i++) {
            struct crossed c = {.row = &rows.items[i], .number = entry_said(&rows.items[i], "doc_number")};
            if (!c.number.n || !crossing_of(border_law(b), c.row, &c.crossing)) continue;
            if (*count == OVERSTAY_CROSSINGS_MAX) {
                *is_cut = true;
                return STATUS_OK;
            }
            list[(*count)++] = c;
        }
        if (!rows.next.n) return STATUS_OK;
        f.after = rows.next;
    }
}

static void look_at(const struct stay_law *law, const struct crossed *list, size_t count, struct date today,
                    struct arena *a, struct overstays *out) {
    struct stay_crossing *crossings = ARENA_ARRAY(a, struct stay_crossing, count);
    for (size_t i = 0; i < count; i++) crossings[i] = list[i].crossing;
    const struct entry_row *last = list[count - 1].row;
    struct text nationality = entry_said(last, "nationality");
    struct stays stays;
    struct stay_answer stay;
    stays_of(law, crossings, count, a, &stays);
    stay_count(law, &stays, nationality, (struct text){0}, today, &stay);
    if (!stay.is_overstay || stay_is_free(law, nationality)) return;
    struct overstay *o = ARENA_PUSH(a, out);
    o->who = (struct traveller){.family = entry_said(last, "family_name"),
                                .given = entry_said(last, "given_names"),
                                .nationality = nationality,
                                .number = list[count - 1].number};
    o->stay = stay, o->reference = last->reference, o->entered = list[count - 1].crossing.day;
}

enum status border_overstays(struct border *b, const struct actor *actor, struct date today, struct arena *a,
                             struct overstays *out, struct problem *p) {
    *out = (struct overstays){0};
    const struct stay_law *law = border_law(b);
    if (!law) return STATUS_UNSUPPORTED;
    struct crossed *list = ARENA_ARRAY(a, struct crossed, OVERSTAY_CROSSINGS_MAX);
    size_t count;
    enum status st = read_all(b, actor, a, list, &count, &out->is_cut, p);
    if (st) return st;
    if (count) qsort(list, count, sizeof *list, by_document);
    for (size_t from = 0, i = 1; i <= count; i++) {
        if (i < count && text_eq(list[i].number, list[from].number)) continue;
        look_at(law, list + from, i - from, today, a, out);
        from = i;
    }
    if (out->count) qsort(out->items, out->count, sizeof *out->items, longest_first);
    return STATUS_OK;
}
