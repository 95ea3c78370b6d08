// With the privacy services of both authorities: an event finds the case there, and nobody's any more once
// the mapping is erased.
#include "base/log.h"
#include "exchange/case_events.h"
#include "exchange/watch.h"
#include "houses.h"

static struct road road;
static struct house *office, *abroad;
static struct privacy *services[2];
static const struct privacy_reader READER = {
    .who = T("test"), .powers = PRIVACY_MAY_MAP, .purpose = PRIVACY_FOR_EXCHANGE};
static const struct privacy_reader KEEPER = {.who = T("keeper"),
                                             .powers = PRIVACY_MAY_KEEP,
                                             .purpose = PRIVACY_FOR_OPERATION,
                                             .ground = T("retention")};
enum { OUR_CASE = 4711, THEIR_CASE = 99 };

static void join(struct house *h, struct privacy **service) {
    struct problem p = {0};
    struct privacy_options o = {.dir = text_c(&road.arena, text_printf(&road.arena, "%s/privacy", h->dir)),
                                .authority = h->code,
                                .zone = T("UTC"),
                                .create = true};
    if (privacy_open(&h->clock.env, &o, service, &p)) fail_msg("privacy: %s", p.rule);
    channels_close(h->channels);
    h->options.book = channel_book_of(*service);
    assert_ok(channels_open(h->journal, &h->options, &h->channels));
}

static int begin(void **state) {
    (void)state;
    houses_open(&road);
    office = &road.houses[0];
    abroad = &road.houses[2];
    join(office, &services[0]);
    join(abroad, &services[1]);
    return 0;
}

static int end(void **state) {
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        channels_close(i ? abroad->channels : office->channels);
        privacy_close(services[i]);
    }
    office->channels = abroad->channels = NULL;
    houses_close(&road);
    return 0;
}

static void invite(const struct privacy_mapping *m) {
    struct privacy_invitation i = {.channel = m->channel,
                                   .key = m->key,
                                   .epoch = m->epoch,
                                   .coordinator = OFFICE,
                                   .members = m->members,
                                   .member_count = m->member_count,
                                   .delete_after = m->delete_after,
                                   .ground = T("Reg. 2024/1351")};
    assert_ok(privacy_accept(services[1], &READER, &i, THEIR_CASE, NULL));
}

static struct channel_items read_there(const struct channel_id *channel, enum status wanted) {
    struct channel_ask ask = {.channel = *channel, .epoch = 1};
    struct channel_items items = {0};
    struct db *db;
    assert_ok(abroad->options.book.of_channels(abroad->options.book.context, &ask, 1));
    assert_int_equal(ask.status, wanted);
    if (wanted) return items;
    assert_ok(store_reader(abroad->store, &db));
    assert_ok(channel_read(db, &abroad->law, &ask.ground, &abroad->arena, &items));
    store_reader_release(abroad->store, db);
    return items;
}

static void an_event_finds_the_case_until_the_mapping_is_erased(void **state) {
    static const uint32_t THEM[] = {ABROAD};
    (void)state;
    struct privacy_new n = {.own = OUR_CASE,
                            .members = THEM,
                            .member_count = 1,
                            .delete_after = {2026, 12, 1},
                            .ground = T("Reg. 2024/1351")};
    struct privacy_mapping ours, theirs;
    assert_ok(privacy_create(services[0], &READER, &n, &ours, NULL));
    tell(office, OUR_CASE, "TCH_SENT", NULL);
    assert_int_equal(round_of(office).refused, 1); // the invitation has not come yet
    invite(&ours);
    time_passes(&road, HOUR_MS);
    assert_int_equal(round_of(office).receipts, 1);
    struct channel_items items = read_there(&ours.channel, STATUS_OK);
    assert_int_equal(items.count, 1);
    assert_text(items.items[0].type->name, "TCH_SENT");
    assert_ok(privacy_own_of(services[1], &READER, &ours.channel, &road.arena, &theirs, NULL));
    assert_int_equal(theirs.own, THEIR_CASE);
    // The day comes: what lies sealed in log and tables leads to nobody, and the log still verifies.
    size_t deleted;
    time_passes(&road, 30 * (int64_t)DAY_MS);
    assert_ok(privacy_delete_due(services[1], &KEEPER, 10, &deleted, NULL));
    assert_int_equal(deleted, 1);
    (void)read_there(&ours.channel, STATUS_NOT_FOUND);
    tell(office, OUR_CASE, "TRF_DECIDED", NULL);
    struct channels_round r = round_of(office);
    assert_int_equal(r.receipts, 0);
    assert_int_equal(r.refused, 1);
    struct db *db;
    struct text finding;
    assert_ok(store_reader(abroad->store, &db));
    assert_ok(journal_verify(abroad->journal, db, &abroad->arena, NULL, &finding));
    store_reader_release(abroad->store, db);
}

// ---- what the file of a case shows

static struct case_events shown(int64_t own, const char *hidden) {
    const struct case_events_ask ask = {.privacy = services[0],
                                        .by = {.who = T("account 12"),
                                               .powers = PRIVACY_MAY_MAP,
                                               .purpose = PRIVACY_FOR_EXCHANGE,
                                               .ground = T("test")},
                                        .law = &office->law,
                                        .own = own,
                                        .hidden = text_of(hidden),
                                        .today = date_from_days(office->clock.at.ms / DAY_MS)};
    struct case_events out;
    assert_ok(case_events_read(office->journal, &ask, &road.arena, &out, NULL));
    return out;
}

static void expect(const struct case_events *list, size_t i, const char *type, enum case_event_due due) {
    assert_true(i < list->count);
    assert_text(list->items[i].item.type->name, type);
    assert_int_equal(list->items[i].due, due);
}

// What whoever watches over the exchange sees of a type: "awaited late".
static void expect_counts(const char *type, int64_t awaited, int64_t late) {
    struct exchange_watch w;
    struct db *db;
    assert_ok(store_reader(office->store, &db));
    assert_ok(
        exchange_watch_read(db, &office->law, date_from_days(office->clock.at.ms / DAY_MS), &road.arena, &w));
    store_reader_release(office->store, db);
    for (size_t i = 0; i < w.dues.count; i++) {
        if (!text_eq(w.dues.items[i].type->name, text_of(type))) continue;
        assert_int_equal(w.dues.items[i].awaited, awaited);
        assert_int_equal(w.dues.items[i].late, late);
        return;
    }
    assert_int_equal(awaited + late, 0);
}

static void expect_mark(const char *rule, enum channel_mark mark, int64_t count) {
    struct exchange_watch w;
    struct db *db;
    assert_ok(store_reader(office->store, &db));
    assert_ok(
        exchange_watch_read(db, &office->law, date_from_days(office->clock.at.ms / DAY_MS), &road.arena, &w));
    store_reader_release(office->store, db);
    assert_int_equal(w.marks.count, 1);
    assert_text(w.marks.items[0].rule, rule);
    assert_int_equal(w.marks.items[0].mark, mark);
    assert_int_equal(w.marks.items[0].count, count);
}

static void the_file_shows_deadlines_and_proof_of_all_channels(void **state) {
    static const uint32_t THEM[] = {ABROAD};
    enum { CASE = 5000 };
    (void)state;
    struct privacy_new n = {
        .own = CASE, .members = THEM, .member_count = 1, .delete_after = {2040, 1, 1}, .ground = T("test")};
    struct privacy_mapping m;
    assert_ok(privacy_create(services[0], &READER, &n, &m, NULL));
    tell(office, CASE, "TCH_SENT", NULL); // due in 60 days
    assert_int_equal(round_of(office).sealed, 1);
    struct case_events all = shown(CASE, "");
    assert_int_equal(all.count, 1);
    expect(&all, 0, "TCH_SENT", CASE_EVENT_AWAITED);
    assert_true(all.items[0].is_ours && all.items[0].proof.is_recorded);
    assert_int_equal(all.items[0].item.to[0].member, ABROAD);
    assert_false(all.items[0].item.to[0].has_receipt);
    struct event_id request = all.items[0].item.id;
    expect_counts("TCH_SENT", 2, 0); // one is of the case above, of which nobody knows any more
    time_passes(&road, 62 * (int64_t)DAY_MS);
    all = shown(CASE, "");
    expect(&all, 0, "TCH_SENT", CASE_EVENT_LATE);
    expect_counts("TCH_SENT", 0, 2);
    // A new key of the channel, then a new channel of the case: all events stand in one list.
    assert_ok(privacy_rotate(services[0], &READER, &m.channel, &road.arena, &m, NULL));
    tell(office, CASE, "TCH_TACIT", &request);
    assert_int_equal(round_of(office).sealed, 1);
    assert_ok(privacy_split(services[0], &READER, &m.channel, &road.arena, &m, NULL));
    time_passes(&road, MINUTE_MS);
    tell(office, CASE, "TRF_PREINFO_SENT", NULL);
    assert_int_equal(round_of(office).sealed, 1);
    all = shown(CASE, "");
    assert_int_equal(all.count, 3);
    expect(&all, 0, "TRF_PREINFO_SENT", CASE_EVENT_NO_DUE);
    expect(&all, 1, "TCH_TACIT", CASE_EVENT_NO_DUE);
    expect(&all, 2, "TCH_SENT", CASE_EVENT_MET);
    assert_text(all.items[2].met_by->name, "TCH_TACIT");
    assert_ptr_equal(case_event_at(&all, all.items[1].item.place), &all.items[1]);
    expect_counts("TCH_SENT", 0, 1);
    // A rule that is broken is counted, once for the message.
    time_passes(&road, MINUTE_MS);
    tell(office, CASE, "TRF_DONE", NULL);
    assert_int_equal(round_of(office).sealed, 1);
    assert_int_equal(round_of(office).sealed, 0);
    expect_mark("transfer_without_decision", CHANNEL_REJECT, 1);
    all = shown(CASE, "");
    expect(&all, 0, "TRF_DONE", CASE_EVENT_NO_DUE);
    assert_int_equal(all.items[0].item.mark, CHANNEL_REJECT);
    // Who may not see health, does not see that it was told.
    assert_int_equal(shown(CASE, "security,health").count, 3);
    assert_int_equal(shown(CASE, "decision,health").count, 0);
    assert_int_equal(shown(CASE + 1, "").count, 0);
    // What was told twice in one hour on one channel was told twice.
    tell(office, CASE, "TRF_PREINFO_SENT", NULL);
    tell(office, CASE, "TRF_PREINFO_SENT", NULL);
    assert_int_equal(round_of(office).sealed, 2);
    assert_int_equal(shown(CASE, "").count, 6);
    // Each look is evidence, by name.
    struct privacy_evidences seen;
    const struct privacy_reader auditor = {.who = T("auditor"),
                                           .powers = PRIVACY_MAY_AUDIT,
                                           .purpose = PRIVACY_FOR_SUPERVISION,
                                           .ground = T("test")};
    size_t looks = 0;
    assert_ok(privacy_evidence_of(services[0], &auditor, CASE, 100, &road.arena, &seen, NULL));
    for (size_t i = 0; i < seen.count; i++) looks += text_eq(seen.items[i].who, T("account 12"));
    assert_true(looks >= 5);
}

static void a_case_without_a_mapping_tells_nobody(void **state) {
    (void)state;
    tell(office, OUR_CASE + 1, "TCH_SENT", NULL);
    assert_int_equal(round_of(office).failed, 1);
    assert_int_equal(round_of(office).failed, 0);
}

int main(void) {
    crypto_start();
    log_level_set(LOG_NOTHING);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_finds_the_case_until_the_mapping_is_erased),
        cmocka_unit_test(the_file_shows_deadlines_and_proof_of_all_channels),
        cmocka_unit_test(a_case_without_a_mapping_tells_nobody),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, begin, end);
}
