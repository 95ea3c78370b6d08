#include "exchange/case_events.h"

#include <stdlib.h>
#include <string.h>

static const int64_t DAY_MS = 24 * 3600 * INT64_C(1000);

// ---- reading

static void ground_of(const struct privacy_mapping *m, uint32_t epoch, const struct key *key,
                      struct channel_ground *out) {
    *out = (struct channel_ground){.channel = m->channel, .epoch = epoch, .key = *key};
    for (size_t i = 0; i < m->member_count; i++) out->members[out->member_count++] = m->members[i];
}

struct reading {
    struct store *store;
    struct db *db;
    const struct case_events_ask *ask;
};

static enum status read_epoch(const struct reading *r, const struct channel_ground *g, uint64_t channel,
                              struct arena *a, struct case_events *out) {
    const struct case_events_ask *ask = r->ask;
    struct channel_items items;
    enum status st = channel_read(r->db, ask->law, g, a, &items);
    for (size_t i = 0; i < items.count && !st; i++) {
        struct case_event *e = ARENA_PUSH(a, out);
        *e = (struct case_event){.item = items.items[i], .channels = channel};
        e->is_ours = e->item.sender == privacy_authority(ask->privacy);
        if (e->item.place == ask->open_place)
            st = channel_open_at(r->db, r->store, privacy_authority(ask->privacy), g, ask->open_place, a,
                                 &out->opened);
    }
    return st;
}

// Events of an epoch whose key we never had are not ours to read.
static enum status read_channel(const struct reading *r, const struct privacy_mapping *m, uint64_t channel,
                                struct arena *a, struct case_events *out) {
    const struct case_events_ask *ask = r->ask;
    enum status st = STATUS_OK;
    struct channel_ground g;
    for (uint32_t epoch = 1; epoch < m->epoch && !st; epoch++) {
        struct key key;
        st = privacy_key_of(ask->privacy, &ask->by, &m->channel, epoch, &key, NULL);
        if (!st) {
            ground_of(m, epoch, &key, &g);
            st = read_epoch(r, &g, channel, a, out);
        }
        key_wipe(&key);
        if (st == STATUS_NOT_FOUND) st = STATUS_OK;
    }
    ground_of(m, m->epoch, &m->key, &g);
    if (!st) st = read_epoch(r, &g, channel, a, out);
    key_wipe(&g.key);
    return st;
}

static int newest_first(const void *x, const void *y) {
    const struct channel_item *a = x, *b = y;
    if (a->at.ms != b->at.ms) return (a->at.ms < b->at.ms) - (a->at.ms > b->at.ms);
    return (a->place < b->place) - (a->place > b->place);
}

// ---- deadlines

// What we told on another channel too. The same told twice on one channel are two events, however coarse
// their time is.
static bool is_copy(const struct case_event *a, const struct case_event *b) {
    const struct channel_item *x = &a->item, *y = &b->item;
    return !(a->channels & b->channels) && a->is_ours && b->is_ours && x->type_number == y->type_number &&
           x->code == y->code && x->at.ms == y->at.ms && x->due.ms == y->due.ms && x->mark == y->mark;
}

static void fill_due(struct case_events *list, struct case_event *e, struct date today) {
    if (!e->item.due.ms || !e->item.type) return;
    e->due_day = date_from_days(e->item.due.ms / DAY_MS);
    e->due = CASE_EVENT_DAY;
    if (!e->item.type->met_by_count || e->item.mark == CHANNEL_REJECT) return;
    e->due = date_cmp(today, e->due_day) > 0 ? CASE_EVENT_LATE : CASE_EVENT_AWAITED;
    for (size_t i = 0; i < list->count; i++) { // the newest first, so that the first that met it stays
        const struct channel_item *later = &list->items[i].item;
        if (!channel_meets(&e->item, later) || is_copy(e, &list->items[i])) continue;
        e->due = CASE_EVENT_MET;
        e->met_by = later->type;
        e->met_at = later->at;
    }
}

// ---- what was told on several channels

static void take_copy(struct case_event *into, const struct case_event *copy) {
    for (size_t i = 0; i < copy->item.to_count && into->item.to_count < CHANNEL_MEMBERS_MAX; i++)
        into->item.to[into->item.to_count++] = copy->item.to[i];
    into->channels |= copy->channels;
    if (copy->due != CASE_EVENT_MET) return;
    into->due = copy->due;
    into->met_by = copy->met_by;
    into->met_at = copy->met_at;
}

static void fold_copies(struct case_events *list) {
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        size_t k = 0;
        while (k < kept && !is_copy(&list->items[k], &list->items[i])) k++;
        if (k < kept)
            take_copy(&list->items[k], &list->items[i]);
        else
            list->items[kept++] = list->items[i];
    }
    list->count = kept;
}

// ---- who may see it

static bool is_hidden(struct text hidden, const struct exchange_type *t) {
    struct text rest = hidden, part, wanted = t ? t->attribute_class : T("internal");
    while (hidden.n && text_cut(&rest, ',', &part))
        if (text_eq(text_trim(part), wanted)) return true;
    return false;
}

static void leave_out(struct case_events *list, struct text hidden) {
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct case_event *e = &list->items[i];
        if (is_hidden(hidden, e->item.type)) continue;
        if (e->met_by && is_hidden(hidden, e->met_by)) e->met_by = NULL;
        list->items[kept++] = *e;
    }
    list->count = kept;
}

static enum status read_all(const struct reading *r, const struct privacy_mappings *channels, struct arena *a,
                            struct case_events *out) {
    struct proof_witnesses witnesses;
    enum status st = members_load(r->db, a, &out->members);
    for (size_t i = 0; i < channels->count && !st; i++)
        st = read_channel(r, &channels->items[i], UINT64_C(1) << i, a, out);
    if (st) return st;
    if (out->count) qsort(out->items, out->count, sizeof *out->items, newest_first);
    for (size_t i = 0; i < out->count; i++) fill_due(out, &out->items[i], r->ask->today);
    fold_copies(out);
    leave_out(out, r->ask->hidden);
    st = proof_witnesses_read(r->db, a, &witnesses);
    for (size_t i = 0; i < out->count && !st; i++)
        st = proof_state_among(&witnesses, r->db, out->items[i].item.place, &out->items[i].proof);
    return st;
}

enum status case_events_read(struct journal *j, const struct case_events_ask *ask, struct arena *a,
                             struct case_events *out, struct problem *p) {
    struct privacy_mappings channels = {0};
    struct reading r = {.store = journal_store(j), .ask = ask};
    *out = (struct case_events){0};
    enum status st = privacy_channels_of(ask->privacy, &ask->by, ask->own, a, &channels, p);
    if (st || !channels.count) return st == STATUS_NOT_FOUND ? STATUS_OK : st;
    st = store_reader(r.store, &r.db);
    if (!st) {
        st = read_all(&r, &channels, a, out);
        store_reader_release(r.store, r.db);
    }
    for (size_t i = 0; i < channels.count; i++) privacy_mapping_wipe(&channels.items[i]);
    if (st || !case_event_at(out, ask->open_place)) key_wipe(&out->opened.key);
    return st;
}

const struct case_event *case_event_at(const struct case_events *list, int64_t place) {
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].item.place == place) return &list->items[i];
    return NULL;
}
