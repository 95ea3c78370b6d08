// read.c - mappings are read: first it is written down who reads, then the answer is given.
#include <string.h>

#include "privacy/inside.h"

struct reading {
    struct privacy *s;
    const struct privacy_reader *by;
    int64_t own;
    const struct channel_id *channels;
    size_t count;
    uint32_t epoch;
    struct arena *arena;
    struct privacy_mapping *out;
    struct privacy_mappings *all;
};

// The newest case key goes along: who may know the channel may open what is sealed to it.
static enum status show(struct reading *r, struct db *tx, struct mapping_row *m, enum evidence_act act,
                        struct privacy_mapping *out) {
    enum status st = case_key_of(r->s, tx, m, r->epoch);
    if (!st) st = evidence_add(r->s, tx, r->by, act, m, NULL);
    if (!st) *out = m->shown;
    return st;
}

static enum status read_all(struct reading *r, struct db *tx, struct mapping_rows *rows) {
    struct case_row of;
    enum status st = case_find(r->s, tx, r->own, &of);
    if (!st) st = mappings_of_case(r->s, tx, &of, r->arena, rows);
    case_row_wipe(&of);
    return st;
}

static void wipe_all(struct mapping_rows *rows) {
    for (size_t i = 0; i < rows->count; i++) mapping_row_wipe(&rows->items[i]);
}

static enum status run_channel_of(struct db *tx, void *arg) {
    struct reading *r = arg;
    struct mapping_rows rows = {0};
    enum status st = read_all(r, tx, &rows);
    size_t i = 0;
    while (!st && i < rows.count && rows.items[i].shown.state != PRIVACY_OPEN) i++;
    if (!st && i == rows.count) st = STATUS_NOT_FOUND;
    if (!st && rows.items[i].shown.is_restricted && !purpose_goes_on(r->by->purpose)) st = STATUS_REFUSED;
    if (!st) st = show(r, tx, &rows.items[i], EVIDENCE_READ_CHANNEL, r->out);
    wipe_all(&rows);
    return st;
}

enum status privacy_channel_of(struct privacy *s, const struct privacy_reader *by, int64_t own,
                               struct arena *a, struct privacy_mapping *out, struct problem *p) {
    struct reading r = {.s = s, .by = by, .own = own, .arena = a, .out = out};
    enum status st = reader_check(s, by, PRIVACY_MAY_MAP, p);
    if (st) return st;
    st = store_write_repeatable(s->store, run_channel_of, &r);
    if (st == STATUS_REFUSED) (void)problem(p, "own", "restricted", "problem.privacy.restricted");
    return st;
}

static enum status run_channels_of(struct db *tx, void *arg) {
    struct reading *r = arg;
    struct mapping_rows rows = {0};
    enum status st = read_all(r, tx, &rows);
    *r->all = (struct privacy_mappings){ARENA_ARRAY(r->arena, struct privacy_mapping, rows.count + 1), 0};
    for (size_t i = 0; i < rows.count && !st; i++)
        st = show(r, tx, &rows.items[i], EVIDENCE_LISTED, &r->all->items[r->all->count++]);
    wipe_all(&rows);
    return st;
}

enum status privacy_channels_of(struct privacy *s, const struct privacy_reader *by, int64_t own,
                                struct arena *a, struct privacy_mappings *out, struct problem *p) {
    struct reading r = {.s = s, .by = by, .own = own, .arena = a, .all = out};
    enum status st = reader_check(s, by, PRIVACY_MAY_MAP, p);
    return st ? st : store_write_repeatable(s->store, run_channels_of, &r);
}

static enum status read_one(struct reading *r, struct db *tx, const struct channel_id *channel,
                            enum evidence_act act, struct privacy_mapping *out) {
    struct mapping_row m;
    enum status st = mapping_find(r->s, tx, channel, r->arena, &m);
    if (!st) st = show(r, tx, &m, act, out);
    mapping_row_wipe(&m);
    return st;
}

static enum status run_own_of_many(struct db *tx, void *arg) {
    struct reading *r = arg;
    enum status st = STATUS_OK;
    for (size_t i = 0; i < r->count && !st; i++) {
        r->all->items[i] = (struct privacy_mapping){.channel = r->channels[i]};
        st = read_one(r, tx, &r->channels[i], EVIDENCE_READ_OWN, &r->all->items[i]);
        if (st == STATUS_NOT_FOUND) st = STATUS_OK;
    }
    return st;
}

enum status privacy_own_of_many(struct privacy *s, const struct privacy_reader *by,
                                const struct channel_id *channels, size_t count, struct arena *a,
                                struct privacy_mappings *out, struct problem *p) {
    struct reading r = {.s = s, .by = by, .channels = channels, .count = count, .arena = a, .all = out};
    enum status st = reader_check(s, by, PRIVACY_MAY_MAP, p);
    if (!st && count > PRIVACY_READ_MAX) {
        (void)problem(p, "channels", "too_many", "problem.privacy.too_many");
        st = STATUS_TOO_LARGE;
    }
    if (st) return st;
    *out = (struct privacy_mappings){ARENA_ARRAY(a, struct privacy_mapping, count + 1), count};
    return store_write_repeatable(s->store, run_own_of_many, &r);
}

static enum status run_own_of(struct db *tx, void *arg) {
    struct reading *r = arg;
    return read_one(r, tx, r->channels, EVIDENCE_READ_OWN, r->out);
}

enum status privacy_own_of(struct privacy *s, const struct privacy_reader *by,
                           const struct channel_id *channel, struct arena *a, struct privacy_mapping *out,
                           struct problem *p) {
    struct reading r = {.s = s, .by = by, .channels = channel, .arena = a, .out = out};
    enum status st = reader_check(s, by, PRIVACY_MAY_MAP, p);
    return st ? st : store_write_repeatable(s->store, run_own_of, &r);
}

static enum status run_key_of(struct db *tx, void *arg) {
    struct reading *r = arg;
    return read_one(r, tx, r->channels, EVIDENCE_READ_KEY, r->out);
}

enum status privacy_key_of(struct privacy *s, const struct privacy_reader *by,
                           const struct channel_id *channel, uint32_t epoch, struct key *out,
                           struct problem *p) {
    struct arena a = {0};
    struct privacy_mapping m = {0};
    struct reading r = {.s = s, .by = by, .channels = channel, .epoch = epoch, .arena = &a, .out = &m};
    enum status st = reader_check(s, by, PRIVACY_MAY_MAP, p);
    if (!st && !epoch) st = problem(p, "epoch", "epoch", "problem.privacy.epoch");
    if (!st) st = store_write_repeatable(s->store, run_key_of, &r);
    if (!st) *out = m.key;
    privacy_mapping_wipe(&m);
    arena_free(&a);
    return st;
}
