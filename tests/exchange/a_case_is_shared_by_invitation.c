// An office invites another state's unit to a case: told as little as the ground allows, answered by a
// person, corrected when the link was wrong, and forgotten on both sides with receipts.
#include "exchange/circles.h"
#define HOUSE_MORE_TYPES exchange_event_types
#define HOUSE_MORE_ROOMS &EXCHANGE_MIGRATIONS
#define HOUSE_TELLS channels_told
#include "cases/story.h"
#include "federation.h"

static const struct privacy_reader KEEPER = {.who = T("keeper"),
                                             .powers = PRIVACY_MAY_KEEP | PRIVACY_MAY_MAP,
                                             .purpose = PRIVACY_FOR_OPERATION,
                                             .ground = T("retention")};

static struct federation all;
static struct side {
    struct house h;
    uint32_t code;
    struct own own;
    struct privacy *privacy;
    struct carrier carrier;
    struct circles circles;
    struct look look;
} office, abroad;

static enum status carry(void *context, const struct member *to, struct bytes parcel, struct arena *a,
                         struct bytes *answer) {
    struct side *from = context, *there = from == &office ? &abroad : &office;
    if (to->code != there->code) return STATUS_IO;
    return channels_receive(there->circles.channels, from->code, parcel, a, answer);
}

static const struct carrier *carrier_for(void *context, const struct member *to) {
    (void)to;
    return &((struct side *)context)->carrier;
}

static void open_privacy(struct side *s, size_t at) {
    struct problem p = {0};
    struct privacy_options o = {.dir = text_c(&s->h.arena, text_printf(&s->h.arena, "%s/privacy", s->h.dir)),
                                .authority = s->code,
                                .zone = T("Europe/Brussels"),
                                .create = true};
    if (privacy_open(&s->h.fixed.env, &o, &s->privacy, &p)) fail_msg("privacy: %s", p.rule);
    struct member_key *k = &all.members.items[at].keys[0];
    k->has_privacy = true;
    privacy_public_key(s->privacy, k->privacy);
}

static enum status take_members(struct write *w, void *argument, struct problem *p) {
    return members_take(w, 1, argument, p);
}

static void open_channels(struct side *s, size_t at) {
    s->own = (struct own){s->code, &all.secrets[at], 1};
    s->carrier = (struct carrier){.context = s, .send = carry};
    struct channels_options o = {.own = &s->own,
                                 .law = &all.law,
                                 .book = channel_book_of(s->privacy),
                                 .cases = s->h.cases,
                                 .carrier_for = carrier_for,
                                 .context = s};
    assert_ok(journal_write(s->h.journal, take_members, &all.members, &s->h.arena, NULL));
    s->circles = (struct circles){.cases = s->h.cases, .privacy = s->privacy};
    assert_ok(channels_open(s->h.journal, &o, &s->circles.channels));
}

static int begin(void **state) {
    (void)state;
    log_level_set(LOG_ERROR);
    federation_open(&all);
    office.code = OFFICE;
    abroad.code = ABROAD;
    office.look = abroad.look = (struct look){.purpose = T("asylum_examination")};
    house_new(&office.h);
    house_new(&abroad.h);
    open_privacy(&office, 0);
    open_privacy(&abroad, 2);
    open_channels(&office, 0);
    open_channels(&abroad, 2);
    return 0;
}

static int end(void **state) {
    (void)state;
    struct side *sides[] = {&office, &abroad};
    for (size_t i = 0; i < 2; i++) {
        channels_close(sides[i]->circles.channels);
        privacy_close(sides[i]->privacy);
        story_ends(&sides[i]->h);
    }
    federation_close(&all);
    return 0;
}

// What the courier of the program does: notices become letters.
static void notices_go(struct side *s) {
    struct privacy_outgoings list;
    assert_ok(privacy_outgoing(s->privacy, 100, &s->h.arena, &list));
    for (size_t i = 0; i < list.count; i++) {
        const struct missive_sending m = {
            .to = list.items[i].to, .kind = MISSIVE_NOTICE, .body = list.items[i].notice};
        assert_ok(missives_send(s->circles.channels, &m, 1, NULL));
        assert_ok(privacy_sent(s->privacy, list.items[i].number));
    }
}

static void all_arrives(void) {
    struct channels_round r;
    notices_go(&office);
    notices_go(&abroad);
    for (int i = 0; i < 2; i++) {
        assert_ok(channels_round(office.circles.channels, &r));
        assert_int_equal(r.refused, 0);
        assert_ok(channels_round(abroad.circles.channels, &r));
        assert_int_equal(r.refused, 0);
    }
}

static struct circle_list circles_at(struct side *s, int64_t id) {
    struct actor officer = who(&s->h, OFFICER);
    struct circle_list list;
    assert_ok(circles_of_case(&s->circles, &officer, &s->look, id, &s->h.arena, &list, &s->h.problem));
    return list;
}

static struct invited_list invited_at(struct side *s) {
    struct actor officer = who(&s->h, OFFICER);
    struct invited_list list;
    enum status st = circles_invited(&s->circles, &officer, &s->look, &s->h.arena, &list, &s->h.problem);
    if (st) house_say(&s->h, "invited", st);
    assert_int_equal(st, STATUS_OK);
    return list;
}

static int64_t our_case, their_case, their_other;

static enum status invite(int which, const char *ground, uint32_t code) {
    static const struct text TELLS[] = {T("family_name"), T("given_names"), T("birth_date"), T("religion")};
    struct actor actor = who(&office.h, which);
    const struct circle_new n = {our_case, text_of(ground), &code, 1, TELLS, 4};
    return circle_open(&office.circles, &actor, &office.look, &n, &office.h.problem);
}

static void who_may_invite_whom_is_said_by_the_law(void **state) {
    (void)state;
    our_case = with_officer(&office.h);
    assert_status(invite(OTHER_APPLICANT, "take_charge", ABROAD), STATUS_REFUSED);
    assert_status(invite(OFFICER, "curiosity", ABROAD), STATUS_INVALID);
    assert_string_equal(office.h.problem.text_key, "problem.circle.ground");
    assert_status(invite(OFFICER, "reception", ABROAD), STATUS_INVALID);
    assert_string_equal(office.h.problem.text_key, "problem.circle.not_of_ground");
    assert_int_equal(circles_at(&office, our_case).count, 0);
    assert_ok(invite(OFFICER, "take_charge", ABROAD));
}

static void the_other_side_is_told_what_was_chosen_and_joins(void **state) {
    (void)state;
    all_arrives();
    struct circle_list ours = circles_at(&office, our_case);
    assert_int_equal(ours.count, 1);
    assert_int_equal(ours.items[0].members.items[1].state, MISSIVE_ARRIVED);
    struct invited_list list = invited_at(&abroad);
    assert_int_equal(list.count, 1);
    const struct invitation *i = &list.items[0].invitation;
    assert_int_equal(i->value_count, 3);
    assert_true(invitation_value(i, T("family_name")).n > 0);
    assert_int_equal(invitation_value(i, T("nationality")).n, 0);
    their_case = with_officer(&abroad.h);
    struct actor applicant = who(&abroad.h, OTHER_APPLICANT), officer = who(&abroad.h, OFFICER);
    assert_int_not_equal(
        circle_join(&abroad.circles, &applicant, &abroad.look, &list.items[0].name, their_case, NULL),
        STATUS_OK);
    assert_ok(circle_join(&abroad.circles, &officer, &abroad.look, &list.items[0].name, their_case, NULL));
    all_arrives();
    assert_int_equal(invited_at(&abroad).count, 0);
    assert_int_equal(circles_at(&office, our_case).items[0].members.items[1].state, MISSIVE_ACCEPTED);
    assert_int_equal(circles_at(&abroad, their_case).count, 1);
}

static void a_new_key_is_taken_without_a_person_and_from_the_coordinator_alone(void **state) {
    (void)state;
    struct privacy_mappings list;
    struct privacy_mapping m;
    struct arena *a = &office.h.arena;
    struct privacy_reader by = KEEPER;
    by.purpose = PRIVACY_FOR_EXCHANGE;
    assert_ok(privacy_channels_of(office.privacy, &by, our_case, a, &list, NULL));
    assert_ok(privacy_rotate(office.privacy, &by, &list.items[0].channel, a, &m, NULL));
    struct invitation i = {.channel = m.channel,
                           .key = m.key,
                           .epoch = 2,
                           .coordinator = OFFICE,
                           .members = {OFFICE, ABROAD},
                           .member_count = 2,
                           .delete_after = m.delete_after,
                           .article = m.ground};
    const struct channel_book book = channel_book_of(abroad.privacy);
    i.coordinator = ABROAD;
    assert_status(book.renew(book.context, &i), STATUS_REFUSED);
    i.coordinator = OFFICE;
    struct missive_sending s = {.to = ABROAD, .kind = MISSIVE_INVITATION, .body = invitation_print(&i, a)};
    assert_ok(missives_send(office.circles.channels, &s, 1, NULL));
    all_arrives();
    assert_int_equal(invited_at(&abroad).count, 0);
    assert_ok(privacy_channels_of(abroad.privacy, &by, their_case, a, &list, NULL));
    assert_int_equal(list.items[0].epoch, 2);
    assert_memory_equal(list.items[0].key.b, m.key.b, KEY_BYTES);
}

static bool was_corrected(struct side *s, int64_t id) {
    struct privacy_mappings list;
    struct channel_items items;
    struct db *db;
    struct privacy_reader by = KEEPER;
    by.purpose = PRIVACY_FOR_EXCHANGE;
    assert_ok(privacy_channels_of(s->privacy, &by, id, &s->h.arena, &list, NULL));
    const struct privacy_mapping *m = &list.items[list.count - 1];
    struct channel_ground g = {.channel = m->channel, .epoch = m->epoch, .key = m->key, .member_count = 2};
    memcpy(g.members, m->members, 2 * sizeof *m->members);
    assert_ok(store_reader(s->h.store, &db));
    assert_ok(channel_read(db, &all.law, &g, &s->h.arena, &items));
    store_reader_release(s->h.store, db);
    return items.count && text_eq(items.items[items.count - 1].type->name, T("CORRECTION"));
}

static void a_wrong_link_is_corrected_and_the_others_are_told(void **state) {
    (void)state;
    struct actor officer = who(&abroad.h, OFFICER);
    their_other = with_officer(&abroad.h);
    assert_status(circle_correct(&abroad.circles, &officer, &abroad.look, their_case, 1, their_case, NULL),
                  STATUS_INVALID);
    assert_ok(circle_correct(&abroad.circles, &officer, &abroad.look, their_case, 1, their_other,
                             &abroad.h.problem));
    all_arrives();
    assert_true(was_corrected(&office, our_case));
    assert_false(circles_at(&office, our_case).items[0].is_open);
    struct circle_list wrong = circles_at(&abroad, their_case), right = circles_at(&abroad, their_other);
    assert_int_equal(wrong.count, 1);
    assert_true(wrong.items[0].is_open);
    assert_false(wrong.items[0].members.items[0].is_invited); // nobody is told of that person by itself
    assert_int_equal(right.count, 2);
    struct invited_list list = invited_at(&office);
    assert_int_equal(list.count, 1);
    officer = who(&office.h, OFFICER);
    assert_ok(circle_join(&office.circles, &officer, &office.look, &list.items[0].name, our_case, NULL));
    all_arrives();
    assert_int_equal(circles_at(&office, our_case).count, 2);
}

static void declined_it_says_why(void **state) {
    (void)state;
    struct actor officer = who(&abroad.h, OFFICER);
    assert_ok(invite(OFFICER, "take_back", ABROAD));
    all_arrives();
    struct invited_list list = invited_at(&abroad);
    assert_int_equal(list.count, 1);
    assert_status(
        circle_decline(&abroad.circles, &officer, &abroad.look, &list.items[0].name, T("no mood"), NULL),
        STATUS_INVALID);
    assert_ok(
        circle_decline(&abroad.circles, &officer, &abroad.look, &list.items[0].name, T("not_found"), NULL));
    all_arrives();
    const struct circle_member *m = &circles_at(&office, our_case).items[0].members.items[1];
    assert_int_equal(m->state, MISSIVE_DECLINED);
    assert_true(text_eq(m->reason, T("not_found")));
}

static void closed_by_its_sender_an_invitation_ends(void **state) {
    (void)state;
    struct actor officer = who(&office.h, OFFICER);
    int64_t other = with_officer(&office.h);
    assert_ok(invite(OFFICER, "readmission", ABROAD));
    assert_status(invite(OFFICER, "readmission", ABROAD), STATUS_INVALID);
    assert_string_equal(office.h.problem.rule, "already");
    all_arrives();
    assert_int_equal(invited_at(&abroad).count, 1);
    int32_t phase = circles_at(&office, our_case).items[0].phase;
    assert_ok(circle_correct(&office.circles, &officer, &office.look, our_case, phase, other, NULL));
    all_arrives();
    struct invited_list list = invited_at(&abroad);
    assert_int_equal(list.count, 1); // that of the right case
    officer = who(&abroad.h, OFFICER);
    assert_ok(
        circle_decline(&abroad.circles, &officer, &abroad.look, &list.items[0].name, T("not_found"), NULL));
    all_arrives();
}

static void years_later_both_forget_and_the_receipts_are_there(void **state) {
    (void)state;
    struct privacy_receipts missing;
    size_t deleted;
    all_arrives();
    pass_hours(&office.h, 24 * 366 * 6);
    assert_ok(privacy_delete_due(office.privacy, &KEEPER, 100, &deleted, NULL));
    assert_true(deleted >= 3);
    assert_ok(privacy_receipts(office.privacy, &KEEPER, true, 100, &office.h.arena, &missing, NULL));
    assert_true(missing.count > 0);
    pass_hours(&abroad.h, 24 * 366 * 6);
    all_arrives();
    assert_ok(privacy_delete_due(abroad.privacy, &KEEPER, 100, &deleted, NULL));
    all_arrives();
    assert_int_equal(circles_at(&abroad, their_other).count, 0);
    assert_int_equal(circles_at(&office, our_case).count, 0);
    assert_ok(privacy_receipts(office.privacy, &KEEPER, true, 100, &office.h.arena, &missing, NULL));
    assert_int_equal(missing.count, 0); // who declined has none of it, and says so
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_may_invite_whom_is_said_by_the_law),
        cmocka_unit_test(the_other_side_is_told_what_was_chosen_and_joins),
        cmocka_unit_test(a_new_key_is_taken_without_a_person_and_from_the_coordinator_alone),
        cmocka_unit_test(a_wrong_link_is_corrected_and_the_others_are_told),
        cmocka_unit_test(declined_it_says_why),
        cmocka_unit_test(closed_by_its_sender_an_invitation_ends),
        cmocka_unit_test(years_later_both_forget_and_the_receipts_are_there),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
