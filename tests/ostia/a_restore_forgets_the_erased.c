// A restore drill: a backup beside a running house, a person erased after it, the disk gone, and the house
// put back.
#include <assert.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "border/lists.h"
#include "registers/registers.h"
#include "search/search.h"

extern const struct migrations API_MIGRATIONS, EXCHANGE_MIGRATIONS, LOOKUP_MIGRATIONS, PROOF_MIGRATIONS;
#define HOUSE_MORE_ROOMS                                                                               \
    &PROOF_MIGRATIONS, &REGISTERS_MIGRATIONS, &SEARCH_MIGRATIONS, &BORDER_MIGRATIONS, &API_MIGRATIONS, \
        &EXCHANGE_MIGRATIONS, &LOOKUP_MIGRATIONS // as the program has them
#define HOUSE_MORE_TYPES registers_event_types
#define HOUSE_TOP_TYPES search_event_types
#define HOUSE_ROOF_TYPES border_event_types
#include "cases/story.h"
#include "store/blob.h"
#include "store/keys.h"
#include "words.h"

static const char *program;
static char folder[100]; // of the drill: backups, keys, restored houses

// Runs the program; its exit code.
static int ostia(const char *format, ...) {
    char words[2000], line[2400];
    va_list list;
    va_start(list, format);
    vsnprintf(words, sizeof words, format, list);
    va_end(list);
    snprintf(line, sizeof line, "cd %s && %s %s >>said 2>&1", folder, program, words);
    int how = system(line);
    assert_true(WIFEXITED(how));
    return WEXITSTATUS(how);
}

static void shell(const char *format, ...) {
    char words[1000], line[1200];
    va_list list;
    va_start(list, format);
    vsnprintf(words, sizeof words, format, list);
    va_end(list);
    snprintf(line, sizeof line, "cd %s && %s", folder, words);
    if (system(line)) fail_msg("%s", words);
}

static void done(int exit_code) {
    if (exit_code) shell("sed 's/^/# /' said");
    assert_int_equal(exit_code, 0);
}

static struct store_options options_of(const char *dir, bool is_in_folder) {
    struct store_options o = {
        .dir = dir, .read_only = true, .rooms = HOUSE_ROOMS, .room_count = HOUSE_ROOM_COUNT};
    if (!is_in_folder) choose_engine(&o);
    return o;
}

// Words that say where the database of a house is; none: in its folder. Valid until the next call.
static const char *place(const char *name) {
    static char dir[200], words[1000];
    snprintf(dir, sizeof dir, "%s/%s", folder, name);
    struct store_options o = options_of(dir, false);
    snprintf(words, sizeof words, "--data %s", name);
    if (o.url) snprintf(words, sizeof words, "--data %s --db '%s' --db-schema %s", name, o.url, o.schema);
    return words;
}

// How many rows have the words, in a house that nobody has open.
static int rows_in(const char *name, bool is_in_folder, const char *words) {
    char dir[200];
    struct env_fixed fixed;
    struct store *s;
    struct problem p = {0};
    snprintf(dir, sizeof dir, "%s/%s", folder, name);
    env_fixed(&fixed, (struct moment){INT64_C(1795255200000)}, 2);
    struct store_options o = options_of(dir, is_in_folder);
    assert_ok(store_open(&fixed.env, &o, &s, &p));
    int found = words_in(s, words).rows;
    store_close(s);
    return found;
}

static struct blob_info real_document(struct house *h) {
    static uint8_t page[150 * 1000]; // more than two chunks
    struct blob_writer *w;
    struct blob_info info;
    struct key key = key_random(&h->fixed.env);
    assert_ok(blob_create(h->store, &key, sizeof page, &w));
    assert_ok(blob_write(w, (struct bytes){page, sizeof page}));
    assert_ok(blob_finish(&w, &info));
    return info;
}

static void erase_case(struct house *h, int64_t id) {
    struct actor system_itself = actor_system();
    struct command c = {.kind = COMMAND_ERASE_PERSON, .case_id = id, .erase_person = {T("retention_ended")}};
    assert_ok(cases_do(h->cases, &system_itself, &c, &h->arena, NULL, &h->problem));
}

static bool file_has(const char *name, const char *words) {
    char path[200];
    static uint8_t all[8 * 1024 * 1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "re");
    assert_non_null(f);
    size_t n = fread(all, 1, sizeof all, f);
    fclose(f);
    assert_true(n > 1000 && n < sizeof all);
    return memmem(all, n, words, strlen(words)) != NULL;
}

static void new_folder(const char *name) {
    shell("mkdir -p -m 700 %s/keys && cp -p master.key %s/keys/", name, name);
}

// As a server leaves them.
static void write_settings(const struct house *h) {
    char path[200];
    struct store_options o = options_of(h->dir, false);
    snprintf(path, sizeof path, "%s/ostia.conf", h->dir);
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    fprintf(f, "log test.example/log\n");
    if (o.url) fprintf(f, "db %s\ndb-schema %s\n", o.url, o.schema);
    assert_int_equal(fclose(f), 0);
}

static enum status open_door(struct db *tx, void *argument) {
    static const struct sql SESSION =
        SQL("drill_session", "insert into session (token_hash, session_id, account_id, state, way,"
                             " has_second_factor, created_at, seen_at, factor_at, ends_at, agent, address)"
                             " values (:token, 1, 1, 3, 1, 1, 1, 1, 1, 99, 'stolen browser', '')");
    (void)argument;
    return DB_RUN(tx, &SESSION, V_BYTES(bytes_of(T("token"))));
}

static void the_whole_drill(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    snprintf(folder, sizeof folder, "%s-drill", h.dir);
    assert_int_equal(mkdir(folder, 0700), 0);
    write_settings(&h);
    shell("cp -p %s/keys/master.key .", h.dir);
    assert_ok(store_write(h.store, open_door, NULL));
    shell("printf 'seven green harbours wait\\n' >words && printf 'short\\n' >short");
    int64_t erased = filled_draft(&h, APPLICANT), kept = submitted(&h, OTHER_APPLICANT);
    struct blob_info blob = real_document(&h);
    DO(&h, OTHER_APPLICANT, .kind = COMMAND_ADD_DOCUMENT, .case_id = kept,
       .add_document = {.kind = T("medical_report"),
                        .title = T("paper.pdf"),
                        .media = T("application/pdf"),
                        .blob = blob});
    int both = words_in(h.store, "Hosseini").rows;

    // Beside the running house; the machine cannot open what it makes.
    done(ostia("backup-key opens"));
    assert_int_equal(ostia("backup-key opens"), 1);
    done(ostia("backup --data %s --to sealed --key opens.pub", h.dir));
    done(ostia("backup --data %s --to whole --passphrase words --with-keys", h.dir));
    assert_int_equal(ostia("backup --data %s --to weak --passphrase short", h.dir), 1);
    assert_int_equal(ostia("backup --data %s --to both --passphrase words --key opens.pub", h.dir), 2);
    assert_false(file_has("sealed", "SQLite format") || file_has("sealed", "Hosseini") ||
                 file_has("sealed", "ostia.db"));
    shell("test ! -e weak -a ! -e both && ! ls %s | grep backup", h.dir);

    erase_case(&h, erased);
    int one = words_in(h.store, "Hosseini").rows;
    assert_true(one > 0 && one < both);
    house_close(&h);
    shell("cp -p %s/erased erased && rm -rf %s", h.dir, h.dir);

    // What is damaged, cut, or opened with the wrong thing is not put in place.
    assert_int_equal(ostia("restore sealed --data none --key opens"), 1); // no master key
    new_folder("a");
    assert_int_equal(ostia("restore sealed --data a --key opens.pub"), 1);
    assert_int_equal(ostia("restore sealed --data a --passphrase words"), 1);
    shell("cp sealed cut && truncate -s -1 cut && cp sealed bent && printf x | dd of=bent bs=1 seek=100000 "
          "conv=notrunc status=none");
    shell("cp sealed more && printf x >>more");
    assert_int_equal(ostia("restore cut --data a --key opens"), 1);
    assert_int_equal(ostia("restore bent --data a --key opens"), 1);
    assert_int_equal(ostia("restore more --data a --key opens"), 1);
    shell("test ! -e a/ostia.db -a ! -e a/restoring");

    shell("cp erased bad && printf x | dd of=bad bs=1 seek=30 conv=notrunc status=none");
    assert_int_equal(ostia("restore sealed --data a --key opens --erased bad"), 1);
    shell("test ! -e a/ostia.db -a ! -e a/restoring");

    done(ostia("restore sealed %s --key opens --erased erased", place("a")));
    assert_int_equal(rows_in("a", false, "Hosseini"), one);
    assert_int_equal(rows_in("a", false, "stolen browser"),
                     0); // who was signed in then may be locked out since
    shell("cmp -n 48 a/erased erased");
    shell("grep -q '^document: 1 checked' said && grep -q '1 people are erased again' said");
    done(ostia("rebuild --check --data a"));
    assert_int_equal(ostia("restore sealed %s --key opens", place("a")), 1); // an authority is there

    // Without the list the person would be back: the list is what forgets. The backup of either engine
    // becomes an authority in a folder; its settings do not lead to the database that it was taken of.
    done(ostia("restore whole --data b --passphrase words"));
    assert_int_equal(rows_in("b", true, "Hosseini"), both);
    shell("test -e b/ostia.db && ! grep ^db b/ostia.conf && test ! -e b/restoring");
    arena_free(&h.arena);
    shell("rm -rf %s", folder);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_whole_drill)};
    assert(argc == 2);
    program = realpath(argv[1], NULL); // the drill goes to a folder of its own
    assert(program);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
