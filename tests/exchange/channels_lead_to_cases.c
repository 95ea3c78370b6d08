// With the privacy services of both authorities: an event finds the case there, and nobody's any more once
// the mapping is erased.
#include "base/log.h"
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
        cmocka_unit_test(a_case_without_a_mapping_tells_nobody),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, begin, end);
}
