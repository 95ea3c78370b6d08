// circles_correct.c - "this is not our person": the link is corrected, and the others are told.
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "exchange/circles_inside.h"

static const struct text GROUND = T("GDPR:16"); // the right to rectification

// ---- the event: the last one that we write on the channel

struct telling {
    struct text key;
    struct channel_event event;
};

static enum status tell(struct db *tx, void *arg) {
    const struct telling *t = arg;
    return channels_tell(tx, t->key, &t->event);
}

static enum status drop(struct db *tx, void *arg) {
    const struct telling *t = arg;
    return outbox_dropped(tx, t->key, t->event.at, T("channel_closed"));
}

// It sorts behind all that the case has told ("told:", number of the event).
static struct text key_of(const struct circles *x, struct db *db, struct arena *a) {
    uint8_t random[8];
    int64_t events = 0;
    if (journal_size(db, &events)) events = INT64_MAX / 10;
    env_random(journal_env(cases_journal(x->cases)), random, sizeof random);
    return text_printf(a, "told:%016lld.z" TEXT_FMT, (long long)events,
                       TEXT_ARG(hex_encode(a, (struct bytes){random, sizeof random})));
}

// Those whom we invited and who have not answered know no channel yet; where others invite, they read along.
static bool has_reader(const struct circles *x, struct db *db, const struct privacy_mapping *m,
                       struct arena *a) {
    if (m->coordinator != privacy_authority(x->privacy)) return true;
    for (size_t i = 0; i < m->member_count; i++)
        if (circle_has_accepted(db, m, m->members[i], a)) return true;
    return false;
}

// When nothing can be sent now (a restriction, a queue that is full), the notice has to do.
static enum status tell_correction(const struct circles *x, const struct privacy_mapping *m,
                                   struct arena *a) {
    const struct pack *pack = cases_pack(x->cases);
    const struct exchange_law *law = pack ? pack_exchange(pack) : NULL;
    struct store *s = journal_store(cases_journal(x->cases));
    struct channel_tag only = channel_tag(&m->channel, m->epoch, privacy_authority(x->privacy));
    struct telling t = {.event = {.own = m->own,
                                  .type = law ? exchange_type_named(law, T("CORRECTION")) : NULL,
                                  .at = env_now(journal_env(cases_journal(x->cases))),
                                  .only = &only}};
    struct db *db;
    if (!t.event.type || m->state != PRIVACY_OPEN) return STATUS_OK;
    enum status st = store_reader(s, &db);
    if (st) return st;
    t.key = key_of(x, db, a);
    bool is_read = has_reader(x, db, m, a);
    store_reader_release(s, db);
    if (!is_read) return STATUS_OK;
    st = store_write(s, tell, &t);
    if (!st) st = channels_seal_now(x->channels, m->own, t.key);
    if (st != STATUS_BUSY) return st;
    log_line(LOG_WARNING, "exchange.correction_not_told", "reason=\"events of the case wait\"");
    st = store_write(s, drop, &t);
    return st == STATUS_CONFLICT ? STATUS_OK : st; // it was sent after all
}

// ---- the link

// What is wrong here can be done again on the page: the link is right already.
static void invite_to(const struct circles *x, const struct actor *actor, const struct look *look,
                      const struct privacy_mapping *m, struct arena *a) {
    const struct invitation_ground *g = circle_ground(x, m->own, m->ground);
    struct invitation_values values = {0};
    enum status st = g ? circle_tellable(x, actor, look, m->own, g, a, &values, NULL) : STATUS_NOT_FOUND;
    if (!st) st = circle_send(x, m, g, &values, a, NULL);
    if (st) log_line(LOG_WARNING, "exchange.not_invited", "status=\"%s\"", status_name(st));
}

static enum status correct(const struct circles *x, const struct actor *actor, const struct look *look,
                           const struct privacy_reader *by, const struct privacy_mapping *m, int64_t right,
                           struct arena *a, struct problem *p) {
    struct privacy_rectified out = {0};
    enum status st = tell_correction(x, m, a);
    if (!st) st = privacy_rectify(x->privacy, by, &m->channel, right, a, &out, p);
    if (!st && right && out.has_fresh) invite_to(x, actor, look, &out.fresh_right, a);
    privacy_mapping_wipe(&out.fresh_wrong);
    privacy_mapping_wipe(&out.fresh_right);
    return st;
}

enum status circle_correct(const struct circles *x, const struct actor *actor, const struct look *look,
                           int64_t case_id, int32_t phase, int64_t right, struct problem *p) {
    struct arena a = {0};
    struct privacy_reader by = circle_reader(actor, PRIVACY_FOR_CORRECTION, GROUND, &a);
    struct privacy_mapping m = {0};
    enum status st = cases_may_on(x->cases, actor, look, case_id, T("correct_link"), T("identity"), p);
    if (!st && right) st = cases_may_on(x->cases, actor, look, right, T("correct_link"), T("identity"), p);
    if (!st && right == case_id) st = problem(p, "case_no", "same_case", "problem.privacy.same_case");
    if (!st) st = circle_find(x, &by, case_id, phase, &a, &m, p);
    if (!st) st = correct(x, actor, look, &by, &m, right, &a, p);
    privacy_mapping_wipe(&m);
    arena_free(&a);
    return st;
}
