// room.c - opening the room, and small things that its files share.
#include "border/fields.h"
#include "border/inside.h"
#include "border/lists.h"

#include <stdlib.h>

enum status border_open(struct journal *j, struct registers *r, const struct border_options *o,
                        struct border **out, struct problem *p) {
    const struct zone *zone;
    if (zone_find(o->zone, &zone)) return problem(p, "zone", "zone_unknown", "problem.zone");
    struct border *b = calloc(1, sizeof *b);
    if (!b) return STATUS_BUSY;
    *b = (struct border){.journal = j, .registers = r, .zone = zone};
    enum status st = watch_open(&b->watch);
    if (st)
        free(b);
    else
        *out = b;
    return st;
}

void border_close(struct border *b) {
    if (!b) return;
    watch_close(&b->watch);
    free(b);
}

const struct stay_law *border_law(struct border *b) {
    const struct pack *pack = registers_pack(b->registers, BORDER_CROSSING);
    return pack ? pack_stay(pack) : NULL;
}

struct date border_day_now(struct border *b, struct moment now) {
    return zone_date(b->zone, now);
}

struct text entry_said(const struct entry_row *row, const char *path) {
    return answers_get(&row->answers, text_of(path));
}

struct date day_said(const struct entry_row *row, const char *path) {
    struct date d;
    if (date_parse(text_head(entry_said(row, path), 10), &d)) return (struct date){0};
    return d;
}

bool crossing_of(const struct stay_law *law, const struct entry_row *row, struct stay_crossing *out) {
    struct text event = entry_said(row, "crossing_event");
    bool is_entry = text_eq(event, T("entry"));
    struct text class = entry_said(row, "traveller_class");
    *out = (struct stay_crossing){.kind = is_entry ? CROSSING_ENTRY : CROSSING_EXIT,
                                  .day = day_said(row, "at"),
                                  .title = law ? stay_title_of_class(law, class) : (struct text){0},
                                  .id = row->entry};
    return out->day.year && (is_entry || text_eq(event, T("exit")));
}
