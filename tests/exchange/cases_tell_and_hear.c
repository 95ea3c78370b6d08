// What is done in a case is told by the law to those that may read it, and what another authority tells is
// done in the case: once, in order, also after a crash.
#include "exchange/channels.h"
#define HOUSE_MORE_TYPES exchange_event_types
#define HOUSE_MORE_ROOMS &EXCHANGE_MIGRATIONS
#define HOUSE_TELLS channels_told
#include "cases/story.h"
#include "federation.h"

enum { THEIR_CASE = 99, LINKS_MAX = 8 };

// ---- two authorities: ours has cases; of the other one only its channels are looked at

struct link { // a channel of a case
    int64_t own;
    struct channel_ground ground;
    bool is_closed;
};
static struct house h;
static struct federation all;
static struct link links[LINKS_MAX];
static size_t link_count;
static int64_t restricted; // our case that is told nothing and hears nothing now
static struct end {
    uint32_t code;
    struct own own;
    char dir[64];
    struct store *store;
    struct journal *journal;
    struct channels *channels;
    struct carrier carrier;
} ours, theirs;

static enum status of_case(void *context, int64_t own, struct channel_grounds *out) {
    const struct end *e = context;
    out->count = 0;
    if (e == &ours && own == restricted) return STATUS_REFUSED;
    for (size_t i = 0; i < link_count; i++) {
        const struct link *l = &links[i];
        bool is_it = e == &ours ? l->own == own && !l->is_closed : channel_has_member(&l->ground, e->code);
        if (is_it) out->items[out->count++] = l->ground;
    }
    return out->count ? STATUS_OK : STATUS_NOT_FOUND;
}

static enum status of_channels(void *context, struct channel_ask *asks, size_t count) {
    for (size_t i = 0; i < count; i++) {
        asks[i].status = STATUS_NOT_FOUND;
        for (size_t k = 0; k < link_count; k++) {
            const struct link *l = &links[k];
            if (memcmp(&l->ground.channel, &asks[i].channel, sizeof l->ground.channel) != 0) continue;
            asks[i].status = STATUS_OK;
            asks[i].ground = l->ground;
            asks[i].own = context == &ours ? l->own : THEIR_CASE;
            asks[i].is_open = !l->is_closed;
            asks[i].is_restricted = l->own == restricted;
        }
    }
    return STATUS_OK;
}

static enum status carry(void *context, const struct member *to, struct bytes parcel, struct arena *a,
                         struct bytes *answer) {
    struct end *from = context, *there = from == &ours ? &theirs : &ours;
    if (to->code != there->code) return STATUS_IO; // nobody is there
    return channels_receive(there->channels, from->code, parcel, a, answer);
}

static const struct carrier *carrier_for(void *context, const struct member *to) {
    (void)to;
    return &((struct end *)context)->carrier;
}

static void open_channels(struct end *e, struct journal *j, struct cases *cases) {
    struct channels_options o = {.own = &e->own,
                                 .law = &all.law,
                                 .book = {e, of_case, of_channels},
                                 .cases = cases,
                                 .carrier_for = carrier_for,
                                 .context = e};
    e->carrier = (struct carrier){.context = e, .send = carry};
    assert_ok(channels_open(j, &o, &e->channels));
}

static enum status take_members(struct write *w, void *argument, struct problem *p) {
    return members_take(w, 1, argument, p);
}

static void open_theirs(void) {
    static const struct migrations *const ROOMS[] = {&JOURNAL_MIGRATIONS, &EXCHANGE_MIGRATIONS};
    snprintf(theirs.dir, sizeof theirs.dir, "/tmp/ostia-abroad-XXXXXX");
    struct store_options so = {
        .dir = mkdtemp(theirs.dir), .create = true, .rooms = ROOMS, .room_count = 2, .fleeting = true};
    struct journal_options jo = {exchange_event_types, T("abroad.example/log")};
    assert_ok(store_open(&h.fixed.env, &so, &theirs.store, NULL));
    assert_ok(journal_open(theirs.store, &h.fixed.env, &jo, &theirs.journal, NULL));
    assert_ok(journal_write(theirs.journal, take_members, &all.members, &h.arena, NULL));
    open_channels(&theirs, theirs.journal, NULL);
}

static void begin(void) {
    federation_open(&all);
    link_count = 0;
    restricted = 0;
    house_new(&h);
    assert_ok(journal_write(h.journal, take_members, &all.members, &h.arena, NULL));
    ours = (struct end){.code = OFFICE, .own = {OFFICE, &all.secrets[0], 1}};
    theirs = (struct end){.code = ABROAD, .own = {ABROAD, &all.secrets[2], 1}};
    open_channels(&ours, h.journal, h.cases);
    open_theirs();
}

static void end(void (*close)(struct house *)) {
    char command[128];
    channels_close(ours.channels);
    channels_close(theirs.channels);
    store_close(theirs.store);
    journal_close(theirs.journal);
    snprintf(command, sizeof command, "rm -rf %s", theirs.dir);
    assert_int_equal(system(command), 0);
    close(&h);
    federation_close(&all);
}

// The power goes off and comes back: what was not durable is gone.
static void we_start_again(void) {
    channels_close(ours.channels);
    house_close(&h);
    house_open(&h);
    open_channels(&ours, h.journal, h.cases);
}

static struct link *link_to(int64_t own, uint32_t other) {
    struct link *l = &links[link_count++];
    *l = (struct link){.own = own, .ground = {.epoch = 1, .members = {OFFICE, other}, .member_count = 2}};
    memset(l->ground.channel.b, (int)link_count, sizeof l->ground.channel.b);
    memset(l->ground.key.b, (int)link_count, sizeof l->ground.key.b);
    return l;
}

static struct channels_round round_of(struct end *e) {
    struct channels_round r;
    assert_ok(channels_round(e->channels, &r));
    return r;
}

static void hours_pass(int64_t hours) {
    pass_hours(&h, hours);
    ticked(&h);
}

// "TCH_SENT TCH_ACCEPTED": what one end knows of a channel.
static const char *said(struct end *e, const struct link *l, struct channel_items *items) {
    struct out o = {.arena = &h.arena};
    struct db *db;
    struct store *s = e == &ours ? h.store : theirs.store;
    assert_ok(store_reader(s, &db));
    assert_ok(channel_read(db, &all.law, &l->ground, &h.arena, items));
    store_reader_release(s, db);
    for (size_t i = 0; i < items->count; i++) {
        if (i) out_byte(&o, ' ');
        out_text(&o, items->items[i].type->name);
        assert_int_equal(items->items[i].mark, CHANNEL_FINE);
    }
    return text_c(&h.arena, out_done(&o));
}
static void assert_said(struct end *e, const struct link *l, const char *wanted) {
    struct channel_items items;
    assert_string_equal(said(e, l, &items), wanted);
}

// ---- what the other authority tells

struct telling {
    struct text key;
    struct channel_event event;
};
static enum status tell_job(struct db *tx, void *arg) {
    struct telling *t = arg;
    return channels_tell(tx, t->key, &t->event);
}
static void they_tell(const char *type, const char *answers) {
    static int count;
    const struct exchange_type *t = exchange_type_named(&all.law, text_of(type));
    struct telling telling = {text_printf(&h.arena, "test:%08d", ++count),
                              {.own = THEIR_CASE,
                               .type = t,
                               .code = t->code_count ? &t->codes[0] : NULL,
                               .at = h.fixed.at,
                               .answers = exchange_type_named(&all.law, text_of(answers))}};
    assert_ok(store_write(theirs.store, tell_job, &telling));
}

// ---- our case

static int64_t task_of(int64_t id, const char *element) {
    struct case_file f;
    open_file(&h, OFFICER, "asylum_examination", id, &f);
    for (size_t i = 0; i < f.tasks.count; i++)
        if (text_eq(f.tasks.items[i].element, text_of(element))) return f.tasks.items[i].task;
    return 0;
}

static void done(int64_t id, const char *element, const char *const answers[][2]) {
    int64_t task = task_of(id, element);
    if (!task) fail_msg("not at %s", element);
    DO(&h, OFFICER, .kind = COMMAND_COMPLETE_TASK, .case_id = id,
       .complete_task = {task, answers_of(&h.arena, answers)});
}

// The officer is about to ask the other state to take charge.
static int64_t to_be_asked(void) {
    static const char *const LAW[][2] = {{"law", "ammr"}, {"note", "In the file."}, {0}};
    static const char *const CRITERIA[][2] = {
        {"criterion", "visa"},    {"request", "take_charge"},        {"state", "DEU"},
        {"basis", "vis_hit"},     {"hit_on", "2026-11-21"},          {"detained", "no"},
        {"evidence", "The visa"}, {"in_best_interests", "no_child"}, {0}};
    int64_t id = ready_for_interview(&h);
    DO(&h, OFFICER, .kind = COMMAND_CHOOSE_TRACK, .case_id = id,
       .choose_track = {T("responsibility"), T("A visa of the other state.")});
    done(id, "open_responsibility", LAW);
    int64_t appointment = booked(&h, id);
    hours_pass(49);
    heard(&h, id, appointment);
    done(id, "assess_criteria", CRITERIA);
    assert_true(round_of(&ours).failed > 0); // nobody has a part in it yet: what was told is over
    assert_int_equal(round_of(&ours).failed, 0);
    return id;
}
static void asked(int64_t id) {
    static const char *const SENT[][2] = {{"reference", "DE-1"}, {"sent_on", "2026-11-22"}, {0}};
    done(id, "send_take_charge", SENT);
}

static bool awaits_reply(int64_t id) {
    struct case_file f;
    open_file(&h, OFFICER, "asylum_examination", id, &f);
    for (size_t i = 0; i < f.awaited.count; i++)
        if (text_eq(f.awaited.items[i].name, T("responsibility_reply"))) return true;
    return false;
}

static const struct sql ROWS =
    SQL("test_rows", "select count(*) from outbox where way = 'exchange' or way = 'heard'");
static int64_t rows_left(void) {
    struct db *db;
    int64_t n;
    assert_ok(store_reader(h.store, &db));
    assert_ok(DB_INT(db, &n, &ROWS));
    store_reader_release(h.store, db);
    return n;
}

// ---- stories

static void a_request_is_told_and_the_answer_drives_the_case(void **state) {
    struct channel_items items;
    (void)state;
    begin();
    int64_t id = to_be_asked();
    struct link *bilateral = link_to(id, ABROAD), *national = link_to(id, RECEPTION);
    asked(id);
    assert_true(awaits_reply(id));
    assert_int_equal(round_of(&ours).receipts, 1);
    assert_said(&theirs, bilateral, "TCH_SENT");
    assert_said(&ours, national, ""); // reception may not read it
    said(&theirs, bilateral, &items);
    assert_text(items.items[0].code->name, "visa");
    // The last day of the reply clock here, as a day without a zone.
    struct moment last = clock_of(&h, id, "take_charge_reply_hit").due;
    struct zone const *brussels;
    assert_ok(zone_find(T("Europe/Brussels"), &brussels));
    assert_int_equal(items.items[0].due.ms / 86400000,
                     date_to_days(zone_date(brussels, (struct moment){last.ms - 1})));

    they_tell("TCH_RECEIVED", "TCH_SENT"); // no process waits for that: it is shown
    they_tell("TCH_ACCEPTED", "TCH_SENT");
    assert_int_equal(round_of(&theirs).receipts, 2);
    assert_true(awaits_reply(id)); // it has come, and the power goes off before it is heard
    we_start_again();
    assert_int_equal(round_of(&ours).heard, 2);
    assert_false(awaits_reply(id));
    assert_true(task_of(id, "propose_decision") != 0);
    assert_int_equal(round_of(&ours).heard, 0);
    assert_said(&ours, bilateral, "TCH_SENT TCH_RECEIVED TCH_ACCEPTED");
    assert_int_equal(rows_left(), 0); // nothing leads from a message to the case
    end(story_ends);
}

static void silence_becomes_acceptance_and_the_letter_is_committed_to(void **state) {
    (void)state;
    begin();
    int64_t id = to_be_asked();
    struct link *bilateral = link_to(id, ABROAD), *national = link_to(id, RECEPTION);
    asked(id);
    (void)round_of(&ours);
    for (int day = 0; day < 60 && awaits_reply(id); day++) hours_pass(24);
    (void)round_of(&ours);
    assert_said(&theirs, bilateral, "TCH_SENT TCH_TACIT"); // not too early for either of us
    DO(&h, OFFICER, .kind = COMMAND_PROPOSE_DECISION, .case_id = id,
       .propose_decision = proposal(id, "transfer").propose_decision);
    DO(&h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id,
       .sign_decision = {.decision = h.result.made});
    (void)round_of(&ours);
    assert_said(&theirs, bilateral, "TCH_SENT TCH_TACIT"); // the letter is not there yet
    assert_ok(cases_render_letter(h.cases, newest_letter(&h, id, "decision_transfer"), &h.problem));
    (void)round_of(&ours);
    assert_said(&theirs, bilateral, "TCH_SENT TCH_TACIT TRF_DECIDED");
    assert_said(&ours, national, "TRF_DECIDED"); // each channel its part
    end(house_end);
}

static void what_must_not_drive_a_case_does_not(void **state) {
    struct channel_items items;
    (void)state;
    begin();
    int64_t id = to_be_asked();
    struct link *l = link_to(id, ABROAD);
    asked(id);
    (void)round_of(&ours);
    they_tell("TCH_RECEIVED", "TCH_SENT");
    they_tell("TCH_ACCEPTED", "TCH_RECEIVED"); // answers something else: rules reject it
    (void)round_of(&theirs);
    assert_int_equal(round_of(&ours).heard, 1);
    assert_true(awaits_reply(id));
    l->is_closed = true; // a wrong link: two people's events are on it
    they_tell("TCH_ACCEPTED", "TCH_SENT");
    (void)round_of(&theirs);
    assert_int_equal(round_of(&ours).heard, 0);
    assert_true(awaits_reply(id));
    l->is_closed = false;
    restricted = id; // nothing is done with it now, and nothing is lost
    they_tell("TCH_ACCEPTED", "TCH_SENT");
    (void)round_of(&theirs);
    assert_int_equal(round_of(&ours).unheard, 1);
    assert_true(awaits_reply(id));
    restricted = 0;
    pass_hours(&h, 1);
    assert_int_equal(round_of(&ours).heard, 1);
    assert_false(awaits_reply(id));
    struct db *db;
    assert_ok(store_reader(h.store, &db));
    assert_ok(channel_read(db, &all.law, &l->ground, &h.arena, &items));
    store_reader_release(h.store, db);
    assert_int_equal(items.count, 5); // all of it is there to be seen
    end(house_end);
}

int main(void) {
    crypto_start();
    log_level_set(LOG_NOTHING);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_told_and_the_answer_drives_the_case),
        cmocka_unit_test(silence_becomes_acceptance_and_the_letter_is_committed_to),
        cmocka_unit_test(what_must_not_drive_a_case_does_not),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
