// tally.c - what whoever watches over the exchange may count: marks of rules by month, and deadlines that
// wait by type and day. Nothing in these rows says which message or case it was.
#include <string.h>

#include "exchange/channels_inside.h"

static const int64_t DAY_MS = 24 * 3600 * INT64_C(1000);

// By primary key, all of them.
static const struct sql ADD_MARK =
    SQL("tally_add_mark",
        "insert into exchange_mark_count (month, rule, mark, count, changed_at)"
        " values (:month, :rule, :mark, 1, :now) on conflict (month, rule, mark)"
        " do update set count = exchange_mark_count.count + 1, changed_at = excluded.changed_at");
static const struct sql ADD_DUE = SQL(
    "tally_add_due", "insert into exchange_due_count (type, day, count, changed_at)"
                     " values (:type, :day, 1, :now) on conflict (type, day)"
                     " do update set count = exchange_due_count.count + 1, changed_at = excluded.changed_at");
static const struct sql TAKE_DUE =
    SQL("tally_take_due", "update exchange_due_count set count = count - 1, changed_at = :now"
                          " where type = :type and day = :day and count > 0");

// Times are rounded down, some to a day: `later` may have been after `e` when its span ends after it.
bool channel_meets(const struct channel_item *e, const struct channel_item *later) {
    if (!e->type || !later->type || later->mark == CHANNEL_REJECT ||
        !exchange_is_met_by(e->type, later->type))
        return false;
    if (later->has_ref && later->type->ref == EXCHANGE_MUST &&
        memcmp(later->ref.b, e->id.b, EVENT_ID_BYTES) != 0)
        return false;
    return later != e && later->at.ms + later->type->at_ms > e->at.ms;
}

static bool awaits(const struct channel_item *e) {
    return e->type && e->type->met_by_count && e->due.ms && e->mark != CHANNEL_REJECT;
}

static bool is_met(const struct channel_items *history, const struct channel_item *e) {
    for (size_t i = 0; i < history->count; i++)
        if (channel_meets(e, &history->items[i])) return true;
    return false;
}

void channel_tally_of(const struct channel_items *history, const struct channel_item *item,
                      struct channel_tally *out) {
    *out = (struct channel_tally){.mark = item->mark, .rule = item->rule};
    if (awaits(item) && !is_met(history, item))
        out->awaited = (struct channel_tally_due){.type = item->type_number, .day = item->due.ms / DAY_MS};
    for (size_t i = 0; i < history->count && out->met_count < TALLY_MET_MAX; i++) {
        const struct channel_item *e = &history->items[i];
        if (awaits(e) && channel_meets(e, item))
            out->met[out->met_count++] =
                (struct channel_tally_due){e->type_number, e->due.ms / DAY_MS, is_met(history, e)};
    }
}

void channel_tally_merge(struct channel_tally *into, const struct channel_tally *other) {
    size_t own = into->met_count;
    for (size_t i = 0; i < other->met_count; i++) {
        const struct channel_tally_due *d = &other->met[i];
        bool is_known = false;
        for (size_t k = 0; k < own; k++) {
            if (into->met[k].type != d->type || into->met[k].day != d->day) continue;
            into->met[k].was_met |= d->was_met;
            is_known = true;
        }
        if (!is_known && into->met_count < TALLY_MET_MAX) into->met[into->met_count++] = *d;
    }
    if (other->mark <= into->mark) return;
    into->mark = other->mark;
    into->rule = other->rule;
}

static int64_t month_of(struct moment m) {
    struct date d = date_from_days(m.ms / DAY_MS);
    return d.year * 12 + d.month - 1;
}

enum status channel_tally_write(struct db *tx, const struct channel_tally *t, struct moment now) {
    enum status st = STATUS_OK;
    if (t->mark)
        st = DB_RUN(tx, &ADD_MARK, V_INT(month_of(now)), V_TEXT(t->rule), V_INT(t->mark), V_INT(now.ms));
    if (!st && t->awaited.type)
        st = DB_RUN(tx, &ADD_DUE, V_INT(t->awaited.type), V_INT(t->awaited.day), V_INT(now.ms));
    for (size_t i = 0; i < t->met_count && !st; i++)
        if (!t->met[i].was_met)
            st = DB_RUN(tx, &TAKE_DUE, V_INT(now.ms), V_INT(t->met[i].type), V_INT(t->met[i].day));
    return st;
}
