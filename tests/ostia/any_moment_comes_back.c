// A server under load is backed up while it writes, somebody is erased, the server is killed; and the
// authority comes back as it was at its end, or at a moment in between.
#include <assert.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "check.h"
// cmocka first
#include "base/date.h"
#include "base/log.h"
#include "engine.h"
#include "hands.h"
#include "journal/projections.h"
#include "ostia/increments.h"
#include "store/outbox.h"
#include "words.h"

enum { ERASED = -2, LOST_MS_MAX = 5000 }; // the runbook says so
static const char SURNAME[] = "Zimmermannsson";
static const char *program, *pack;
static char folder[] = "/tmp/ostia-moment-XXXXXX";

// ---- settings and shells

static struct settings settings_of(const char *dir, bool is_in_folder) {
    static char schema[64];
    struct settings s = settings(dir);
    struct store_options o = {.dir = dir};
    if (is_in_folder) return s;
    choose_engine(&o);
    if (o.schema) snprintf(schema, sizeof schema, "%s", o.schema);
    s.db = o.url;
    s.db_schema = o.url ? schema : NULL;
    return s;
}

static struct arena kept;

static const char *path_of(const char *name) {
    return text_c(&kept, text_printf(&kept, "%s/%s", folder, name));
}

static int shell(const char *format, ...) {
    char words[2000], line[2400];
    va_list list;
    va_start(list, format);
    vsnprintf(words, sizeof words, format, list);
    va_end(list);
    snprintf(line, sizeof line, "cd %s && { %s; } >said 2>&1", folder, words);
    int how = system(line);
    assert_true(WIFEXITED(how));
    return WEXITSTATUS(how);
}

static void done(int exit_code) {
    if (exit_code) (void)!system("sed 's/^/# /' /tmp/ostia-moment-*/said | tail -20");
    assert_int_equal(exit_code, 0);
}

static bool said_has(const char *words) {
    char line[300];
    snprintf(line, sizeof line, "grep -q '%s' %s/said", words, folder);
    bool has = system(line) == 0;
    if (!has) (void)!system("sed 's/^/# /' /tmp/ostia-moment-*/said | tail -20");
    return has;
}

// A new folder with the master key, and the words that restore into it.
static const char *new_place(const char *name, bool is_in_folder) {
    static char words[1200];
    struct settings s = settings_of(path_of(name), is_in_folder);
    done(shell("mkdir -p -m 700 %s/keys && cp -p live/keys/master.key %s/keys/", name, name));
    snprintf(words, sizeof words, "--data %s --key opens", name);
    if (s.db)
        snprintf(words, sizeof words, "--data %s --key opens --db '%s' --db-schema %s", name, s.db,
                 s.db_schema);
    return words;
}

// ---- the server

static void make_erasable(struct house *h, int64_t *case_id) {
    struct arena a = {0};
    struct answers names = {.arena = &a};
    struct actor actor = {
        .account = 999, .kind = ACTOR_APPLICANT, .roles = {T("applicant")}, .role_count = 1};
    struct hand hand = {.house = h, .actor = actor};
    struct command start = {.kind = COMMAND_START_APPLICATION, .start_application = {T("en"), T("red door")}};
    *case_id = do_one(&hand, &start, &a).case_id;
    enum status st = answers_set(&names, T("family_name"), text_of(SURNAME));
    if (!st) st = answers_set(&names, T("given_names"), T("Ada"));
    if (st) die("answers", st, NULL);
    struct command save = {.kind = COMMAND_SAVE_ANSWERS,
                           .case_id = *case_id,
                           .save_answers = {.section = T("names"), .answers = answers_encode(&a, &names)}};
    (void)do_one(&hand, &save, &a);
    arena_free(&a);
}

static void erase(struct house *h, int64_t case_id) {
    struct arena a = {0};
    struct command_result result;
    struct problem p;
    struct actor system_itself = actor_system();
    struct command c = {
        .kind = COMMAND_ERASE_PERSON, .case_id = case_id, .erase_person = {T("retention_ended")}};
    enum status st = cases_do(h->cases, &system_itself, &c, &a, &result, &p);
    if (st) die("erase", st, &p);
    arena_free(&a);
}

// What other authorities confirmed of our log, and we of theirs.
static enum status confirm(struct db *tx, struct moment now) {
    static const struct sql COSIGNED =
        SQL("moment_cosigned", "insert into cosigned_checkpoint (size, note, at, day, stamp, stamped_at)"
                               " values (1, 'note', :at, 1, :stamp, :at)");
    static const struct sql WITNESSED =
        SQL("moment_witnessed", "insert into witnessed_log (origin, origin_hash, vkeys, size, root, note, at)"
                                " values ('b', 'hash', 'key', 7, :root, 'note', :at)");
    static const struct sql FORK = SQL("moment_fork", "insert into log_fork (origin, size, one, other, at)"
                                                      " values ('b', 7, 'one', 'other', :at)");
    static const struct sql COSIGNER =
        SQL("moment_cosigner", "insert into cosigner (one, number) values (1, 2)");
    struct bytes some = bytes_of(T("some"));
    enum status st = DB_RUN(tx, &COSIGNED, V_INT(now.ms), V_BYTES(some));
    if (!st) st = DB_RUN(tx, &WITNESSED, V_BYTES(some), V_INT(now.ms));
    if (!st) st = DB_RUN(tx, &FORK, V_INT(now.ms));
    return st ? st : db_run(tx, &COSIGNER, NULL, 0);
}

// What is counted of the exchange.
static enum status count_messages(struct db *tx, struct moment now) {
    static const struct sql MARK =
        SQL("moment_mark", "insert into exchange_mark_count (month, rule, mark, count, changed_at)"
                           " values (24322, 'answer_late', 1, 3, :at)");
    static const struct sql DUE =
        SQL("moment_due", "insert into exchange_due_count (type, day, count, changed_at)"
                          " values (301, 20000, 2, :at)");
    // A letter of another authority that nobody has answered yet.
    static const struct sql MISSIVE = SQL(
        "moment_missive",
        "insert into exchange_missive (hash, is_ours, member, key, kind, tag, place, at, state, attempts,"
        " next_at, done_at, changed_at, reason, sealed, receipt) values (:some, 0, 30, 1, 1, :some, 1, :at,"
        " 1, 0, 0, 0, :at, '', :some, :some)");
    enum status st = DB_RUN(tx, &MARK, V_INT(now.ms));
    if (!st) st = DB_RUN(tx, &MISSIVE, V_BYTES(bytes_of(T("some"))), V_INT(now.ms));
    return st ? st : DB_RUN(tx, &DUE, V_INT(now.ms));
}

// What no event tells: a message is sent, a request of the API is answered.
static enum status add_mail(struct db *tx, void *argument) {
    (void)argument;
    struct outbox_item item = {
        .key = T("moment"), .kind = T("mail.test"), .recipient = 1, .due = {INT64_C(32503680000000)}};
    return outbox_add(tx, &item);
}

static enum status answer(struct db *tx, void *argument) {
    static const struct sql ADD =
        SQL("moment_answer", "insert into api_answer (account_id, key_hash, request_hash, answer, at)"
                             " values (1, :key, :request, :answer, :at)");
    struct moment now = env_now(env_real());
    struct bytes some = bytes_of(T("answered"));
    (void)argument;
    enum status st = outbox_sent(tx, T("moment"), now);
    if (!st) st = confirm(tx, now);
    if (!st) st = count_messages(tx, now);
    return st ? st : DB_RUN(tx, &ADD, V_BYTES(some), V_BYTES(some), V_BYTES(some), V_INT(now.ms));
}

static void live(bool is_first, int to_parent) {
    static struct house house;
    struct settings s = settings_of(path_of("live"), false);
    struct problem p = {0};
    struct arena a = {0};
    struct increments *increments;
    struct said erased = {.version = ERASED};
    sigset_t wanted;
    int which;
    int64_t case_id = 0;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGUSR1);
    sigaddset(&wanted, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &wanted, NULL);
    log_level_set(LOG_ERROR);
    pause_us = 3000;
    enum status st = house_open(env_real(), &s, HOUSE_CREATE, &house, &p);
    if (!st && is_first) st = house_load_pack(&house, pack, &a, &p);
    struct increments_options o = {path_of("increments"), path_of("opens.pub"), 250, 7};
    if (!st) st = increments_start(&house, &o, &increments, &p);
    if (st) die("start", st, &p);
    if (is_first) make_erasable(&house, &case_id);
    if (is_first && store_write(house.store, add_mail, NULL)) _exit(6);
    start_hands(&house, to_parent);
    while (sigwait(&wanted, &which) == 0 && which == SIGUSR1) {
        erase(&house, case_id);
        if (store_write(house.store, answer, NULL)) _exit(7);
        erased.at = env_now(env_real()).ms;
        if (write(to_parent, &erased, sizeof erased) != sizeof erased) _exit(4);
    }
    is_enough = true;
    for (int i = 0; i < THREADS; i++) pthread_join(hands[i].thread, NULL);
    increments_stop(increments);
    house_close(&house);
    _exit(0);
}

struct life {
    pid_t pid;
    int from;
};
static struct {
    struct said *items;
    size_t count, capacity;
} acknowledged;
static int64_t erased_at;

static struct life begin_life(bool is_first) {
    int ends[2];
    struct life l;
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    l.pid = fork();
    if (l.pid == 0) {
        close(ends[0]);
        live(is_first, ends[1]);
    }
    close(ends[1]);
    l.from = ends[0];
    struct pollfd ready = {.fd = l.from, .events = POLLIN};
    assert_int_equal(poll(&ready, 1, 60000), 1);
    return l;
}

// Reads what is acknowledged for some time, or until the pipe ends.
static void pass(struct life *l, int64_t ms) {
    struct pollfd in = {.fd = l->from, .events = POLLIN};
    struct said s;
    for (int64_t until = env_now(env_real()).ms + ms; env_now(env_real()).ms < until;) {
        if (poll(&in, 1, 10) != 1) continue;
        if (read(l->from, &s, sizeof s) != sizeof s) return;
        if (s.version == ERASED) erased_at = s.at;
        if (s.version > 0) *ARENA_PUSH(&kept, &acknowledged) = s;
    }
}

// ---- looking

struct looking {
    struct settings settings;
    struct house house;
    struct db *db;
};

static void look_into(struct looking *l, const char *name, bool is_in_folder) {
    struct problem p = {0};
    l->settings = settings_of(path_of(name), is_in_folder);
    assert_ok(house_open(env_real(), &l->settings, HOUSE_READ, &l->house, &p));
    assert_ok(store_reader(l->house.store, &l->db));
}

static void look_away(struct looking *l) {
    store_reader_release(l->house.store, l->db);
    house_close(&l->house);
}

// The last event up to a moment, and whether both logs are the same up to the end of the shorter one.
static int64_t last_until(struct looking *l, int64_t ms) {
    struct arena a = {0};
    struct journal_copy *copies;
    int64_t last = 0;
    size_t count = 1;
    while (count) {
        assert_ok(journal_copies(l->house.journal, l->db, last, 100, &a, &copies, &count));
        for (size_t i = 0; i < count; i++) {
            if (copies[i].event.at.ms > ms) count = i;
            if (i < count) last = copies[i].event.seq;
        }
        arena_reset(&a);
    }
    arena_free(&a);
    return last;
}

static void same_events(struct looking *x, struct looking *y, int64_t until) {
    struct arena a = {0};
    struct journal_copy *one, *other;
    size_t count, more;
    for (int64_t at = 0; at < until; at += (int64_t)count) {
        size_t wanted = until - at < 100 ? (size_t)(until - at) : 100;
        assert_ok(journal_copies(x->house.journal, x->db, at, wanted, &a, &one, &count));
        assert_ok(journal_copies(y->house.journal, y->db, at, wanted, &a, &other, &more));
        assert_true(count == wanted && more == wanted);
        for (size_t i = 0; i < count; i++)
            assert_true(one[i].bytes.n == other[i].bytes.n &&
                        !memcmp(one[i].bytes.p, other[i].bytes.p, one[i].bytes.n));
        arena_reset(&a);
    }
    arena_free(&a);
}

static const struct sql VERSION =
    SQL("moment_version", "select version from case_file where case_id = :case");
static const struct sql DOCUMENT =
    SQL("moment_document", "select blob from document where document_id = :document");

static bool is_there(struct looking *l, const struct said *s) {
    struct rows r;
    struct hash name = {0};
    int64_t version = 0;
    if (DB_INT(l->db, &version, &VERSION, V_INT(s->case_id)) || version < s->version) return false;
    if (!s->document) return true;
    enum status st = DB_ONE(l->db, &r, &DOCUMENT, V_INT(s->document));
    if (!st && row_bytes(&r, 0).n == HASH_BYTES) memcpy(name.b, row_bytes(&r, 0).p, HASH_BYTES);
    enum status end = rows_end(&r);
    return !st && !end && !blob_verify(l->house.store, &name);
}

static int missing_until(struct looking *l, int64_t ms) {
    int missing = 0;
    for (size_t i = 0; i < acknowledged.count; i++)
        missing += acknowledged.items[i].at <= ms && !is_there(l, &acknowledged.items[i]);
    return missing;
}

static const struct sql SENT =
    SQL("moment_sent", "select count(*) from outbox where key = 'moment' and state = 1");
static const struct sql ANSWERED = SQL("moment_answered", "select count(*) from api_answer");

static int count_of(struct looking *l, const struct sql *sql) {
    int64_t count = 0;
    assert_ok(DB_INT(l->db, &count, sql));
    return (int)count;
}

// ---- the story

static int64_t between, killed_at; // moments

static void the_end_comes_back(void) {
    struct looking l;
    done(shell("%s restore base %s --increments increments", program, new_place("end", false)));
    look_into(&l, "end", false);
    assert_int_equal(missing_until(&l, killed_at - LOST_MS_MAX), 0);
    assert_int_equal(words_in(l.house.store, SURNAME).rows, 0);
    look_away(&l);
    done(shell("%s rebuild --check --data end", program));
}

static void a_moment_in_between_comes_back(void) {
    struct arena a = {0};
    struct looking before, l;
    const char *where = new_place("middle", true);
    done(shell("%s restore base %s --increments increments --until %.*s", program, where,
               TEXT_ARG(moment_print(&a, (struct moment){between}))));
    assert_true(said_has("are left out") && said_has("1 people are erased again") && said_has("given again"));
    look_into(&before, "live", false);
    look_into(&l, "middle", true);
    int64_t last = last_until(&before, between);
    assert_true(last > 100);
    same_events(&before, &l, last);
    // What follows is the erasure alone, though it came after that moment.
    assert_int_equal(last_until(&l, INT64_MAX), last + 1);
    assert_int_equal(words_in(l.house.store, SURNAME).rows, 0);
    assert_int_equal(missing_until(&l, between), 0);
    // What was sent cannot be unsent; what was answered then will be done when it is asked again.
    assert_int_equal(count_of(&l, &SENT), 1);
    assert_int_equal(count_of(&l, &ANSWERED), 0);
    look_away(&l);
    look_away(&before);
    done(shell("%s rebuild --check --data middle", program));
    arena_free(&a);
}

static void an_event_in_between_comes_back(void) {
    struct looking before, l;
    look_into(&before, "live", false);
    int64_t wanted = last_until(&before, between) + 7, at = wanted;
    struct arena a = {0};
    struct journal_copy *copies;
    size_t count;
    assert_ok(journal_copies(before.house.journal, before.db, wanted - 1, 1, &a, &copies, &count));
    at = last_until(&before, copies->event.at.ms); // all of its moment, so that no command is cut
    done(shell("%s restore base %s --increments increments --until-event %lld", program,
               new_place("event", true), (long long)wanted));
    look_into(&l, "event", true);
    same_events(&before, &l, at);
    assert_int_equal(last_until(&l, INT64_MAX), at + 1);
    look_away(&l);
    look_away(&before);
    assert_int_equal(shell("%s restore base %s --increments increments --until-event 100000000", program,
                           new_place("none", true)),
                     1);
    assert_true(said_has("have this event"));
    assert_int_equal(shell("%s restore base %s --increments increments --until 2026-01-01T00:00:00Z", program,
                           new_place("none", true)),
                     1);
    assert_true(said_has("older one"));
    arena_free(&a);
}

// A new table that is not made from events must be carried by increments too, or be a door.
static void every_table_is_known(struct looking *l) {
    static const char *const CARRIED[] = {"event",
                                          "log_tile",
                                          "log_checkpoint",
                                          "counter",
                                          "subject_key",
                                          "outbox",
                                          "api_answer",
                                          "sign_in_limit",
                                          "exchange_delivery", // of the base; waits may begin anew
                                          "witness", // of the settings; what each has cosigned is asked again
                                          "cosigned_checkpoint",
                                          "witnessed_log",
                                          "log_fork",
                                          "cosigner",
                                          "exchange_mark_count",
                                          "exchange_due_count",
                                          "exchange_missive"};
    const struct tables *all;
    assert_ok(store_tables(l->db, &all));
    for (size_t i = 0; i < all->count; i++) {
        const char *name = all->items[i].name;
        bool is_known = projection_is(name) || table_is_engines_own(name) || table_is_open_door(name);
        for (size_t k = 0; k < sizeof CARRIED / sizeof *CARRIED; k++) is_known |= !strcmp(name, CARRIED[k]);
        if (!is_known) fail_msg("no increment carries table %s", name);
    }
}

// Every table, row by row, where nothing was cut off.
static void nothing_is_lost_by_a_server_that_ends(void) {
    struct arena a = {0};
    struct looking before, l;
    int64_t rows = 0;
    struct text finding = T("");
    done(shell("%s restore base %s --increments increments", program, new_place("whole", false)));
    look_into(&before, "live", false);
    look_into(&l, "whole", false);
    enum status st = stores_compare(before.db, l.db, &a, &rows, &finding);
    if (st) print_message("# " TEXT_FMT "\n", TEXT_ARG(finding));
    assert_ok(st);
    assert_true(rows > 1000 && count_of(&l, &SENT) == 1 && count_of(&l, &ANSWERED) == 1);
    every_table_is_known(&before);
    assert_int_equal(missing_until(&l, INT64_MAX), 0);
    look_away(&l);
    look_away(&before);
    arena_free(&a);
}

// A server that stopped after one file had taken the place of several, and before these were removed.
static void doubles_are_passed_over(void) {
    struct looking before, l;
    done(shell("for f in early/*; do test -e increments/${f#early/} || echo gone; done | grep -q gone"));
    done(shell("cp -rn early/. increments/"));
    look_into(&before, "live", false);
    for (int i = 0; i < 3; i++) {
        char name[20];
        snprintf(name, sizeof name, "doubles%d", i);
        done(shell("%s restore base%d %s --increments increments", program, i, new_place(name, true)));
        look_into(&l, name, true);
        assert_int_equal(last_until(&l, INT64_MAX), last_until(&before, INT64_MAX));
        look_away(&l);
    }
    look_away(&before);
}

static void damage_is_named(void) {
    const char *restore = "restore base --data bad --key opens --increments copy";
    (void)new_place("bad", true);
    done(shell(
        "ls increments | grep ostia | tail -4 >last && sed -n 2p last >second && sed -n 3p last >third"));
    done(shell("cp -r increments copy && rm copy/$(cat second)"));
    done(shell("%s %s 2>&1 | grep -q \"before $(cat third) is missing\"", program, restore));
    done(shell("cp increments/$(cat second) copy/ && printf x | dd of=copy/$(cat second) bs=1 seek=200 "
               "conv=notrunc"));
    done(shell("%s %s 2>&1 | grep -q \"$(cat second) was damaged\"", program, restore));
    done(shell("cp increments/$(cat third) copy/$(cat second)")); // swapped
    done(shell("%s %s 2>&1 | grep -q \"$(cat second) was damaged\"", program, restore));
    done(shell("rm -r copy && test ! -e bad/ostia.db && test ! -e bad/restoring"));
    done(shell("%s backup-key stranger", program));
    assert_int_equal(shell("%s restore base --data bad --key stranger --increments increments", program), 1);
    assert_true(said_has("another passphrase or key"));
}

static bool has_metric(struct increments *i, const char *wanted) {
    struct arena a = {0};
    struct out o = {.arena = &a};
    size_t at;
    increments_metrics(i, &o);
    bool has = text_find(out_done(&o), text_of(wanted), &at);
    arena_free(&a);
    return has;
}

static void wait_until(struct increments *i, const char *metric, bool is_wanted) {
    for (int n = 0; n < 200 && has_metric(i, metric) != is_wanted; n++) usleep(100 * 1000);
    assert_true(has_metric(i, metric) == is_wanted);
}

// The folder goes on only with its own log.
static void another_log_keeps_out(void) {
    struct looking l;
    struct increments *i;
    struct problem p = {0};
    struct increments_options options = {path_of("increments"), path_of("opens.pub"), 0, 0};
    l.settings = settings_of(path_of("middle"), true);
    done(shell("ls increments >before"));
    assert_ok(house_open(env_real(), &l.settings, HOUSE_WRITE, &l.house, &p));
    assert_ok(increments_start(&l.house, &options, &i, &p));
    wait_until(i, "ostia_backup_failed_total 0", false);
    increments_stop(i);
    house_close(&l.house);
    done(shell("ls increments | diff before -"));
}

// What comes after a base must be in increments: their folder has begun.
static void wait_for_increments(struct life *l) {
    for (int i = 0; i < 200 && shell("ls increments/*.ostia"); i++) pass(l, 100);
    done(shell("ls increments/*.ostia"));
}

// Keeps what one file will take the place of, and bases of moments in between; some vanish meanwhile.
static void collect(struct life *l, int rounds) {
    for (int i = 0; i < rounds; i++) {
        pass(l, 250);
        (void)shell("cp -n increments/*.ostia early/");
        if (i % 4 == 2) done(shell("%s backup --data live --to base%d --key opens.pub", program, i / 4));
    }
}

static void the_whole_story(void **state) {
    (void)state;
    done(shell("mkdir early && %s backup-key opens", program));
    struct life l = begin_life(true);
    wait_for_increments(&l);
    collect(&l, 12);
    assert_true(acknowledged.count > 10);
    done(shell("%s backup --data live --to base --key opens.pub", program));
    pass(&l, 2000);
    between = env_now(env_real()).ms;
    pass(&l, 300);
    kill(l.pid, SIGUSR1);
    pass(&l, 4500);
    assert_true(erased_at > between);
    kill(l.pid, SIGKILL);
    killed_at = env_now(env_real()).ms;
    pass(&l, 2000);
    assert_int_equal(waitpid(l.pid, NULL, 0), l.pid);
    close(l.from);

    the_end_comes_back();
    a_moment_in_between_comes_back();
    an_event_in_between_comes_back();

    // The next server goes on in the same folder; it ends in peace.
    int how;
    l = begin_life(false);
    pass(&l, 2500);
    kill(l.pid, SIGTERM);
    pass(&l, 10000);
    assert_int_equal(waitpid(l.pid, &how, 0), l.pid);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    close(l.from);
    nothing_is_lost_by_a_server_that_ends();
    damage_is_named();
    another_log_keeps_out();
    doubles_are_passed_over();
}

// ---- no room

static void a_full_disk_there_stops_nobody(void **state) {
    (void)state;
    struct settings s = settings_of(path_of("small"), false);
    struct house h;
    struct increments *i;
    struct problem p = {0};
    struct increments_options options = {path_of("disk"), path_of("opens.pub"), 0, 0};
    int64_t case_id;
    assert_int_equal(mkdir(path_of("disk"), 0700), 0);
    if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount("tmpfs", path_of("disk"), "tmpfs", 0, "size=8k,mode=0700")) {
        print_message("# skipped: no right to mount a small disk\n");
        return;
    }
    struct arena a = {0};
    assert_ok(house_open(env_real(), &s, HOUSE_CREATE, &h, &p));
    assert_ok(house_load_pack(&h, pack, &a, &p));
    assert_ok(increments_start(&h, &options, &i, &p));
    wait_until(i, "ostia_backup_behind_seconds", true);
    for (int n = 0; n < 40; n++) make_erasable(&h, &case_id);
    wait_until(i, "ostia_backup_failed_total 0", false);
    for (int n = 0; n < 40; n++) make_erasable(&h, &case_id); // commands go on
    wait_until(i, "ostia_backup_behind_seconds 2", true);
    assert_true(has_metric(i, "ostia_backup_increments_total 0"));
    assert_int_equal(mount("tmpfs", path_of("disk"), "tmpfs", MS_REMOUNT, "size=8m,mode=0700"), 0);
    wait_until(i, "ostia_backup_increments_total 0", false);
    wait_until(i, "ostia_backup_behind_seconds 0", true);
    increments_stop(i);
    house_close(&h);
    arena_free(&a);
    umount(path_of("disk"));
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_whole_story),
                                       cmocka_unit_test(a_full_disk_there_stops_nobody)};
    assert(argc == 3);
    program = realpath(argv[1], NULL);
    pack = realpath(argv[2], NULL);
    if (!program || !pack || !mkdtemp(folder)) return 2;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&kept);
    char line[100];
    snprintf(line, sizeof line, "rm -rf %s", folder);
    return system(line) != 0 || failed;
}
