// A hotel notifies its guests: one by one on a form, or a night in one file. A file with mistakes counts for
// nothing; its file of mistakes says per row what is wrong, and is sent again as it is when that was put
// right.
#define HOUSE_MORE_ROOMS &REGISTERS_MIGRATIONS
#define HOUSE_MORE_TYPES registers_event_types
#include "registers/import.h"
#include "registers/registers.h"
#include "registers/retention.h"

#include "../cases/story.h"

static struct look RESIDENCE = {.purpose = {"residence", 9}};
#define HEAD                                                                                                 \
    "provider_no,sequence_no,stay_kind,town,arrived_on,guests[0].family_name,guests[0].birth_date,guests[0]" \
    ".nationality"

struct town {
    struct house h;
    struct registers *registers;
    struct actor clerk;
};

static void town_new(struct town *t) {
    struct registers_options o = {T("Europe/Brussels")};
    memset(t, 0, sizeof *t);
    house_new(&t->h);
    assert_ok(registers_open(t->h.journal, t->h.cases, &o, &t->registers, &t->h.problem));
    t->clerk = (struct actor){.account = t->h.account[OFFICER],
                              .kind = ACTOR_STAFF,
                              .roles = {T("municipality")},
                              .role_count = 1,
                              .second_factor = true,
                              .language = T("en"),
                              .public_code = T("M-1")};
}

static void town_ends(struct town *t) {
    registers_close(t->registers);
    story_ends(&t->h);
}

static size_t known(struct town *t, const char *number) {
    struct entry_list list;
    struct entry_filter f = {.register_id = T("stay"), .text = text_of(number), .limit = 50};
    assert_ok(registers_find(t->registers, &t->clerk, &RESIDENCE, &f, &t->h.arena, &list, &t->h.problem));
    return list.count;
}

static struct import_view sent(struct town *t, struct text file) {
    struct import_order o = {.look = RESIDENCE, .register_id = T("stay"), .name = T("night.csv")};
    struct import_writer *w;
    struct import_view v;
    int64_t import;
    bool done = true;
    assert_ok(registers_import_begin(t->registers, &t->clerk, &o, &w, &t->h.problem));
    assert_ok(registers_import_write(w, bytes_of(file)));
    assert_ok(registers_import_end(&w, &import, &t->h.problem));
    while (done) assert_ok(registers_work(t->registers, &done));
    assert_ok(registers_import(t->registers, &t->clerk, &RESIDENCE, import, &t->h.arena, &v, &t->h.problem));
    return v;
}

static struct text mistakes(struct town *t, int64_t import) {
    struct blob_reader *r;
    char *b = arena_alloc(&t->h.arena, 20000);
    size_t n = 1, all = 0;
    assert_ok(registers_import_errors(t->registers, &t->clerk, &RESIDENCE, import, &r, &t->h.problem));
    for (; n; all += n) assert_ok(blob_read(r, (uint8_t *)b + all, 20000 - all, &n));
    blob_close_read(&r);
    return (struct text){b, all};
}

static struct text instead(struct town *t, struct text in, const char *was, const char *now) {
    size_t at;
    if (!text_find(in, text_of(was), &at)) fail_msg("no %s in " TEXT_FMT, was, TEXT_ARG(in));
    return TEXT_JOIN(&t->h.arena, text_head(in, at), text_of(now), text_slice(in, at + strlen(was), in.n));
}

static void a_night_with_mistakes_is_put_right(void **state) {
    (void)state;
    struct town t;
    size_t at;
    town_new(&t);
    struct import_view v = sent(&t, T(HEAD "\nH-12,1,hotel,Ostend,2026-11-01,Sample,1990-05-01,BRA\n"
                                           "H-12,2,palace,Ostend,2026-11-01,Haddad,1985,SYR\n"
                                           "H-12,3,hotel,,2026-11-01,Novak,1979-02-30,CZE\n"
                                           "H-12,1,hotel,Ostend,2026-11-01,Twice,1990,BRA\n"));
    assert_text(v.state, "failed");
    assert_int_equal(v.rows, 4);
    assert_int_equal(v.wrong, 3);
    assert_int_equal(known(&t, "Ostend"), 0);
    struct text said = mistakes(&t, v.import);
    assert_true(text_starts(said, T("_line,_field,_rule,_way_out," HEAD "\r\n")));
    assert_true(text_find(said, T("3,stay_kind,"), &at));
    assert_true(text_find(said, T("4,\"town, guests[0].birth_date\","), &at));
    assert_true(text_find(said, T("5,*,key_twice,"), &at));
    // put right in that file, and sent again as it is
    said = instead(&t, said, "palace", "hotel");
    said = instead(&t, said, "H-12,3,hotel,,", "H-12,3,hotel,Ostend,");
    said = instead(&t, said, "1979-02-30", "1979-02-28");
    said = instead(&t, said, "H-12,1,hotel,Ostend,2026-11-01,Twice", "H-12,4,hotel,Ostend,2026-11-01,Twice");
    v = sent(&t, said);
    assert_text(v.state, "done");
    assert_int_equal(known(&t, "Ostend"), 4);
    town_ends(&t);
}

static void one_guest_comes_on_a_form(void **state) {
    (void)state;
    static const char *const SAID[][2] = {{"provider_no", "P-7"},       {"sequence_no", "1"},
                                          {"stay_kind", "private"},     {"guests[0].family_name", "Sample"},
                                          {"arrived_on", "2026-11-02"}, {"town", "Ghent"}};
    struct town t;
    struct register_done done = {0};
    town_new(&t);
    struct answers *said = ARENA_NEW(&t.h.arena, struct answers);
    said->arena = &t.h.arena;
    struct register_act act = {
        .kind = ACT_RECORD, .look = RESIDENCE, .register_id = T("stay"), .answers = said};
    for (size_t i = 0; i < 5; i++) assert_ok(answers_set(said, text_of(SAID[i][0]), text_of(SAID[i][1])));
    assert_status(registers_do(t.registers, &t.clerk, &act, NULL, &t.h.arena, &done, &t.h.problem),
                  STATUS_INVALID);
    assert_true(done.problems.count > 0); // nobody knows where
    assert_ok(answers_set(said, text_of(SAID[5][0]), text_of(SAID[5][1])));
    assert_ok(registers_do(t.registers, &t.clerk, &act, NULL, &t.h.arena, &done, &t.h.problem));
    assert_int_equal(known(&t, "Ghent"), 1);
    // the same number once more, also in a file
    assert_status(registers_do(t.registers, &t.clerk, &act, NULL, &t.h.arena, &done, &t.h.problem),
                  STATUS_CONFLICT);
    assert_text(sent(&t, T(HEAD "\nP-7,1,hotel,Ghent,2026-11-03,Other,1990,BRA\n")).state, "failed");
    town_ends(&t);
}

STORIES(cmocka_unit_test(a_night_with_mistakes_is_put_right), cmocka_unit_test(one_guest_comes_on_a_form))
