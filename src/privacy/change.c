// change.c - mappings are corrected, split by phase, given new keys, restricted.
#include <string.h>

#include "privacy/inside.h"

struct changing {
    struct privacy *s;
    const struct privacy_reader *by;
    const struct channel_id *channel;
    int64_t right;
    struct arena *arena;
    struct privacy_mapping *out;
    struct privacy_rectified *rectified;
    const char *rule; // what was wrong
};

static enum status fail(struct changing *k, const char *rule, enum status st) {
    k->rule = rule;
    return st;
}

// A channel for the same circle, and nothing in it that leads to the old one.
static enum status open_beside(struct changing *k, struct db *tx, const struct mapping_row *old,
                               const struct case_row *of, struct privacy_mapping *out) {
    struct mapping_row fresh = {.of = *of, .shown = old->shown};
    struct key key = key_random(k->s->env);
    mapping_draw(k->s, &fresh);
    enum status st = mapping_add(k->s, tx, &fresh);
    if (!st) st = case_key_add(k->s, tx, &fresh, 1, &key);
    if (!st) st = evidence_add(k->s, tx, k->by, EVIDENCE_CREATED, &fresh, NULL);
    if (!st) *out = fresh.shown;
    mapping_row_wipe(&fresh);
    key_wipe(&key);
    return st;
}

static enum status close(struct changing *k, struct db *tx, struct mapping_row *m, enum evidence_act act) {
    bool was_open = m->shown.state == PRIVACY_OPEN;
    if (was_open) m->shown.closed_at = env_now(k->s->env);
    m->shown.state = PRIVACY_CLOSED;
    enum status st = mapping_change(k->s, tx, m);
    if (!st && was_open) st = notice_queue_all(k->s, tx, PRIVACY_NOTICE_CLOSED, &m->shown);
    return st ? st : evidence_add(k->s, tx, k->by, act, m, NULL);
}

// ---- a wrong link

static enum status move_to_right(struct changing *k, struct db *tx, struct mapping_row *m) {
    enum status st = case_find(k->s, tx, k->right, &m->of);
    if (st == STATUS_NOT_FOUND) st = case_add(k->s, tx, k->right, &m->of);
    if (!st && k->rectified->has_fresh) st = open_beside(k, tx, m, &m->of, &k->rectified->fresh_right);
    return st ? st : close(k, tx, m, EVIDENCE_RECTIFIED);
}

// It is none of our cases: closed for the others, and erased here.
static enum status give_up(struct changing *k, struct db *tx, struct mapping_row *m) {
    enum status st = close(k, tx, m, EVIDENCE_RECTIFIED);
    return st ? st : erase_mappings(k->s, tx, k->by, &m->mapping, 1);
}

static enum status rectify(struct changing *k, struct db *tx, struct mapping_row *m) {
    struct case_row wrong = m->of;
    if (k->right == wrong.own) return fail(k, "same_case", STATUS_INVALID);
    k->rectified->has_fresh = m->shown.state == PRIVACY_OPEN;
    enum status st = evidence_add(k->s, tx, k->by, EVIDENCE_RECTIFIED, NULL, &wrong);
    if (!st && k->rectified->has_fresh) st = open_beside(k, tx, m, &wrong, &k->rectified->fresh_wrong);
    if (!st) st = k->right ? move_to_right(k, tx, m) : give_up(k, tx, m);
    if (!st) st = case_drop_if_empty(k->s, tx, &wrong.pseudonym);
    case_row_wipe(&wrong);
    return st;
}

// ---- the rest

static enum status split(struct changing *k, struct db *tx, struct mapping_row *m) {
    if (m->shown.state != PRIVACY_OPEN) return fail(k, "closed", STATUS_INVALID);
    enum status st = open_beside(k, tx, m, &m->of, k->out);
    return st ? st : close(k, tx, m, EVIDENCE_CLOSED);
}

static enum status rotate(struct changing *k, struct db *tx, struct mapping_row *m) {
    struct key key = key_random(k->s->env);
    if (m->shown.state != PRIVACY_OPEN) return fail(k, "closed", STATUS_INVALID);
    if (m->shown.coordinator != k->s->authority) return fail(k, "not_coordinator", STATUS_REFUSED);
    enum status st = case_key_of(k->s, tx, m, 0);
    if (!st && m->shown.epoch == UINT32_MAX) st = STATUS_TOO_LARGE;
    if (!st) st = case_key_add(k->s, tx, m, m->shown.epoch + 1, &key);
    if (!st) st = evidence_add(k->s, tx, k->by, EVIDENCE_ROTATED, m, NULL);
    if (!st) *k->out = m->shown;
    key_wipe(&key);
    return st;
}

typedef enum status change_fn(struct changing *k, struct db *tx, struct mapping_row *m);

static enum status change_found(struct changing *k, struct db *tx, change_fn *fn) {
    struct mapping_row m;
    k->rule = NULL;
    enum status st = mapping_find(k->s, tx, k->channel, k->arena, &m);
    if (!st) st = fn(k, tx, &m);
    mapping_row_wipe(&m);
    return st;
}

static enum status run_rectify(struct db *tx, void *arg) {
    return change_found(arg, tx, rectify);
}
static enum status run_split(struct db *tx, void *arg) {
    return change_found(arg, tx, split);
}
static enum status run_rotate(struct db *tx, void *arg) {
    return change_found(arg, tx, rotate);
}

static enum status change(struct changing *k, store_job_fn *run, struct problem *p) {
    static const struct {
        const char *rule, *text_key;
    } SAID[] = {
        {"same_case", "problem.privacy.same_case"},
        {"closed", "problem.privacy.closed"},
        {"not_coordinator", "problem.privacy.not_coordinator"},
    };
    enum status st = reader_check(k->s, k->by, PRIVACY_MAY_MAP, p);
    if (st) return st;
    st = store_write(k->s->store, run, k);
    for (size_t i = 0; st && k->rule && i < sizeof SAID / sizeof *SAID; i++)
        if (!strcmp(k->rule, SAID[i].rule)) (void)problem(p, "channel", SAID[i].rule, SAID[i].text_key);
    if (st == STATUS_NOT_FOUND) (void)problem(p, "channel", "unknown", "problem.privacy.unknown");
    if (st == STATUS_TOO_LARGE) (void)problem(p, "own", "channels", "problem.privacy.channels");
    return st;
}

enum status privacy_rectify(struct privacy *s, const struct privacy_reader *by,
                            const struct channel_id *channel, int64_t right, struct arena *a,
                            struct privacy_rectified *out, struct problem *p) {
    struct changing k = {.s = s, .by = by, .channel = channel, .right = right, .arena = a, .rectified = out};
    *out = (struct privacy_rectified){0};
    if (right < 0) return problem(p, "own", "own", "problem.privacy.own");
    return change(&k, run_rectify, p);
}

enum status privacy_split(struct privacy *s, const struct privacy_reader *by,
                          const struct channel_id *channel, struct arena *a, struct privacy_mapping *out,
                          struct problem *p) {
    struct changing k = {.s = s, .by = by, .channel = channel, .arena = a, .out = out};
    return change(&k, run_split, p);
}

enum status privacy_rotate(struct privacy *s, const struct privacy_reader *by,
                           const struct channel_id *channel, struct arena *a, struct privacy_mapping *out,
                           struct problem *p) {
    struct changing k = {.s = s, .by = by, .channel = channel, .arena = a, .out = out};
    return change(&k, run_rotate, p);
}
