// Authorities tell each other what happened: logged at both ends, receipted, in order, whatever the line
// does.
#include "houses.h"
#include "journal/projections.h"

static struct road road;
static struct house *office, *reception, *abroad;
static int64_t bilateral; // office and abroad
static int64_t wide;      // all three

static int begin(void **state) {
    static const uint32_t TWO[] = {OFFICE, ABROAD}, THREE[] = {OFFICE, RECEPTION, ABROAD};
    (void)state;
    if (road.houses)
        houses_again(&road);
    else
        houses_open(&road);
    office = &road.houses[0];
    reception = &road.houses[1];
    abroad = &road.houses[2];
    bilateral = open_channel(&road, TWO, 2);
    wide = open_channel(&road, THREE, 3);
    return 0;
}

static int end(void **state) {
    (void)state;
    if (road.houses) houses_close(&road);
    road.houses = NULL;
    return 0;
}

// The log verifies, and replay gives the same tables.
static void house_is_sound(struct house *h) {
    struct db *db, *copy_db;
    struct text finding = {0};
    struct store *copy;
    int64_t rows;
    char dir[80];
    snprintf(dir, sizeof dir, "%s-copy", h->dir);
    struct store_options o = {
        .dir = dir, .create = true, .rooms = HOUSE_ROOMS, .room_count = 2, .fleeting = true};
    choose_engine(&o);
    assert_ok(store_open(&h->clock.env, &o, &copy, NULL));
    assert_ok(store_reader(h->store, &db));
    if (journal_verify(h->journal, db, &h->arena, NULL, &finding)) fail_msg(TEXT_FMT, TEXT_ARG(finding));
    assert_ok(journal_replay(h->journal, db, copy, NULL, &finding, &h->arena));
    assert_ok(store_reader(copy, &copy_db));
    if (projections_compare(db, copy_db, &h->arena, &rows, &finding)) fail_msg(TEXT_FMT, TEXT_ARG(finding));
    assert_true(rows > 0);
    store_reader_release(copy, copy_db);
    store_reader_release(h->store, db);
    store_close(copy);
    nftw(dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void a_take_charge_request_is_answered(void **state) {
    (void)state;
    tell(office, bilateral, "TCH_SENT", NULL);
    struct channels_round r = round_of(office);
    assert_int_equal(r.sealed, 1);
    assert_int_equal(r.receipts, 1);
    struct channel_items there = read_channel(abroad, bilateral);
    assert_int_equal(there.count, 1);
    assert_text(there.items[0].type->name, "TCH_SENT");
    assert_text(there.items[0].code->name, "family");
    assert_int_equal(there.items[0].sender, OFFICE);
    assert_true(there.items[0].due.ms > office->clock.at.ms);
    tell(abroad, bilateral, "TCH_ACCEPTED", &there.items[0].id);
    assert_int_equal(round_of(abroad).receipts, 1);
    struct channel_items here = read_channel(office, bilateral);
    assert_int_equal(here.count, 2);
    assert_text(here.items[1].type->name, "TCH_ACCEPTED");
    assert_memory_equal(&here.items[1].ref, &here.items[0].id, sizeof here.items[1].ref);
    // The receipt names the leaf in the other log.
    assert_int_equal(here.items[0].to_count, 1);
    assert_true(here.items[0].to[0].has_receipt);
    assert_int_equal(here.items[0].to[0].leaf, there.items[0].place - 1);
}

static void an_event_is_for_its_readers_only(void **state) {
    (void)state;
    tell(office, wide, "ASY_INTERVIEW_SET", NULL); // for reception; the other state's unit has no part in it
    tell(office, wide, "ASY_LODGED", NULL);        // for all
    assert_int_equal(round_of(office).receipts, 4);
    assert_int_equal(read_channel(reception, wide).count, 2);
    struct channel_items abroad_sees = read_channel(abroad, wide);
    assert_int_equal(abroad_sees.count, 1);
    assert_text(abroad_sees.items[0].type->name, "ASY_LODGED");
}

static void nothing_is_lost_when_the_line_is_cut_for_days(void **state) {
    (void)state;
    enum { EVENTS = 150 };
    road.is_cut = true;
    for (int i = 0; i < EVENTS; i++) {
        tell(office, bilateral, "TRF_DECIDED", NULL);
        time_passes(&road, HOUR_MS);
        if (i % 10 == 0) (void)round_of(office);
    }
    assert_int_equal(read_channel(abroad, bilateral).count, 0);
    house_stop(office); // a restart in between
    house_start(office);
    road.is_cut = false;
    time_passes(&road, DAY_MS);
    int receipts = 0;
    for (int i = 0; i < 5; i++, time_passes(&road, HOUR_MS)) receipts += round_of(office).receipts;
    assert_int_equal(receipts, EVENTS);
    struct channel_items there = read_channel(abroad, bilateral);
    assert_int_equal(there.count, EVENTS);
    for (size_t i = 1; i < there.count; i++) assert_true(there.items[i].at.ms > there.items[i - 1].at.ms);
}

static void an_answer_that_is_lost_changes_nothing(void **state) {
    (void)state;
    road.loses_answers = true;
    tell(office, bilateral, "TCH_SENT", NULL);
    assert_int_equal(round_of(office).receipts, 0);
    int64_t before = log_size(abroad);
    road.loses_answers = false;
    time_passes(&road, HOUR_MS);
    assert_int_equal(round_of(office).receipts, 1);
    assert_int_equal(log_size(abroad), before);
    assert_int_equal(read_channel(abroad, bilateral).count, 1);
}

static void behind_a_broker_receipts_come_on_their_own(void **state) {
    (void)state;
    road.is_broker = true;
    tell(office, wide, "ASY_LODGED", NULL);
    (void)round_of(office);
    struct channel_items here = read_channel(office, wide);
    assert_int_equal(here.items[0].to_count, 2);
    for (size_t i = 0; i < 2; i++) assert_true(here.items[0].to[i].has_receipt);
}

static void an_invitation_that_is_late_delays_and_loses_nothing(void **state) {
    (void)state;
    abroad->knows_nothing = true;
    for (int i = 0; i < 3; i++) tell(office, bilateral, "TRF_DECIDED", NULL);
    struct channels_round r = round_of(office);
    assert_int_equal(r.receipts, 0);
    assert_true(r.refused > 0);
    abroad->knows_nothing = false;
    assert_int_equal(round_of(office).parcels, 0); // not at once
    time_passes(&road, DAY_MS);
    assert_int_equal(round_of(office).receipts, 3);
    assert_int_equal(read_channel(abroad, bilateral).count, 3);
}

// While a restriction holds a case, later events of it do not overtake the first.
static void a_case_that_is_held_keeps_its_order(void **state) {
    (void)state;
    office->refuses = bilateral;
    tell(office, bilateral, "TCH_SENT", NULL);
    assert_int_equal(round_of(office).failed, 1);
    office->refuses = 0;
    tell(office, bilateral, "TRF_DECIDED", NULL);
    tell(office, wide, "ASY_LODGED", NULL);
    assert_int_equal(round_of(office).sealed, 1); // of the other case
    time_passes(&road, HOUR_MS);
    for (int i = 0; i < 2; i++) assert_int_equal(round_of(office).sealed, 1); // one after the other
    struct channel_items there = read_channel(abroad, bilateral);
    assert_int_equal(there.count, 2);
    assert_text(there.items[0].type->name, "TCH_SENT");
}

static void a_case_without_channel_tells_nobody(void **state) {
    (void)state;
    int64_t before = log_size(office);
    tell(office, 77, "ASY_LODGED", NULL);
    struct channels_round r = round_of(office);
    assert_int_equal(r.failed, 1);
    assert_int_equal(round_of(office).failed, 0);
    assert_int_equal(log_size(office), before);
}

static void a_new_key_of_the_case_begins_a_new_row_and_old_ones_stay_readable(void **state) {
    (void)state;
    static const uint32_t TWO[] = {OFFICE, ABROAD};
    tell(office, bilateral, "TCH_SENT", NULL);
    (void)round_of(office);
    struct event_id asked = read_channel(abroad, bilateral).items[0].id;
    int64_t next = open_channel(&road, TWO, 2); // the same channel with its second key
    struct channel_ground *old = &road.grounds[bilateral - OWN_FIRST], *new = &road.grounds[next - OWN_FIRST];
    new->channel = old->channel;
    new->epoch = 2;
    tell(abroad, next, "TCH_ACCEPTED", &asked);
    assert_int_equal(round_of(abroad).receipts, 1);
    assert_int_equal(read_channel(office, next).count, 1);
    assert_int_equal(read_channel(office, bilateral).count, 1);
    struct channel_tag one = channel_tag(&old->channel, 1, OFFICE),
                       two = channel_tag(&old->channel, 2, OFFICE);
    assert_memory_not_equal(&one, &two, sizeof one);
}

static void every_log_is_sound(void **state) {
    (void)state;
    for (size_t i = 0; i < HOUSES; i++) house_is_sound(&road.houses[i]);
}

// With its threads: what is told arrives without anybody asking.
static void threads_do_the_same(void **state) {
    (void)state;
    for (int i = 0; i < 20; i++) tell(office, i % 2 ? bilateral : wide, "ASY_LODGED", NULL);
    assert_ok(channels_start(office->channels));
    for (int tries = 0; tries < 2000; tries++) {
        if (read_channel(abroad, bilateral).count == 10 && read_channel(reception, wide).count == 10) break;
        channels_wake(office->channels);
        usleep(5000);
    }
    assert_int_equal(read_channel(abroad, bilateral).count, 10);
    assert_int_equal(read_channel(reception, wide).count, 10);
}

int main(void) {
    crypto_start();
#define SHARED(name) cmocka_unit_test_setup(name, begin)
    const struct CMUnitTest tests[] = {
        SHARED(a_take_charge_request_is_answered),
        SHARED(an_event_is_for_its_readers_only),
        SHARED(an_answer_that_is_lost_changes_nothing),
        SHARED(behind_a_broker_receipts_come_on_their_own),
        SHARED(an_invitation_that_is_late_delays_and_loses_nothing),
        SHARED(a_case_that_is_held_keeps_its_order),
        SHARED(a_case_without_channel_tells_nobody),
        SHARED(a_new_key_of_the_case_begins_a_new_row_and_old_ones_stay_readable),
        SHARED(nothing_is_lost_when_the_line_is_cut_for_days),
        SHARED(every_log_is_sound),
        SHARED(threads_do_the_same),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, end);
}
