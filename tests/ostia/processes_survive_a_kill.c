// A server is killed again and again while processes begin, timers fire and steps fail. Afterwards every case
// that was acknowledged is there, its timer has fired exactly once, its incident waits, the log verifies, and
// a replay gives the same tables.
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/log.h"
#include "hands.h"
#include "journal/projections.h"

enum { ROUNDS = 8, ALIVE_MS = 300, WAVE = 20 };

// Waits for no time at all, then writes a letter that its pack does not have.
static const char STUCK[] =
    "<?xml version=\"1.0\"?><bpmn:definitions xmlns:bpmn=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
    "xmlns:zeebe=\"http://camunda.org/schema/zeebe/1.0\""
    " targetNamespace=\"urn:test\"><bpmn:process id=\"wait\" isExecutable=\"true\"><bpmn:startEvent "
    "id=\"begin\"/>"
    "<bpmn:intermediateCatchEvent id=\"pause\"><bpmn:timerEventDefinition><bpmn:timeDuration"
    " xsi:type=\"bpmn:tFormalExpression\">PT0S</bpmn:timeDuration></bpmn:timerEventDefinition>"
    "</bpmn:intermediateCatchEvent><bpmn:serviceTask id=\"tell\"><bpmn:extensionElements>"
    "<zeebe:taskDefinition type=\"letter\"/><zeebe:taskHeaders><zeebe:header key=\"letter\""
    " value=\"=&quot;nowhere&quot;\"/></zeebe:taskHeaders></bpmn:extensionElements></bpmn:serviceTask>"
    "<bpmn:endEvent id=\"done\"/><bpmn:sequenceFlow id=\"f1\" sourceRef=\"begin\" targetRef=\"pause\"/>"
    "<bpmn:sequenceFlow id=\"f2\" sourceRef=\"pause\" targetRef=\"tell\"/>"
    "<bpmn:sequenceFlow id=\"f3\" sourceRef=\"tell\" targetRef=\"done\"/></bpmn:process></bpmn:definitions>";
static const char MANIFEST[] =
    "{\"id\": \"wait\", \"version\": \"1.0.0\", \"title\": \"word\", \"valid_from\": \"2020-01-01\","
    " \"procedure\": \"wait\", \"official_language\": \"en\", \"calendar\": \"eu\", \"legal_references\": [],"
    " \"files\": [\"access.json\", \"calendars/eu.json\", \"codes/outcome.json\", \"processes/later.bpmn\","
    " \"processes/one.bpmn\", \"processes/ten.bpmn\", \"processes/wait.bpmn\", \"texts/en.po\"]}";

static void load_pack(struct house *h, struct arena *a) {
    struct pack_files files = {0};
    struct problem p = {0};
    enum status st = pack_files_from_folder(a, "bench/durable/pack", &files, &p);
    for (size_t i = 0; i < files.count && !st; i++) {
        if (text_eq(files.items[i].name, T("processes/wait.bpmn")))
            files.items[i].content = bytes_of(text_of(STUCK));
        if (text_eq(files.items[i].name, T("pack.json")))
            files.items[i].content = bytes_of(text_of(MANIFEST));
    }
    if (!st) st = cases_load_pack(h->cases, 0, &files, a, &p);
    if (st) die("pack", st, &p);
}

static void *tick(void *argument) {
    struct house *h = argument;
    for (;;) {
        size_t done;
        if (cases_tick(h->cases, 100, &done) || !done) usleep(1000);
    }
    return NULL;
}

// Opens cases for ever, and says each that was acknowledged.
static void live(const char *dir, int pipe) {
    static struct house house;
    struct settings s = settings(dir);
    struct problem p = {0};
    struct arena a = {0};
    pthread_t clock;
    struct actor officer = {.account = 4711,
                            .kind = ACTOR_STAFF,
                            .unit = T("North"),
                            .roles = {T("officer")},
                            .role_count = 1,
                            .second_factor = true};
    log_level_set(LOG_NOTHING);
    enum status st = house_open(env_real(), &s, HOUSE_CREATE, &house, &p);
    if (st) die("start", st, &p);
    load_pack(&house, &a);
    if (pthread_create(&clock, NULL, tick, &house)) _exit(5);
    struct said ready = {.version = READY};
    if (write(pipe, &ready, sizeof ready) != sizeof ready) _exit(4);
    struct hand hand = {.house = &house, .actor = officer, .pipe = pipe};
    for (;;) {
        struct command c = {.kind = COMMAND_OPEN_CASE,
                            .purpose = T("registration"),
                            .open_case = {.procedure = T("wait"), .language = T("en")}};
        struct command_result r = do_one(&hand, &c, &a);
        say(&hand, &r, 0);
        arena_reset(&a);
    }
}

static bool run_and_kill(const char *dir, int64_t *acknowledged) {
    int ends[2], how = 0;
    struct said s;
    if (pipe(ends) != 0) return false;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        live(dir, ends[1]);
    }
    close(ends[1]);
    bool started = pid > 0 && read(ends[0], &s, sizeof s) == sizeof s;
    struct pollfd first = {.fd = ends[0], .events = POLLIN};
    uint64_t until = env_monotonic_us(env_real()) + ALIVE_MS * 1000;
    while (started && env_monotonic_us(env_real()) < until)
        if (poll(&first, 1, 1) == 1 && read(ends[0], &s, sizeof s) == sizeof s) ++*acknowledged;
    if (pid > 0) kill(pid, SIGKILL);
    while (started && read(ends[0], &s, sizeof s) == sizeof s) ++*acknowledged;
    if (pid > 0) waitpid(pid, &how, 0);
    close(ends[0]);
    return started && WIFSIGNALED(how);
}

static const struct sql CASES = SQL("kill_cases", "select count(*) from case_file where procedure = 'wait'");
static const struct sql TIMERS = SQL("kill_timers", "select count(*) from process_timer");
static const struct sql STEPS = SQL("kill_steps", "select count(*) from incident where element = 'tell'");
static const struct sql TWICE =
    SQL("kill_twice", "select count(*) from (select case_id from process_stay group by case_id, element"
                      " having count(*) <> 1) as twice");

static int64_t number(struct db *db, const struct sql *sql) {
    int64_t n = -1;
    return db_int(db, &n, sql, NULL, 0) ? -1 : n;
}

static bool replays(struct house *h, struct db *db, struct arena *a) {
    char again[] = "/tmp/ostia-killed-XXXXXX", command[64];
    struct store *into;
    struct db *fresh;
    struct problem p = {0};
    struct text finding = T("");
    int64_t rows = 0;
    if (!mkdtemp(again) || house_open_empty(env_real(), again, &into, &p)) return false;
    enum status st = journal_replay(h->journal, db, into, NULL, &finding, a);
    if (!st) st = store_reader(into, &fresh);
    if (!st) {
        st = projections_compare(db, fresh, a, &rows, &finding);
        store_reader_release(into, fresh);
    }
    if (st) printf("# replay: " TEXT_FMT "\n", TEXT_ARG(finding));
    store_close(into);
    snprintf(command, sizeof command, "rm -rf %s", again);
    return system(command) == 0 && !st;
}

// What the clock owes is brought first, as a restarted server does it.
static bool look(const char *dir, int64_t acknowledged, struct arena *a) {
    struct settings s = settings(dir);
    struct house h;
    struct db *db;
    struct problem p = {0};
    struct text finding = T("");
    size_t done = 1;
    enum status st = house_open(env_real(), &s, HOUSE_WRITE, &h, &p);
    if (st) return false;
    while (done && !st) st = cases_tick(h.cases, 100, &done);
    if (!st) st = store_reader(h.store, &db);
    if (st) return false;
    int64_t cases = number(db, &CASES), timers = number(db, &TIMERS), steps = number(db, &STEPS),
            twice = number(db, &TWICE);
    bool good = cases >= acknowledged && timers == 0 && steps == cases && twice == 0;
    if (!good)
        printf("# acknowledged %lld, cases %lld, timers %lld, incidents %lld, visited twice %lld\n",
               (long long)acknowledged, (long long)cases, (long long)timers, (long long)steps,
               (long long)twice);
    st = journal_verify(h.journal, db, a, NULL, &finding);
    if (st) printf("# " TEXT_FMT "\n", TEXT_ARG(finding));
    good = good && !st && replays(&h, db, a);
    store_reader_release(h.store, db);
    house_close(&h);
    return good;
}

int main(void) {
    char dir[] = "/tmp/ostia-kill-XXXXXX", command[64];
    int failed = 0;
    int64_t acknowledged = 0;
    if (!mkdtemp(dir)) return 2;
    log_level_set(LOG_NOTHING);
    printf("1..%d\n", ROUNDS);
    for (int i = 1; i <= ROUNDS; i++) {
        struct arena a = {0};
        bool good = run_and_kill(dir, &acknowledged) && look(dir, acknowledged, &a);
        printf("%s %d - killed, %lld acknowledged cases in all\n", good ? "ok" : "not ok", i,
               (long long)acknowledged);
        fflush(stdout);
        failed += !good;
        arena_free(&a);
    }
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command) != 0 || failed || !acknowledged;
}
