// What an attacker on the line, a member that cheats, a thief of keys or an operator can do to the exchange:
// each attack by its name, and what comes of it.
#include "base/log.h"
#include "houses.h"
#include "rules/feel.h"

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

// A test that leaves marks on its houses has them for itself.
static int begin_alone(void **state) {
    return end(state) || begin(state);
}

// ---- the attacker's hands

// Gives a message to an authority, as if `from` had brought it; what the authority answers.
static struct receipt give_from(struct house *to, uint32_t from, struct bytes message) {
    struct bytes answer, items[PARCEL_MESSAGES_MAX];
    size_t count;
    struct receipt r;
    assert_ok(
        channels_receive(to->channels, from, parcel_make(&message, 1, &road.arena), &road.arena, &answer));
    assert_ok(parcel_read(answer, items, &count));
    assert_int_equal(count, 1);
    assert_ok(receipt_read(items[0], &road.federation.members, to->clock.at, &r));
    assert_int_equal(r.by, to->code);
    return r;
}

static struct receipt give(struct house *to, struct bytes message) {
    return give_from(to, OFFICE, message);
}

// Messages that went over the road so far, in order.
static size_t overheard(struct bytes out[PARCEL_MESSAGES_MAX]) {
    size_t n = 0;
    for (size_t i = 0; i < road.seen_count; i++) {
        struct bytes items[PARCEL_MESSAGES_MAX];
        size_t count;
        assert_ok(parcel_read(road.seen[i], items, &count));
        for (size_t k = 0; k < count && n < PARCEL_MESSAGES_MAX; k++) out[n++] = items[k];
    }
    return n;
}

static bool drop_all(struct bytes parcel) {
    (void)parcel;
    return true;
}

// A message that somebody with these keys could write on a channel that they know.
static struct bytes write_as(struct house *who, const struct channel_ground *g, uint32_t seq,
                             struct hash before, const char *type, struct moment at) {
    struct envelope e = {.channel = g->channel, .seq = seq, .at = at, .actor = who->code};
    e.type = exchange_type_named(&road.federation.law, text_of(type));
    assert_non_null(e.type);
    if (e.type->code_count) e.code = &e.type->codes[0];
    if (e.type->due == EXCHANGE_MUST) e.due.ms = at.ms + DAY_MS;
    e.to[e.to_count++] = who->code == ABROAD ? OFFICE : ABROAD;
    struct envelope_ground eg = {.law = &road.federation.law,
                                 .members = &road.federation.members,
                                 .channel = g->channel,
                                 .case_key = &g->key};
    struct sealing s = {.env = &who->clock.env,
                        .own = &who->own,
                        .members = &road.federation.members,
                        .ground = g,
                        .to = e.to,
                        .to_count = e.to_count,
                        .seq = seq,
                        .before = before,
                        .now = who->clock.at};
    struct bytes canonical, message;
    (void)!envelope_print(&eg, &e, &road.arena, &canonical, NULL); // a cheat does not care
    assert_ok(sealed_make(&s, canonical, &road.arena, &message));
    return message;
}

static const struct channel_ground *ground_of(int64_t own) {
    return &road.grounds[own - OWN_FIRST];
}

// ---- on the line

static void a_replayed_event_gets_the_same_receipt_and_no_second_place(void **state) {
    (void)state;
    struct bytes heard[PARCEL_MESSAGES_MAX];
    tell(office, bilateral, "TCH_SENT", NULL);
    (void)round_of(office);
    assert_int_equal(overheard(heard), 1);
    int64_t size = log_size(abroad);
    struct receipt first = give(abroad, heard[0]);
    time_passes(&road, 30 * (int64_t)DAY_MS);
    struct receipt again = give(abroad, heard[0]);
    assert_int_equal(first.refusal, REFUSED_NOT);
    assert_memory_equal(&first, &again, sizeof first); // leaf and time of then
    assert_int_equal(log_size(abroad), size);
    assert_int_equal(read_channel(abroad, bilateral).count, 1);
    // On another authority's door it opens nothing.
    assert_int_equal(give(reception, heard[0]).refusal, REFUSED_NOT_FOR_US);
}

static void reordered_events_are_put_in_order(void **state) {
    (void)state;
    struct bytes heard[PARCEL_MESSAGES_MAX];
    road.drops = drop_all;
    for (int i = 0; i < 3; i++) tell(office, bilateral, "TRF_DECIDED", NULL);
    (void)round_of(office);
    assert_int_equal(overheard(heard), 3);
    struct receipt r = give(abroad, heard[2]);
    assert_int_equal(r.refusal, REFUSED_GAP);
    assert_int_equal(r.expected, 1);
    assert_int_equal(read_channel(abroad, bilateral).count, 0);
    assert_int_equal(give(abroad, heard[0]).refusal, REFUSED_NOT);
    assert_int_equal(give(abroad, heard[2]).expected, 2);
    assert_int_equal(give(abroad, heard[1]).refusal, REFUSED_NOT);
    assert_int_equal(give(abroad, heard[2]).refusal, REFUSED_NOT);
    assert_int_equal(read_channel(abroad, bilateral).count, 3);
}

static int dropped;
static bool drop_second(struct bytes parcel) {
    (void)parcel;
    return dropped++ == 1;
}

static void a_dropped_event_is_noticed_and_sent_again(void **state) {
    (void)state;
    dropped = 0;
    road.drops = drop_second;
    for (int i = 0; i < 3; i++, time_passes(&road, HOUR_MS)) {
        tell(office, bilateral, "TRF_DECIDED", NULL);
        (void)round_of(office);
    }
    assert_true(dropped >= 3);
    assert_int_equal(read_channel(abroad, bilateral).count, 3);
    struct channel_items here = read_channel(office, bilateral);
    for (size_t i = 0; i < here.count; i++) assert_true(here.items[i].to[0].has_receipt);
}

// A receiver that lost its database asks for all, and gets it.
static void a_receiver_that_went_back_gets_it_again(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) tell(office, bilateral, "TRF_DECIDED", NULL);
    assert_int_equal(round_of(office).receipts, 3);
    house_stop(abroad);
    nftw(abroad->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    snprintf(abroad->dir, sizeof abroad->dir, "/tmp/ostia-channels-XXXXXX");
    assert_non_null(mkdtemp(abroad->dir));
    house_start(abroad);
    assert_ok(journal_write(abroad->journal, take_members, &road.federation.members, &abroad->arena, NULL));
    tell(office, bilateral, "TRF_DECIDED", NULL);
    for (int i = 0; i < 3; i++, time_passes(&road, HOUR_MS)) (void)round_of(office);
    assert_int_equal(read_channel(abroad, bilateral).count, 4);
}

static void a_forged_event_is_refused(void **state) {
    (void)state;
    struct bytes heard[PARCEL_MESSAGES_MAX];
    road.drops = drop_all;
    tell(office, bilateral, "TCH_SENT", NULL);
    (void)round_of(office);
    assert_int_equal(overheard(heard), 1);
    uint8_t *copy = arena_copy(&road.arena, heard[0].p, heard[0].n);
    for (size_t i = 0; i < heard[0].n; i++) { // any byte changed on the way
        copy[i] ^= 1;
        struct receipt r = give(abroad, (struct bytes){copy, heard[0].n});
        if (r.refusal == REFUSED_NOT || r.refusal == REFUSED_EVENT) fail_msg("byte %zu may be changed", i);
        copy[i] ^= 1;
    }
    // Reception signs in the office's name, knowing channel and key of the case.
    struct house thief = *reception;
    thief.own.code = thief.code = OFFICE;
    struct bytes forged = write_as(&thief, ground_of(bilateral), 1, (struct hash){0}, "TCH_SENT", NOON);
    assert_int_equal(give(abroad, forged).refusal, REFUSED_SIGNATURE);
    // Or brings what the office signed, as its own.
    assert_int_equal(give_from(abroad, RECEPTION, heard[0]).refusal, REFUSED_SENDER);
    assert_int_equal(give(abroad, heard[0]).refusal, REFUSED_NOT);
}

static void two_events_with_one_number_are_a_fork(void **state) {
    (void)state;
    tell(office, bilateral, "TCH_SENT", NULL);
    (void)round_of(office);
    struct bytes other = write_as(office, ground_of(bilateral), 1, (struct hash){0}, "TRF_DECIDED", NOON);
    assert_int_equal(give(abroad, other).refusal, REFUSED_FORK);
    // The next one after a past that the receiver does not have.
    struct hash wrong = {{1}};
    struct bytes next = write_as(office, ground_of(bilateral), 2, wrong, "TRF_DECIDED", NOON);
    assert_int_equal(give(abroad, next).refusal, REFUSED_FORK);
    assert_int_equal(read_channel(abroad, bilateral).count, 1);
}

// ---- members that cheat

static void a_member_without_a_part_reads_nothing(void **state) {
    (void)state;
    struct bytes heard[PARCEL_MESSAGES_MAX];
    tell(office, bilateral, "TCH_SENT", NULL);
    (void)round_of(office);
    assert_int_equal(overheard(heard), 1);
    struct sealed s;
    struct slot_content slot;
    struct bytes event;
    assert_ok(sealed_read(heard[0], &s));
    assert_status(sealed_slot_open(&s, &reception->own, &slot), STATUS_NOT_FOUND);
    struct own as_abroad = {ABROAD, reception->keys, 1}; // with its own key on another's slot
    assert_status(sealed_slot_open(&s, &as_abroad, &slot), STATUS_CORRUPT);
    // A reader whose case key was erased: its own keys alone open nothing any more.
    assert_ok(sealed_slot_open(&s, &abroad->own, &slot));
    assert_ok(sealed_open(&s, &slot, &ground_of(bilateral)->key, &road.arena, &event));
    assert_status(sealed_open(&s, &slot, &ground_of(wide)->key, &road.arena, &event), STATUS_CORRUPT);
}

static void a_member_for_whom_it_is_not_cannot_open_it(void **state) {
    (void)state;
    struct bytes heard[PARCEL_MESSAGES_MAX];
    tell(office, wide, "ASY_INTERVIEW_SET", NULL); // only reception may read this type
    (void)round_of(office);
    struct sealed s;
    struct slot_content slot;
    struct bytes event;
    assert_true(overheard(heard) > 0);
    assert_ok(sealed_read(heard[0], &s));
    assert_ok(sealed_slot_open(&s, &abroad->own, &slot));
    assert_false(slot.is_reader);
    slot.is_reader = true;
    assert_status(sealed_open(&s, &slot, &ground_of(wide)->key, &road.arena, &event), STATUS_CORRUPT);
}

static void who_has_no_part_in_a_channel_cannot_write_on_it(void **state) {
    (void)state;
    // Reception got to know channel and key. It names itself among the members, or leaves itself out.
    struct channel_ground with = *ground_of(bilateral);
    with.members[0] = OFFICE, with.members[1] = RECEPTION, with.members[2] = ABROAD;
    with.member_count = 3;
    struct bytes one = write_as(reception, &with, 1, (struct hash){0}, "ASY_LODGED", NOON);
    assert_int_equal(give_from(abroad, RECEPTION, one).refusal, REFUSED_MEMBERS);
    struct bytes two = write_as(reception, ground_of(bilateral), 1, (struct hash){0}, "ASY_LODGED", NOON);
    assert_int_equal(give_from(abroad, RECEPTION, two).refusal, REFUSED_MEMBERS);
    // A member adds a reader of its choice.
    struct bytes three = write_as(office, &with, 1, (struct hash){0}, "ASY_LODGED", NOON);
    assert_int_equal(give(abroad, three).refusal, REFUSED_MEMBERS);
    assert_int_equal(read_channel(abroad, bilateral).count, 0);
}

static void an_event_that_the_law_does_not_allow_leaves_its_hash_only(void **state) {
    (void)state;
    int64_t size = log_size(office);
    struct hash none = {0};
    struct bytes bad = write_as(abroad, ground_of(bilateral), 1, none, "ASY_DECIDED", NOON); // not its to say
    struct receipt r = give_from(office, ABROAD, bad);
    assert_int_equal(r.refusal, REFUSED_EVENT);
    assert_int_equal(r.leaf, size); // proved: this was sent, and refused
    assert_int_equal(give_from(office, ABROAD, bad).leaf, size);
    assert_int_equal(read_channel(office, bilateral).count, 0);
    struct sealed s;
    assert_ok(sealed_read(bad, &s)); // what is right may follow
    struct bytes good = write_as(abroad, ground_of(bilateral), 2, s.hash, "TRF_DONE", NOON);
    assert_int_equal(give_from(office, ABROAD, good).refusal, REFUSED_NOT);
}

// The other end loaded a law with other types and codes under the same numbers, or lacks some.
static void a_poisoned_schema_at_one_end_is_noticed_at_the_other(void **state) {
    (void)state;
    static const char POISON[] =
        "{\"procedure\":\"p\",\"codes\":{\"c\":{\"amina\":77}},\"events\":[{\"name\":\"TCH_SENT\","
        "\"number\":301,\"from\":\"*\",\"to\":\"*\",\"codes\":\"c\",\"due\":\"may\"}]}";
    struct exchange_law poisoned = {0};
    assert_ok(exchange_law_read(&road.arena, text_of(POISON), &poisoned, NULL));
    office->law = poisoned;
    struct telling t = {
        .key = T("poisoned"),
        .event = {
            .own = bilateral, .type = &poisoned.items[0], .code = &poisoned.items[0].codes[0], .at = NOON}};
    assert_ok(store_write(office->store, tell_job, &t));
    struct channels_round r = round_of(office);
    assert_int_equal(r.sealed, 1);
    assert_int_equal(r.receipts, 0);
    assert_int_equal(r.refused, 1);
    assert_int_equal(read_channel(abroad, bilateral).count, 0);
    office->law = road.federation.law;
    assert_true(read_channel(office, bilateral).items[0].to[0].is_refused);
    tell(office, bilateral, "TCH_SENT", NULL);
    assert_int_equal(round_of(office).receipts, 1);
}

// ---- a stolen key

struct revocation {
    uint32_t code, number;
    struct moment from;
    struct member_key next;
};
static enum status revoke_and_rotate(struct write *w, void *argument, struct problem *p) {
    struct revocation *r = argument;
    enum status st = member_key_add(w, 1, r->code, &r->next, p);
    return st ? st : member_key_revoke(w, 1, r->code, r->number, r->from, p);
}

static void a_stolen_key_is_refused_from_its_revocation_on(void **state) {
    (void)state;
    struct bytes heard[PARCEL_MESSAGES_MAX];
    tell(office, bilateral, "TCH_SENT", NULL);
    (void)round_of(office);
    struct moment logged = abroad->clock.at;
    time_passes(&road, DAY_MS);
    road.is_cut = true;
    tell(office, bilateral, "TRF_DECIDED", NULL); // waits, signed by the old key
    (void)round_of(office);
    road.is_cut = false;
    time_passes(&road, DAY_MS);
    struct house thief = *office;
    struct revocation r = {.code = OFFICE, .number = 1, .from = office->clock.at};
    federation_key(&r.next, &office->keys[1], 2, 99);
    office->own.count = 2;
    for (size_t i = 0; i < HOUSES; i++)
        assert_ok(journal_write(road.houses[i].journal, revoke_and_rotate, &r, &road.arena, NULL));
    // The thief writes with a time before the revocation: what counts is when it arrives.
    assert_int_equal(overheard(heard), 1);
    struct sealed before;
    assert_ok(sealed_read(heard[0], &before));
    struct bytes stolen = write_as(&thief, ground_of(bilateral), 2, before.hash, "TRF_DONE", NOON);
    assert_int_equal(give(abroad, stolen).refusal, REFUSED_KEY);
    // What was logged before stays provable, by anybody, with the directory of today.
    struct db *db;
    struct members today;
    assert_ok(store_reader(abroad->store, &db));
    assert_ok(members_load(db, &road.arena, &today));
    store_reader_release(abroad->store, db);
    assert_ok(sealed_verify(&before, &today, logged));
    assert_status(sealed_verify(&before, &today, abroad->clock.at), STATUS_EXPIRED);
    // What waited is signed anew, and nothing of the row breaks.
    time_passes(&road, HOUR_MS);
    assert_int_equal(round_of(office).parcels, 1);
    assert_int_equal(read_channel(abroad, bilateral).count, 2);
}

// ---- clocks and floods

static void a_clock_that_is_ahead_is_noticed(void **state) {
    (void)state;
    office->clock.at.ms += 3 * (int64_t)HOUR_MS;
    tell(office, bilateral, "TCH_SENT", NULL);
    struct channels_round r = round_of(office);
    assert_int_equal(r.receipts, 0);
    assert_int_equal(r.refused, 1);
    assert_int_equal(read_channel(abroad, bilateral).count, 0);
    abroad->clock.at.ms += 3 * (int64_t)HOUR_MS - CHANNELS_SKEW_MS / 2; // within what may differ
    office->clock.at.ms += MINUTE_MS;
    assert_int_equal(round_of(office).receipts, 1);
    assert_int_equal(read_channel(abroad, bilateral).count, 1);
}

static void a_flood_is_slowed_and_harms_nobody_else(void **state) {
    (void)state;
    enum { BURST = 10 };
    channels_close(abroad->channels);
    abroad->options.rate = 1;
    abroad->options.burst = BURST;
    assert_ok(channels_open(abroad->journal, &abroad->options, &abroad->channels));
    struct bytes rubbish = {(const uint8_t *)"x", 1}, answer;
    int busy = 0;
    for (int i = 0; i < 3 * BURST; i++) {
        enum status st = channels_receive(abroad->channels, RECEPTION, parcel_make(&rubbish, 1, &road.arena),
                                          &road.arena, &answer);
        busy += st == STATUS_BUSY;
    }
    assert_true(busy >= 2 * BURST - 1);
    tell(office, bilateral, "TCH_SENT", NULL); // another peer is heard as ever
    assert_int_equal(round_of(office).receipts, 1);
}

static void a_member_that_is_away_fills_its_own_queue_only(void **state) {
    (void)state;
    channels_close(office->channels);
    office->options.waiting_max = 5;
    assert_ok(channels_open(office->journal, &office->options, &office->channels));
    road.is_cut = true;
    for (int i = 0; i < 8; i++) tell(office, bilateral, "TRF_DECIDED", NULL), (void)round_of(office);
    assert_int_equal(read_channel(office, bilateral).count, 5); // the others stay in the outbox
    road.is_cut = false;
    for (int i = 0; i < 6; i++, time_passes(&road, HOUR_MS)) (void)round_of(office);
    assert_int_equal(read_channel(abroad, bilateral).count, 8);
}

static void parcels_that_are_none_are_refused(void **state) {
    (void)state;
    struct bytes answer;
    uint8_t *large = arena_alloc(&road.arena, PARCEL_BYTES_MAX + 1);
    assert_status(channels_receive(abroad->channels, OFFICE, (struct bytes){large, PARCEL_BYTES_MAX + 1},
                                   &road.arena, &answer),
                  STATUS_TOO_LARGE);
    assert_status(channels_receive(abroad->channels, OFFICE, bytes_of(T("hello")), &road.arena, &answer),
                  STATUS_INVALID);
    assert_int_equal(give(abroad, bytes_of(T("hello"))).refusal, REFUSED_FORM);
}

// ---- an operator with the whole ledger, all its keys but the mapping

static bool has_bytes(struct bytes in, const void *what, size_t n) {
    return memmem(in.p, in.n, what, n) != NULL;
}

static void an_operator_without_the_mapping_learns_nothing(void **state) {
    (void)state;
    static const char *const SAID[] = {"TCH_SENT", "ASY_LODGED", "TRF_DONE"};
    for (size_t i = 0; i < 3; i++) tell(office, bilateral, SAID[i], NULL);
    tell(office, wide, "ASY_LODGED", NULL);
    (void)round_of(office);
    struct channel_items said = read_channel(abroad, bilateral);
    assert_int_equal(said.count, 3);
    struct db *db;
    struct journal_copy *copies;
    size_t count, sealed_bytes = 0;
    assert_ok(store_reader(abroad->store, &db));
    assert_ok(journal_copies(abroad->journal, db, 0, 1000, &road.arena, &copies, &count));
    store_reader_release(abroad->store, db);
    for (size_t i = 0; i < count; i++) {
        struct bytes b = copies[i].bytes, message = event_bytes(&copies[i].event, "message");
        for (size_t k = 0; k < 2; k++) {
            const struct channel_ground *g = ground_of(k ? wide : bilateral);
            assert_false(has_bytes(b, g->channel.b, CHANNEL_BYTES));
            assert_false(has_bytes(b, g->key.b, KEY_BYTES));
        }
        for (size_t k = 0; k < said.count; k++)
            assert_false(has_bytes(b, said.items[k].id.b, EVENT_ID_BYTES));
        assert_int_equal(copies[i].event.stream, 0); // no case
        if (!message.n) continue;
        struct sealed s;
        struct slot_content slot;
        assert_ok(sealed_read(message, &s));
        if (s.slot_count == 2 && sealed_bytes) assert_int_equal(s.body.n, sealed_bytes); // all look alike
        sealed_bytes = s.body.n;
        // The authority's own keys lead to the channel's number, and without the case key to no word.
        assert_ok(sealed_slot_open(&s, &abroad->own, &slot));
        struct bytes event;
        struct key guess = {{0}};
        assert_status(sealed_open(&s, &slot, &guess, &road.arena, &event), STATUS_CORRUPT);
    }
}

// ---- rules of plausibility: they mark, and block nothing

static const struct channel_item *last_of(struct house *h, int64_t own) {
    struct channel_items items = read_channel(h, own);
    assert_true(items.count > 0);
    const struct channel_item *last = arena_copy(&h->arena, &items.items[items.count - 1], sizeof *last);
    return last;
}

static void assert_mark(struct house *h, int64_t own, enum channel_mark mark, const char *rule) {
    const struct channel_item *last = last_of(h, own);
    assert_int_equal(last->mark, mark);
    assert_text(last->rule, rule);
}

static void an_implausible_event_is_marked_at_both_ends_and_arrives(void **state) {
    (void)state;
    tell(office, bilateral, "TCH_SENT", NULL);
    (void)round_of(office);
    struct event_id asked = last_of(abroad, bilateral)->id;
    assert_mark(abroad, bilateral, CHANNEL_FINE, "");
    tell(office, bilateral, "TCH_TACIT", &asked); // the other side still has time
    (void)round_of(office);
    assert_mark(office, bilateral, CHANNEL_REJECT, "tacit_too_early");
    assert_mark(abroad, bilateral, CHANNEL_REJECT, "tacit_too_early");
    time_passes(&road, 61 * (int64_t)DAY_MS);
    tell(office, bilateral, "TCH_TACIT", &asked); // silence until the day was over
    (void)round_of(office);
    assert_mark(abroad, bilateral, CHANNEL_FINE, "");
    tell(office, bilateral, "TCH_TACIT", &asked); // only once: the one that was rejected does not count
    (void)round_of(office);
    assert_mark(abroad, bilateral, CHANNEL_REJECT, "tacit_after_answer");
    tell(abroad, bilateral, "TCH_REFUSED", &asked); // too late, and it is heard all the same
    assert_int_equal(round_of(abroad).receipts, 1);
    assert_mark(office, bilateral, CHANNEL_WARN, "answer_late");
    tell(office, bilateral, "TRF_DONE", NULL);
    (void)round_of(office);
    assert_mark(abroad, bilateral, CHANNEL_REJECT, "transfer_without_decision");
    tell(office, bilateral, "TRF_DECIDED", NULL);
    tell(office, bilateral, "TRF_SUSPENDED", NULL);
    tell(office, bilateral, "TRF_DONE", NULL);
    (void)round_of(office);
    assert_mark(abroad, bilateral, CHANNEL_REJECT, "transfer_suspended");
    tell(office, bilateral, "APPEAL_DECIDED", NULL); // the other state hears that nothing holds it any more
    tell(office, bilateral, "TRF_PLANNED", NULL);
    (void)round_of(office);
    assert_mark(abroad, bilateral, CHANNEL_FINE, "");
    tell(abroad, bilateral, "TCH_RECEIVED", &last_of(abroad, bilateral)->id);
    (void)round_of(abroad);
    assert_mark(office, bilateral, CHANNEL_REJECT, "answers_something_else");
}

// Each rule by itself, and what is next to it and breaks none; `facts` as FEEL.
static void each_rule_marks_what_it_names(void **state) {
    static const struct {
        const char *type, *facts, *rule;
        enum channel_mark mark;
    } RULES[] = {
        {"ASY_LODGED", "sees: [\"ASY_REGISTERED\"]", "lodged_before_registered", CHANNEL_WARN},
        {"ASY_LODGED", "before: [\"ASY_REGISTERED\"], sees: [\"ASY_REGISTERED\"]", "", CHANNEL_FINE},
        {"ASY_LODGED", "sees: []", "", CHANNEL_FINE}, // who does not see registrations cannot tell
        {"TBK_TACIT", "answers: {type: \"TBK_SENT\", due_ahead: true}", "tacit_too_early", CHANNEL_REJECT},
        {"TBK_TACIT", "answers: {type: \"TBK_SENT\", due_ahead: false}", "", CHANNEL_FINE},
        {"TBK_TACIT", "answers: {type: \"TBK_SENT\", was_answered: true}", "tacit_after_answer",
         CHANNEL_REJECT},
        {"TCH_TACIT", "answers: {type: \"TCH_SENT\", was_answered: true}", "tacit_after_answer",
         CHANNEL_REJECT},
        {"TBK_CONTESTED", "answers: {type: \"TCH_SENT\"}", "answers_something_else", CHANNEL_REJECT},
        {"TCH_RECEIVED", "answers: {type: \"TBK_SENT\"}", "answers_something_else", CHANNEL_REJECT},
        {"TBK_CONFIRMED", "answers: {type: \"TBK_SENT\", due_over: true}", "answer_late", CHANNEL_WARN},
        {"TCH_REFUSED", "answers: {type: \"TCH_SENT\", was_answered: true}", "answered_twice", CHANNEL_WARN},
        {"TCH_REFUSED", "answers: {type: \"TCH_SENT\", was_answered: false}", "", CHANNEL_FINE},
        {"TRF_PLANNED", "before: [\"TRF_SUSPENDED\"]", "transfer_suspended", CHANNEL_REJECT},
        {"TRF_PLANNED", "before: [\"TRF_SUSPENDED\", \"APPEAL_DECIDED\"]", "", CHANNEL_FINE},
        {"RDM_TACIT", "answers: {type: \"RDM_REQUESTED\", due_ahead: true}", "tacit_too_early",
         CHANNEL_REJECT},
        {"RDM_TACIT", "answers: {type: \"RDM_REQUESTED\", due_ahead: false}", "", CHANNEL_FINE},
        {"RET_DECIDED", "before: [\"ASY_MADE\"], code: \"alone\"", "return_while_right_to_remain",
         CHANNEL_REJECT},
        {"RET_DECIDED", "before: [\"ASY_MADE\"], code: \"joint\"", "", CHANNEL_FINE},
        {"RET_DECIDED", "before: [\"ASY_LODGED\", \"FINAL\"], code: \"alone\"", "", CHANNEL_FINE},
        {"CARD_ISSUED", "sees: [\"RP_DECIDED\"], last_code: {RP_DECIDED: \"refused\"}", "card_without_grant",
         CHANNEL_WARN},
        {"CARD_ISSUED", "sees: [\"RP_DECIDED\"]", "card_without_grant", CHANNEL_WARN},
        {"CARD_ISSUED", "sees: [\"RP_DECIDED\"], last_code: {RP_DECIDED: \"granted\"}", "", CHANNEL_FINE},
        {"ASY_INTERVIEW_DONE", "before: [\"GUARD_REQUESTED\"], code: \"ok\"", "interview_before_guardian",
         CHANNEL_WARN},
        {"ASY_INTERVIEW_DONE", "before: [\"GUARD_REQUESTED\"], code: \"missed\"", "", CHANNEL_FINE},
        {"ASY_INTERVIEW_DONE", "before: [\"GUARD_REQUESTED\", \"GUARD_PROVISIONAL\"], code: \"ok\"", "",
         CHANNEL_FINE},
        {"DET_REVIEWED", "overdue: [\"DET_ORDERED\"]", "review_late", CHANNEL_WARN},
        {"DET_EXTENDED", "overdue: [\"DET_EXTENDED\"]", "review_late", CHANNEL_WARN},
        {"DET_RELEASED", "overdue: [\"DET_REVIEW_DUE\"]", "review_late", CHANNEL_WARN},
        {"DET_REVIEWED", "overdue: [\"TCH_SENT\"]", "", CHANNEL_FINE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++) {
        static const char USUAL[] =
            "code: null, before: [], last_code: {RP_DECIDED: null}, sees: [], answers: null, overdue: []";
        struct text source = text_printf(&road.arena, "context merge([{%s}, {%s}, {type: \"%s\"}])", USUAL,
                                         RULES[i].facts, RULES[i].type);
        const struct feel_expression *e;
        const struct feel_now now = {NOON, T("UTC")};
        struct feel_value event, found, in = feel_empty_context();
        assert_non_null(exchange_type_named(&road.federation.law, text_of(RULES[i].type)));
        assert_ok(feel_parse(&road.arena, source, FEEL_EXPRESSION, NULL, &e, NULL));
        assert_ok(feel_eval(e, NULL, &now, &road.arena, &event, NULL));
        assert_int_equal(event.kind, FEEL_CONTEXT);
        feel_put(&road.arena, &in, T("event"), event);
        assert_ok(dmn_evaluate(road.federation.law.plausibility, T("plausibility"), &in, &now, &road.arena,
                               &found, NULL));
        struct feel_value one =
            found.kind == FEEL_LIST && found.list.count ? found.list.items[0] : feel_null();
        struct feel_value rule = feel_get(&one, T("rule")), mark = feel_get(&one, T("mark"));
        assert_text(feel_text(&rule), RULES[i].rule);
        assert_text(feel_text(&mark), RULES[i].mark == CHANNEL_REJECT ? "REJECT"
                                      : RULES[i].mark == CHANNEL_WARN ? "WARN"
                                                                      : "");
    }
}

int main(void) {
    crypto_start();
    log_level_set(LOG_NOTHING);
#define ATTACK(name) cmocka_unit_test_setup(name, begin)
#define ALONE(name) cmocka_unit_test_setup_teardown(name, begin_alone, end)
    const struct CMUnitTest tests[] = {
        ATTACK(a_replayed_event_gets_the_same_receipt_and_no_second_place),
        ATTACK(reordered_events_are_put_in_order),
        ATTACK(a_dropped_event_is_noticed_and_sent_again),
        ATTACK(a_forged_event_is_refused),
        ATTACK(two_events_with_one_number_are_a_fork),
        ATTACK(a_member_without_a_part_reads_nothing),
        ATTACK(a_member_for_whom_it_is_not_cannot_open_it),
        ATTACK(who_has_no_part_in_a_channel_cannot_write_on_it),
        ATTACK(an_event_that_the_law_does_not_allow_leaves_its_hash_only),
        ATTACK(a_poisoned_schema_at_one_end_is_noticed_at_the_other),
        ATTACK(a_clock_that_is_ahead_is_noticed),
        ATTACK(parcels_that_are_none_are_refused),
        ATTACK(an_operator_without_the_mapping_learns_nothing),
        ATTACK(an_implausible_event_is_marked_at_both_ends_and_arrives),
        ATTACK(each_rule_marks_what_it_names),
        ALONE(a_receiver_that_went_back_gets_it_again),
        ALONE(a_stolen_key_is_refused_from_its_revocation_on),
        ALONE(a_flood_is_slowed_and_harms_nobody_else),
        ALONE(a_member_that_is_away_fills_its_own_queue_only),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, end);
}
