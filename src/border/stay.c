// stay.c - the days of short stays, over a row of days with a mark for each day of presence.
#include "border/stay.h"

#include <stdlib.h>
#include <string.h>

// ---- crossings to stays

static int by_day(const void *a, const void *b) {
    const struct stay_crossing *x = a, *y = b;
    int order = date_cmp(x->day, y->day);
    if (order) return order;
    return x->kind != y->kind ? (x->kind == CROSSING_ENTRY ? -1 : 1) : (x->id > y->id) - (x->id < y->id);
}

static bool counts(const struct stay_law *law, const struct stay_crossing *c) {
    bool in_state = !c->state.n || stay_counts_in(law, c->state, c->day);
    return in_state && stay_title_counts(law, c->title);
}

static struct stay *begin(const struct stay_law *law, const struct stay_crossing *c, struct arena *a,
                          struct stays *out) {
    struct stay *s = ARENA_PUSH(a, out);
    s->entry = c->day, s->state = c->state, s->entry_id = c->id;
    s->counts = counts(law, c);
    s->is_open = true;
    return s;
}

// Of one day the exit belongs to the stay before it when there is one: leaving in the morning, coming in the
// evening. Sorted by day, entries first, so such an exit stands behind the new entry.
static bool leaves_and_returns(const struct stay_crossing *list, size_t count, size_t i) {
    return i + 1 < count && list[i].kind == CROSSING_ENTRY && list[i + 1].kind == CROSSING_EXIT &&
           date_eq(list[i].day, list[i + 1].day);
}

static void end(const struct stay_law *law, const struct stay_crossing *c, struct stay *open, struct arena *a,
                struct stays *out) {
    if (open) {
        open->exit = c->day, open->exit_id = c->id, open->is_open = false;
        open->counts = open->counts && stay_title_counts(law, c->title);
        return;
    }
    struct stay *s = begin(law, c, a, out);
    *s = (struct stay){.entry = c->day,
                       .exit = c->day,
                       .state = c->state,
                       .counts = s->counts,
                       .misses_entry = true,
                       .exit_id = c->id};
}

void stays_of(const struct stay_law *law, const struct stay_crossing *crossings, size_t count,
              struct arena *a, struct stays *out) {
    *out = (struct stays){0};
    if (count > STAY_CROSSINGS_MAX) count = STAY_CROSSINGS_MAX;
    struct stay_crossing *list = arena_copy(a, crossings, count * sizeof *list);
    if (count) qsort(list, count, sizeof *list, by_day);
    struct stay *open = NULL;
    for (size_t i = 0; i < count; i++) {
        if (open && leaves_and_returns(list, count, i)) { // the exit first
            struct stay_crossing entry = list[i];
            list[i] = list[i + 1], list[i + 1] = entry;
        }
        if (list[i].kind == CROSSING_EXIT) {
            end(law, &list[i], open, a, out);
            open = NULL;
            continue;
        }
        if (open) open->misses_exit = true, open->is_open = false;
        open = begin(law, &list[i], a, out);
    }
}

// ---- days

enum { DAYS_MAX = STAY_YEARS_MAX * 366 + 2 * STAY_WINDOW_MAX };
struct row {
    int64_t first; // day of there[0]
    int64_t day;   // the day that was asked for
    bool there[DAYS_MAX];
};

static void mark(struct row *r, int64_t from, int64_t until) {
    if (from < r->first) from = r->first;
    for (int64_t d = from; d <= until && d - r->first < DAYS_MAX; d++) r->there[d - r->first] = true;
}

static bool is_there(const struct row *r, int64_t day) {
    return day >= r->first && day - r->first < DAYS_MAX && r->there[day - r->first];
}

static int64_t end_of(const struct stay_law *law, const struct stays *all, size_t i, int64_t today) {
    const struct stay *s = &all->items[i];
    if (s->exit.year) return date_to_days(s->exit);
    if (s->is_open) return today;
    if (law->missing_exit == MISSING_EXIT_ENTRY_DAY_ONLY || i + 1 >= all->count)
        return date_to_days(s->entry);
    return date_to_days(all->items[i + 1].entry);
}

static void mark_stays(const struct stay_law *law, const struct stays *all, struct row *r) {
    for (size_t i = 0; i < all->count; i++) {
        const struct stay *s = &all->items[i];
        int64_t from = date_to_days(s->entry), until = end_of(law, all, i, r->day);
        if (until > r->day) until = r->day;
        if (s->counts) mark(r, from, until);
    }
}

static int64_t used_on(const struct row *r, int64_t day, int64_t window) {
    int64_t n = 0;
    for (int64_t d = day - window + 1; d <= day; d++) n += is_there(r, d);
    return n;
}

// How long somebody may stay from a day on without a break. More than `window` days in a row cannot be, for
// then the window holds nothing else.
static int64_t days_from(const struct row *r, const struct stay_law *law, int64_t from) {
    int64_t before = used_on(r, from - 1, law->window), n = 0;
    for (int64_t d = from; n < law->window; d++) {
        int64_t used = before + 1 - is_there(r, d - law->window);
        if (used > law->days) break;
        before = used, n++;
    }
    return n;
}

// ---- what is asked

static void present_stay(const struct stays *all, int64_t day, struct stay_answer *out, int64_t *since) {
    for (size_t i = 0; i < all->count; i++) {
        const struct stay *s = &all->items[i];
        if (s->misses_exit || s->misses_entry) out->is_uncertain = true;
        int64_t from = date_to_days(s->entry);
        bool covers = from <= day && (s->exit.year ? date_to_days(s->exit) >= day : s->is_open);
        if (!covers || !s->counts) continue;
        out->is_inside = true;
        *since = from;
    }
}

static void count_overstays(const struct row *r, const struct stay_law *law, int64_t since,
                            struct stay_answer *out) {
    int64_t used = 0;
    for (int64_t d = r->first; d <= r->day; d++) {
        used += is_there(r, d) - is_there(r, d - law->window);
        if (!is_there(r, d) || used <= law->days) continue;
        if (!out->is_inside || d < since) {
            out->past_over_days++;
            continue;
        }
        if (!out->over_since.year) out->over_since = date_from_days(d);
        out->over_days++;
    }
    out->is_overstay = out->is_inside && used > law->days;
}

// Days of the present stay in the state of the agreement are counted behind the common ones.
static void add_exception(const struct stay_law *law, struct text nationality, struct text state,
                          struct stay_answer *out) {
    struct date end = out->last_day.year ? out->last_day : out->over_since;
    if (!nationality.n || !state.n || !end.year) return;
    for (size_t i = 0; i < law->exception_count; i++) {
        const struct stay_exception *e = &law->exceptions[i];
        if (!text_eq(e->state, state)) continue;
        for (size_t k = 0; k < e->nationality_count; k++) {
            if (!text_eq(e->nationalities[k], nationality)) continue;
            out->exception = e;
            out->exception_until = date_add_days(end, out->last_day.year ? e->days : e->days - 1);
            return;
        }
    }
}

void stay_count(const struct stay_law *law, const struct stays *stays, struct text nationality,
                struct text state, struct date day, struct stay_answer *out) {
    *out = (struct stay_answer){0};
    struct row *r = calloc(1, sizeof *r);
    if (!r) abort(); // 8 kB: nothing would work any more
    r->day = date_to_days(day);
    r->first = r->day - STAY_YEARS_MAX * 366;
    int64_t since = r->day;
    present_stay(stays, r->day, out, &since);
    mark_stays(law, stays, r);
    out->used = used_on(r, r->day, law->window);
    out->left = out->used < law->days ? law->days - out->used : 0;
    count_overstays(r, law, since, out);
    if (out->is_overstay)
        out->days_from_now = 0;
    else
        out->days_from_now = days_from(r, law, r->day);
    if (out->days_from_now) out->last_day = date_from_days(r->day + out->days_from_now - 1);
    for (int64_t d = r->day + 1; !out->days_from_now && !out->next_entry.year && d <= r->day + law->window;
         d++)
        if (days_from(r, law, d)) out->next_entry = date_from_days(d);
    add_exception(law, nationality, state, out);
    free(r);
}
