// Missives between authorities: each reaches its reader once, is read by nobody else, and leaves only its
// digest. What is forged, replayed, sent on or signed with a stolen key is refused.
#include "base/log.h"
#include "exchange/missives_inside.h"
#include "houses.h"

static struct road road;
static struct house *office, *reception, *abroad;

static int begin(void **state) {
    (void)state;
    houses_open(&road);
    office = &road.houses[0];
    reception = &road.houses[1];
    abroad = &road.houses[2];
    return 0;
}

static int end(void **state) {
    (void)state;
    houses_close(&road);
    return 0;
}

static struct invitation sample(unsigned seed) {
    struct invitation i = {.epoch = 1,
                           .coordinator = OFFICE,
                           .members = {OFFICE, ABROAD},
                           .member_count = 2,
                           .delete_after = {2031, 1, 1},
                           .ground = T("take_charge"),
                           .article = T("AMMR:39"),
                           .purpose = T("responsibility"),
                           .reference = T("OST-1"),
                           .values = {{T("family_name"), T("Sample")}, {T("given_names"), T("Ada")}},
                           .value_count = 2};
    memset(i.channel.b, (int)seed, sizeof i.channel.b);
    memset(i.key.b, (int)seed + 1, sizeof i.key.b);
    return i;
}

static struct missive_sending to_abroad(const struct invitation *i) {
    return (struct missive_sending){.to = ABROAD,
                                   .kind = MISSIVE_INVITATION,
                                   .body = invitation_print(i, &road.arena),
                                   .tag = missive_tag(&i->channel, ABROAD)};
}

static void send(const struct invitation *i) {
    const struct missive_sending s = to_abroad(i);
    assert_ok(missives_send(office->channels, &s, 1, NULL));
}

static struct invitations_come open_at(struct house *h) {
    struct invitations_come all;
    struct db *db;
    assert_ok(store_reader(h->store, &db));
    assert_ok(invitations_open(h->channels, db, &h->arena, &all));
    store_reader_release(h->store, db);
    return all;
}

static struct missive_item sent(const struct invitation *i) {
    struct channel_tag tag = missive_tag(&i->channel, ABROAD);
    struct missive_items items;
    struct db *db;
    assert_ok(store_reader(office->store, &db));
    assert_ok(missives_of(db, &tag, &office->arena, &items));
    store_reader_release(office->store, db);
    assert_true(items.count > 0);
    return items.items[0];
}

static void decline(struct house *h, size_t at) {
    struct invitations_come all = open_at(h);
    assert_true(at < all.count);
    assert_ok(invitation_answer(h->channels, &all.items[at], false, T("not_found"), NULL));
}

static void an_invitation_waits_sealed_until_a_person_answers_it(void **state) {
    (void)state;
    struct invitation i = sample(1);
    send(&i);
    assert_int_equal(sent(&i).state, MISSIVE_WAITING);
    assert_int_equal(round_of(office).receipts, 1);
    assert_int_equal(sent(&i).state, MISSIVE_ARRIVED);
    assert_int_equal(sent(&i).sealed.n, 0);
    assert_int_equal(open_at(reception).count, 0);
    struct invitations_come all = open_at(abroad);
    assert_int_equal(all.count, 1);
    assert_true(text_eq(invitation_value(&all.items[0].invitation, T("given_names")), T("Ada")));
    assert_memory_equal(all.items[0].invitation.key.b, i.key.b, KEY_BYTES);
    assert_ok(invitation_answer(abroad->channels, &all.items[0], true, T(""), NULL));
    assert_int_equal(open_at(abroad).count, 0);
    assert_status(invitation_answer(abroad->channels, &all.items[0], true, T(""), NULL), STATUS_NOT_FOUND);
    assert_int_equal(sent(&i).state, MISSIVE_ARRIVED);
    assert_int_equal(round_of(abroad).receipts, 1);
    assert_int_equal(sent(&i).state, MISSIVE_ACCEPTED);
}

static void one_that_is_declined_says_why(void **state) {
    (void)state;
    struct invitation i = sample(3);
    send(&i);
    (void)round_of(office);
    decline(abroad, 0);
    (void)round_of(abroad);
    struct missive_item item = sent(&i);
    assert_int_equal(item.state, MISSIVE_DECLINED);
    assert_true(text_eq(item.reason, T("not_found")));
}

static void a_line_that_is_cut_delays_it_and_lost_answers_do_not_double_it(void **state) {
    (void)state;
    houses_again(&road);
    struct invitation i = sample(5);
    road.is_cut = true;
    send(&i);
    assert_int_equal(round_of(office).unreached, 1);
    assert_int_equal(sent(&i).state, MISSIVE_WAITING);
    road.is_cut = false;
    road.loses_answers = true;
    time_passes(&road, HOUR_MS);
    (void)round_of(office);
    assert_int_equal(sent(&i).state, MISSIVE_WAITING);
    assert_int_equal(open_at(abroad).count, 1);
    road.loses_answers = false;
    time_passes(&road, HOUR_MS);
    assert_int_equal(round_of(office).receipts, 1);
    assert_int_equal(sent(&i).state, MISSIVE_ARRIVED);
    assert_int_equal(open_at(abroad).count, 1);
    decline(abroad, 0);
    (void)round_of(abroad);
}

static void a_broker_between_them_brings_the_receipt_later(void **state) {
    (void)state;
    houses_again(&road);
    struct invitation i = sample(7);
    road.is_broker = true;
    send(&i);
    (void)round_of(office);
    assert_int_equal(sent(&i).state, MISSIVE_ARRIVED);
    assert_int_equal(open_at(abroad).count, 1);
    decline(abroad, 0);
    (void)round_of(abroad);
    assert_int_equal(sent(&i).state, MISSIVE_DECLINED);
}

static void what_nobody_answers_is_erased_when_it_is_too_old(void **state) {
    (void)state;
    houses_again(&road);
    struct invitation i = sample(9);
    int64_t count;
    send(&i);
    (void)round_of(office);
    struct moment before = abroad->clock.at;
    assert_ok(invitations_expire(abroad->channels, before, &count));
    assert_int_equal(count, 0);
    before.ms += 1;
    assert_ok(invitations_expire(abroad->channels, before, &count));
    assert_int_equal(count, 1);
    assert_int_equal(open_at(abroad).count, 0);
}

// ---- attacks: what the door answers to one missive

static enum refusal answer_at(struct house *h, uint32_t from, struct bytes missive, int64_t *leaf) {
    struct bytes answer, items[PARCEL_MESSAGES_MAX];
    struct receipt r;
    size_t count;
    assert_ok(channels_receive(h->channels, from, parcel_make(&missive, 1, &road.arena), &road.arena, &answer));
    assert_ok(parcel_read(answer, items, &count));
    assert_int_equal(count, 1);
    assert_ok(receipt_read(items[0], &road.federation.members, h->clock.at, &r));
    if (leaf) *leaf = r.leaf;
    return r.refusal;
}

static struct bytes missive_of(struct house *h, uint32_t to, const struct invitation *i) {
    const struct missive_making m = {.env = &h->clock.env,
                                    .own = &h->own,
                                    .members = &road.federation.members,
                                    .to = to,
                                    .kind = MISSIVE_INVITATION,
                                    .body = invitation_print(i, &road.arena),
                                    .now = h->clock.at};
    struct bytes out;
    assert_ok(missive_make(&m, &road.arena, &out));
    return out;
}

static void replayed_it_is_the_same_again_and_stays_answered(void **state) {
    (void)state;
    houses_again(&road);
    struct invitation i = sample(11);
    struct bytes missive = missive_of(office, ABROAD, &i);
    int64_t first, again;
    assert_int_equal(answer_at(abroad, OFFICE, missive, &first), REFUSED_NOT);
    assert_int_equal(answer_at(abroad, OFFICE, missive, &again), REFUSED_NOT);
    assert_int_equal(first, again);
    assert_int_equal(open_at(abroad).count, 1);
    decline(abroad, 0);
    assert_int_equal(answer_at(abroad, OFFICE, missive, &again), REFUSED_NOT);
    assert_int_equal(first, again);
    assert_int_equal(open_at(abroad).count, 0);
}

static void forged_and_misdirected_ones_are_refused(void **state) {
    (void)state;
    houses_again(&road);
    struct invitation i = sample(13);
    struct bytes missive = missive_of(office, ABROAD, &i);
    uint8_t *changed = arena_copy(&road.arena, missive.p, missive.n);
    changed[missive.n / 2] ^= 1;
    assert_int_not_equal(answer_at(abroad, OFFICE, (struct bytes){changed, missive.n}, NULL), REFUSED_NOT);
    assert_int_equal(answer_at(abroad, RECEPTION, missive, NULL), REFUSED_SENDER);
    assert_int_equal(answer_at(reception, OFFICE, missive, NULL), REFUSED_NOT_FOR_US);
    i.coordinator = RECEPTION; // in another's name
    assert_int_equal(answer_at(abroad, OFFICE, missive_of(office, ABROAD, &i), NULL), REFUSED_EVENT);
    struct missive_items none = {0};
    assert_int_equal(none.count, open_at(abroad).count);
}

// Reception takes what the office sealed for the unit abroad and signs it as its own.
static void what_another_sealed_cannot_be_sent_on_as_ones_own(void **state) {
    (void)state;
    struct invitation i = sample(15);
    struct missive l;
    struct bytes missive = missive_of(office, ABROAD, &i), stolen;
    assert_ok(missive_read(missive, &l));
    uint8_t *part = arena_copy(&road.arena, l.signed_part.p, l.signed_part.n);
    uint8_t *at = memmem(part, l.signed_part.n, (uint8_t[]){OFFICE, 0x18, ABROAD}, 3);
    assert_non_null(at);
    *at = RECEPTION;
    l.signed_part.p = part;
    assert_ok(missive_sign_again(&l, &reception->keys[0], &road.arena, &stolen));
    assert_int_equal(answer_at(abroad, RECEPTION, stolen, NULL), REFUSED_NOT_FOR_US);
}

struct revoking {
    uint32_t code;
};
static enum status revoke_key(struct write *w, void *argument, struct problem *p) {
    return member_key_revoke(w, 1, ((struct revoking *)argument)->code, 1, w->now, p);
}

static void a_stolen_key_opens_no_door_and_gets_no_missive(void **state) {
    (void)state;
    houses_again(&road);
    struct invitation i = sample(17);
    struct bytes missive = missive_of(office, ABROAD, &i);
    struct revoking office_key = {OFFICE}, abroad_key = {ABROAD};
    road.is_cut = true;
    send(&i);
    (void)round_of(office);
    assert_ok(journal_write(abroad->journal, revoke_key, &office_key, &road.arena, NULL));
    time_passes(&road, HOUR_MS);
    struct bytes none, items[PARCEL_MESSAGES_MAX];
    size_t count;
    struct receipt r;
    assert_ok(channels_receive(abroad->channels, OFFICE, parcel_make(&missive, 1, &road.arena), &road.arena,
                               &none));
    assert_ok(parcel_read(none, items, &count));
    assert_ok(receipt_read(items[0], &road.federation.members, abroad->clock.at, &r));
    assert_int_equal(r.refusal, REFUSED_KEY);
    assert_ok(journal_write(office->journal, revoke_key, &abroad_key, &road.arena, NULL));
    road.is_cut = false;
    time_passes(&road, HOUR_MS);
    road.seen_count = 0;
    (void)round_of(office);
    assert_int_equal(road.seen_count, 0); // it did not leave
    assert_int_equal(sent(&i).state, MISSIVE_REFUSED);
    assert_int_equal(sent(&i).sealed.n, 0);
}

static void nothing_of_an_invitation_is_in_the_log(void **state) {
    (void)state;
    struct arena a = {0};
    struct db *db;
    assert_ok(store_reader(abroad->store, &db));
    int64_t n;
    assert_ok(journal_size(db, &n));
    for (int64_t seq = 1; seq <= n; seq++) {
        struct bytes leaf;
        assert_ok(journal_leaf(db, seq, &a, &leaf));
        assert_null(memmem(leaf.p, leaf.n, "Sample", 6));
    }
    store_reader_release(abroad->store, db);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_invitation_waits_sealed_until_a_person_answers_it),
        cmocka_unit_test(one_that_is_declined_says_why),
        cmocka_unit_test(a_line_that_is_cut_delays_it_and_lost_answers_do_not_double_it),
        cmocka_unit_test(a_broker_between_them_brings_the_receipt_later),
        cmocka_unit_test(what_nobody_answers_is_erased_when_it_is_too_old),
        cmocka_unit_test(replayed_it_is_the_same_again_and_stays_answered),
        cmocka_unit_test(forged_and_misdirected_ones_are_refused),
        cmocka_unit_test(what_another_sealed_cannot_be_sent_on_as_ones_own),
        cmocka_unit_test(a_stolen_key_opens_no_door_and_gets_no_missive),
        cmocka_unit_test(nothing_of_an_invitation_is_in_the_log),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
