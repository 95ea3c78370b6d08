// A list comes as one file: with a mistake nothing of it counts, and the file of mistakes says how to go on;
// without, all of it counts at once; the next list takes its place, and one act takes that back.
#include "registers/import.h"
#include "registers/retention.h"
#include "registry.h"

static struct look SUPERVISION = {.purpose = {"supervision", 11}};

static enum status send(struct registry *g, struct import_order o, struct text file, int64_t *import) {
    struct actor a = who(&g->h, BOSS);
    struct import_writer *w;
    o.look = SUPERVISION;
    o.register_id = T("ban");
    g->h.problem = (struct problem){0};
    enum status st = registers_import_begin(g->r, &a, &o, &w, &g->h.problem);
    if (st) return st;
    for (size_t at = 0; at < file.n; at += 1000)
        assert_ok(registers_import_write(w, bytes_of(text_slice(file, at, at + 1000))));
    return registers_import_end(&w, import, &g->h.problem);
}

static void work(struct registry *g) {
    bool done = true;
    while (done) assert_ok(registers_work(g->r, &done));
}

static struct import_view state_of(struct registry *g, int64_t import) {
    struct actor a = who(&g->h, BOSS);
    struct import_view v;
    assert_ok(registers_import(g->r, &a, &SUPERVISION, import, &g->h.arena, &v, &g->h.problem));
    return v;
}

static size_t known(struct registry *g, struct text number) {
    struct entry_list list;
    return found(g, BOSS, "supervision", (struct entry_filter){.number = number}, &list);
}

static int64_t current(struct registry *g) {
    struct entry_list list;
    found(g, BOSS, "supervision", (struct entry_filter){.limit = 1}, &list);
    return list.count_known;
}

static struct text errors_of(struct registry *g, int64_t import) {
    struct actor a = who(&g->h, BOSS);
    struct blob_reader *r;
    char *b = arena_alloc(&g->h.arena, 100000);
    size_t n = 1, all = 0;
    assert_ok(registers_import_errors(g->r, &a, &SUPERVISION, import, &r, &g->h.problem));
    while (n) {
        assert_ok(blob_read(r, (uint8_t *)b + all, 100000 - all, &n));
        all += n;
    }
    blob_close_read(&r);
    return (struct text){b, all};
}

static struct text list_of(struct registry *g, int count, char letter) {
    struct out o = {.arena = &g->h.arena};
    out_c(&o, "\xEF\xBB\xBFnames[0].family;birth;issuing_state;number;kind\r\n");
    for (int i = 0; i < count; i++)
        out_printf(&o, "\"Vogel\";%d;UKR;%c%05d;WANTED\r\n", 1950 + i % 50, letter, i);
    return out_done(&o);
}

static void a_mistake_stops_the_whole_file(void **state) {
    (void)state;
    struct registry g;
    int64_t import;
    size_t at;
    registry_new(&g);
    recorded(&g);
    struct text file = T("names[0].family,birth,nationality,issuing_state,number,kind\n"
                         "Right,1980,UKR,UKR,A1,BAN\n"
                         "\"Wrong, twice\",19801,ATL,UKR,A2,BAN\n"
                         "Taken,1980,SYR,SYR,N123456,BAN\n"
                         "Same,1980,UKR,UKR,a-1,BAN\n"
                         "Short,1980\n"
                         "=cmd|'/c calc'!A1,1980,UKR,UKR,A7,BAN\n");
    assert_ok(send(&g, (struct import_order){.name = T("list.csv")}, file, &import));
    assert_text(state_of(&g, import).state, "received");
    work(&g);
    struct import_view v = state_of(&g, import);
    assert_text(v.state, "failed");
    assert_int_equal(v.rows, 6);
    assert_int_equal(v.wrong, 5);
    assert_int_equal(current(&g), 1);
    struct text said = errors_of(&g, import);
    assert_true(
        text_starts(
            said,
            T("_line,_field,_rule,_way_out,names[0].family,birth,nationality,issuing_state,number,kind\r\n"
              "2,\"\",")) ||
        text_starts(
            said,
            T("_line,_field,_rule,_way_out,names[0].family,birth,nationality,issuing_state,number,kind\r\n"
              "2,,,,Right,1980,UKR,UKR,A1,BAN\r\n")));
    assert_true(text_find(said, T("3,\"birth, nationality\","), &at));
    assert_true(text_find(said, T("\"Wrong, twice\",19801"), &at));
    assert_true(text_find(said, T("4,*,key_taken,"), &at));
    assert_true(text_find(said, T("5,*,key_twice,"), &at));
    assert_true(text_find(said, T("6,*,csv_columns,"), &at));
    assert_true(text_find(said, T("\"'=cmd|'/c calc'!A1\""), &at)); // no formula for whoever opens it
    // The mistakes are put right in that file, and it is sent again as it is.
    said = T("_line,_field,_rule,_way_out,names[0].family,birth,nationality,issuing_state,number,kind\r\n"
             "2,,,,Right,1980,UKR,UKR,A1,BAN\r\n"
             "3,birth,form_date,Look again,\"Wrong, twice\",1980-01,UKR,UKR,A2,BAN\r\n");
    assert_ok(send(&g, (struct import_order){.name = T("list2.csv")}, said, &import));
    work(&g);
    assert_text(state_of(&g, import).state, "done");
    assert_int_equal(current(&g), 3);
    registry_ends(&g);
}

static void a_list_replaces_and_is_taken_back(void **state) {
    (void)state;
    struct registry g;
    int64_t first, second, again;
    registry_new(&g);
    struct import_order o = {.name = T("a.csv"), .replaces = true, .source = T("List of the ministry")};
    assert_ok(send(&g, o, list_of(&g, 450, 'A'), &first));
    work(&g);
    assert_text(state_of(&g, first).state, "done");
    assert_int_equal(current(&g), 450);
    assert_int_equal(send(&g, o, list_of(&g, 450, 'A'), &again), STATUS_CONFLICT);
    assert_int_equal(again, first);
    assert_ok(send(&g, o, list_of(&g, 300, 'B'), &second));
    work(&g);
    assert_int_equal(current(&g), 300);
    assert_int_equal(known(&g, T("A00001")), 0);
    struct actor a = who(&g.h, BOSS);
    assert_int_equal(
        registers_import_act(g.r, &a, &SUPERVISION, second, IMPORT_UNDO, T(""), &g.h.arena, &g.h.problem),
        STATUS_INVALID);
    assert_ok(registers_import_act(g.r, &a, &SUPERVISION, second, IMPORT_UNDO, T("The wrong list was sent"),
                                   &g.h.arena, &g.h.problem));
    assert_int_equal(current(&g), 450);
    assert_int_equal(known(&g, T("A00001")), 1);
    assert_int_equal(known(&g, T("B00001")), 0);
    assert_text(state_of(&g, second).state, "undone");
    assert_ok(send(&g, o, list_of(&g, 300, 'B'), &second)); // may be sent again
    // What was taken back is erased in time.
    struct retention_report report;
    pass_hours(&g.h, 24 * 31);
    assert_ok(registers_retention(g.r, false, &g.h.arena, &report));
    int64_t erased = 0;
    for (size_t i = 0; i < report.lines.count; i++)
        if (text_eq(report.lines.items[i].rule, T("undone"))) erased += report.lines.items[i].count;
    assert_int_equal(erased, 300);
    registry_ends(&g);
}

// Somebody records by hand what a list says, after it was checked, or what an earlier list said, before that
// comes back: of two entries one has the key.
static void nobody_comes_between(void **state) {
    (void)state;
    struct registry g;
    int64_t first, second, third;
    bool done;
    size_t at;
    registry_new(&g);
    struct import_order o = {.name = T("a.csv"), .replaces = true, .source = T("List of the ministry")};
    assert_ok(send(&g, o, list_of(&g, 300, 'A'), &first));
    work(&g);
    assert_ok(send(&g, o, list_of(&g, 450, 'B'), &second));
    assert_ok(registers_work(g.r, &done));
    assert_text(state_of(&g, second).state, "checked");
    struct answers *s = said(&g, BAN);
    assert_ok(answers_set(s, T("issuing_state"), T("UKR")));
    assert_ok(answers_set(s, T("number"), T("B00420")));
    ACT(&g, REGISTRAR, .kind = ACT_RECORD, .register_id = T("ban"), .answers = s);
    work(&g);
    struct import_view v = state_of(&g, second);
    assert_text(v.state, "failed");
    assert_int_equal(v.wrong, 1);
    struct text errors = errors_of(&g, second);
    assert_true(text_find(errors, T("\n422,*,key_taken,"), &at));
    assert_int_equal(current(&g), 301); // the first list still stands
    assert_int_equal(known(&g, T("B00001")), 0);

    assert_ok(send(&g, o, list_of(&g, 3, 'C'), &third));
    work(&g);
    assert_int_equal(current(&g), 4);
    assert_ok(answers_set(s, T("number"), T("A00007")));
    ACT(&g, REGISTRAR, .kind = ACT_RECORD, .register_id = T("ban"), .answers = s);
    struct actor a = who(&g.h, BOSS);
    assert_int_equal(registers_import_act(g.r, &a, &SUPERVISION, third, IMPORT_UNDO, T("The wrong list"),
                                          &g.h.arena, &g.h.problem),
                     STATUS_CONFLICT);
    assert_string_equal(g.h.problem.rule, "key_taken");
    assert_int_equal(current(&g), 5);
    registry_ends(&g);
}

// The server is killed between two commits: it goes on behind what is there.
static void it_goes_on_after_a_kill(void **state) {
    (void)state;
    struct registry g;
    struct registers_options o = {T("Europe/Brussels")};
    int64_t import;
    bool done;
    registry_new(&g);
    assert_ok(send(&g, (struct import_order){.name = T("c.csv")}, list_of(&g, 650, 'C'), &import));
    assert_ok(registers_work(g.r, &done)); // the check
    assert_text(state_of(&g, import).state, "checked");
    registers_stop(g.r);
    assert_int_equal(registers_work(g.r, &done), STATUS_BUSY);
    struct import_view v = state_of(&g, import);
    assert_int_equal(v.done, 200);
    assert_int_equal(v.percent, 30);
    assert_int_equal(current(&g), 0); // nothing of it is found yet
    registers_close(g.r);
    assert_ok(registers_open(g.h.journal, g.h.cases, &o, &g.r, &g.h.problem));
    work(&g);
    assert_text(state_of(&g, import).state, "done");
    assert_int_equal(current(&g), 650);
    registry_ends(&g);
}

static void json_lines_too(void **state) {
    (void)state;
    struct registry g;
    int64_t import;
    size_t at;
    registry_new(&g);
    struct text file = T(
        "{\"names\":[{\"family\":\"Right\"}],\"kind\":\"BAN\",\"issuing_state\":\"UKR\",\"number\":\"J1\"}\n"
        "{\"names\":[{\"family\":\"Wrong\"}],\"kind\":\"BAM\"}\n\nnot json\n");
    assert_ok(send(&g, (struct import_order){.format = IMPORT_JSON_LINES}, file, &import));
    work(&g);
    assert_int_equal(state_of(&g, import).wrong, 2);
    struct text said = errors_of(&g, import);
    assert_true(text_find(said, T("\"_field\":\"kind\""), &at) && text_find(said, T("\"_line\":\"2\""), &at));
    assert_true(text_starts(said, T("{\"names\":[{\"family\":\"Right\"}]")));
    struct out o = {.arena = &g.h.arena};
    size_t from = 0, to = 0;
    assert_true(text_find(said, T("BAM"), &from) && text_find(said, T("not json"), &to));
    out_text(&o, text_slice(said, 0, from));
    out_c(&o, "RETURN");
    out_text(&o, text_slice(said, from + 3, to));
    assert_ok(send(&g, (struct import_order){.format = IMPORT_JSON_LINES}, out_done(&o), &import));
    work(&g);
    assert_text(state_of(&g, import).state, "done");
    assert_int_equal(current(&g), 2);
    registry_ends(&g);
}

static void who_may_not_may_not(void **state) {
    (void)state;
    struct registry g;
    registry_new(&g);
    struct actor a = who(&g.h, OFFICER);
    struct import_order o = {.look = {.purpose = T("asylum_examination")}, .register_id = T("ban")};
    struct import_writer *w;
    struct import_view v;
    int64_t import;
    assert_int_equal(registers_import_begin(g.r, &a, &o, &w, &g.h.problem), STATUS_REFUSED);
    assert_ok(send(&g, (struct import_order){.is_try = true}, list_of(&g, 3, 'D'), &import));
    work(&g);
    assert_text(state_of(&g, import).state, "tried");
    assert_int_equal(current(&g), 0);
    assert_int_equal(registers_import(g.r, &a, &o.look, import, &g.h.arena, &v, &g.h.problem),
                     STATUS_REFUSED);
    // A registrar writes no assessment, by a file neither.
    struct actor registrar = who(&g.h, REGISTRAR);
    struct import_order own = {.look = {.purpose = T("registration")}, .register_id = T("ban")};
    struct text file = T("names[0].family,kind,assessment\nA,BAN,Seen with others\n");
    assert_ok(registers_import_begin(g.r, &registrar, &own, &w, &g.h.problem));
    assert_ok(registers_import_write(w, bytes_of(file)));
    assert_ok(registers_import_end(&w, &import, &g.h.problem));
    work(&g);
    assert_int_equal(state_of(&g, import).wrong, 1);
    registry_ends(&g);
}

STORIES(cmocka_unit_test(a_mistake_stops_the_whole_file), cmocka_unit_test(a_list_replaces_and_is_taken_back),
        cmocka_unit_test(nobody_comes_between), cmocka_unit_test(it_goes_on_after_a_kill),
        cmocka_unit_test(json_lines_too), cmocka_unit_test(who_may_not_may_not))
