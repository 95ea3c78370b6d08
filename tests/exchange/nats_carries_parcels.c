// Parcels through a real NATS server that is killed on the way: nothing is lost, nothing is kept twice.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/env.h"
#include "check.h"
#include "exchange/nats_carrier.h"

enum { PARCELS = 120, START_MS_MAX = 20 * 1000 };

static struct arena arena;
static char folder[100];
static int port, ack_wait_ms;
static pid_t broker;
static struct nats *sender, *receiver;
static struct member to = {.code = 2};

static void pause_ms(int ms) {
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

// The server writes the port that it took into a file of this folder.
static int port_of_file(void) {
    char path[200], text[500] = "";
    snprintf(path, sizeof path, "%s/nats-server_%d.ports", folder, (int)broker);
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
    if (f) fclose(f);
    text[n] = 0;
    const char *p = strstr(text, "nats://127.0.0.1:");
    return p ? atoi(p + strlen("nats://127.0.0.1:")) : 0;
}

// The first time on any port that is free, then on the same one.
static bool start_broker(void) {
    char wish[20];
    snprintf(wish, sizeof wish, "%d", port ? port : -1);
    broker = fork();
    if (broker == 0) {
        int nothing = open("/dev/null", O_WRONLY);
        dup2(nothing, 1);
        dup2(nothing, 2);
        execlp("nats-server", "nats-server", "-js", "-sd", folder, "-a", "127.0.0.1", "-p", wish,
               "--ports_file_dir", folder, (char *)NULL);
        _exit(127);
    }
    for (int waited = 0; waited < START_MS_MAX; waited += 10) {
        int found = port_of_file(), status;
        if (found) return port = found, true;
        if (waitpid(broker, &status, WNOHANG) == broker) return broker = 0, false;
        pause_ms(10);
    }
    return false;
}

static void kill_broker(void) {
    if (broker <= 0) return;
    kill(broker, SIGKILL);
    waitpid(broker, NULL, 0);
    broker = 0;
}

static struct nats *open_as(uint32_t self) {
    struct nats_options o = {.url = text_printf(&arena, "nats://127.0.0.1:%d", port),
                             .self = self,
                             .timeout_ms = 20000,
                             .retry_ms = 10,
                             .ack_wait_ms = ack_wait_ms};
    struct nats *n;
    assert_ok(nats_open(&o, &n));
    return n;
}

// ---- the receiving authority: keeps by number, and counts what came twice, as channels do

static struct {
    bool kept[PARCELS];
    int count, again, refuse, lose; // refuse: "too much at once"; lose: kept, but the answer went missing
    struct text last;
} store;

static enum status keep(void *context, uint32_t from, struct bytes parcel, struct arena *a,
                        struct bytes *answer) {
    int64_t number;
    (void)context;
    if (from) return STATUS_REFUSED; // a broker authenticates nobody
    store.last = text_copy(&arena, text_of_bytes(parcel));
    if (!text_int(text_of_bytes(parcel), &number) || number < 0 || number >= PARCELS) return STATUS_INVALID;
    if (store.refuse > 0) return store.refuse--, STATUS_BUSY;
    if (store.kept[number])
        store.again++;
    else
        store.kept[number] = true, store.count++;
    if (store.lose > 0) return store.lose--, STATUS_UNCERTAIN;
    *answer = bytes_of(text_printf(a, "kept %d", (int)number));
    return STATUS_OK;
}

// What comes to the sender: answers, which are parcels of their own.
static int answers;
static enum status take_answer(void *context, uint32_t from, struct bytes parcel, struct arena *a,
                               struct bytes *answer) {
    (void)context, (void)from, (void)a, (void)answer;
    if (!text_starts(text_of_bytes(parcel), T("kept "))) return STATUS_INVALID;
    answers++;
    return STATUS_OK;
}

static enum status send_number(int number) {
    struct carrier c = nats_carrier(sender);
    struct bytes answer;
    return c.send(c.context, &to, bytes_of(text_printf(&arena, "%d", number)), &arena, &answer);
}

// As an outbox does: again, until it is taken.
static void send_until_taken(int number) {
    for (int tries = 0; tries < 500; tries++) {
        if (!send_number(number)) return;
        pause_ms(10);
    }
    fail_msg("%d was never taken", number);
}

// Rounds until all is there; a round that finds nothing waits a moment by itself.
static void receive_until(struct nats *n, parcel_receive_fn *receive, const int *count, int wanted) {
    size_t got;
    for (int round = 0; *count < wanted && round < 2000; round++)
        if (nats_receive(n, 20, receive, NULL, &got)) pause_ms(10);
    assert_int_equal(*count, wanted);
}

#define SKIP_WITHOUT_BROKER()                                                              \
    do {                                                                                   \
        if (!broker) {                                                                     \
            print_message("# skipped: no nats-server here, or a build without libnats\n"); \
            return;                                                                        \
        }                                                                                  \
    } while (0)

static void a_parcel_that_is_sent_twice_arrives_once(void **state) {
    (void)state;
    SKIP_WITHOUT_BROKER();
    for (int i = 0; i < 20; i++) assert_ok(send_number(i));
    for (int i = 0; i < 20; i++) assert_ok(send_number(i)); // the outbox did not see the answer
    receive_until(receiver, keep, &store.count, 20);
    size_t got;
    assert_ok(nats_receive(receiver, 20, keep, NULL, &got));
    assert_int_equal(got, 0);
    assert_int_equal(store.again, 0);
    receive_until(sender, take_answer, &answers, 20);
}

static void what_is_not_kept_comes_again_and_what_cannot_be_read_does_not(void **state) {
    struct carrier c = nats_carrier(sender);
    struct bytes answer;
    size_t got;
    (void)state;
    SKIP_WITHOUT_BROKER();
    store.refuse = 3;
    for (int i = 0; i < 5; i++) assert_ok(send_number(i));
    receive_until(receiver, keep, &store.count, 5);
    assert_int_equal(store.again, 0);
    store.lose = 1;
    assert_ok(send_number(5));
    receive_until(receiver, keep, &store.count, 6);
    receive_until(receiver, keep, &store.again, 1); // it came again, and was known
    assert_ok(c.send(c.context, &to, bytes_of(T("no number")), &arena, &answer));
    for (int round = 0; round < 500 && !text_eq(store.last, T("no number")); round++)
        assert_ok(nats_receive(receiver, 20, keep, NULL, &got));
    assert_text(store.last, "no number");
    store.last = T("");
    for (int round = 0; round < 20; round++) assert_ok(nats_receive(receiver, 20, keep, NULL, &got));
    assert_text(store.last, "");
}

static void a_killed_broker_loses_nothing(void **state) {
    int sent = 0, refused = 0;
    size_t got;
    (void)state;
    SKIP_WITHOUT_BROKER();
    for (; sent < PARCELS / 3; sent++) assert_ok(send_number(sent));
    while (!store.count) assert_ok(nats_receive(receiver, 20, keep, NULL, &got)); // some of them
    kill_broker();
    for (int i = 0; i < 3; i++) { // the outbox keeps what it cannot send
        assert_status(send_number(sent), STATUS_IO);
        refused++;
        assert_status(nats_receive(receiver, 20, keep, NULL, &got), STATUS_IO);
    }
    assert_true(start_broker());
    for (; sent < PARCELS * 2 / 3; sent++) send_until_taken(sent);
    kill_broker();
    assert_true(start_broker());
    for (; sent < PARCELS; sent++) send_until_taken(sent);
    receive_until(receiver, keep, &store.count, PARCELS);
    for (int i = 0; i < PARCELS; i++) assert_true(store.kept[i]);
    receive_until(sender, take_answer, &answers, PARCELS);
    assert_int_equal(refused, 3);
}

static void a_thread_receives_until_it_is_closed(void **state) {
    (void)state;
    SKIP_WITHOUT_BROKER();
    assert_ok(nats_listen(receiver, keep, NULL));
    for (int i = 0; i < 10; i++) assert_ok(send_number(i));
    receive_until(sender, take_answer, &answers, 10);
    nats_close(receiver);
    receiver = NULL;
    assert_int_equal(store.count, 10);
}

static void options_that_lead_nowhere_are_refused(void **state) {
    struct nats *n;
    struct nats_options o = {.url = T("http://127.0.0.1:1"), .self = 1};
    (void)state;
    if (!nats_is_built()) {
        assert_status(nats_open(&o, &n), STATUS_UNSUPPORTED);
        return;
    }
    assert_status(nats_open(&o, &n), STATUS_INVALID);
    o = (struct nats_options){.url = T("nats://127.0.0.1:1"), .self = 1, .stream = T("a.b")};
    assert_status(nats_open(&o, &n), STATUS_INVALID);
    o = (struct nats_options){.url = T("nats://127.0.0.1:1"), .self = 1, .timeout_ms = 200};
    assert_ok(nats_open(&o, &n)); // a broker that is down stops nobody from starting
    struct carrier c = nats_carrier(n);
    struct bytes answer;
    assert_status(c.send(c.context, &to, bytes_of(T("1")), &arena, &answer), STATUS_IO);
    nats_close(n);
}

static int set_up_with(int ack_wait) {
    ack_wait_ms = ack_wait;
    memset(&store, 0, sizeof store);
    answers = 0;
    port = 0;
    snprintf(folder, sizeof folder, "/tmp/ostia-nats-XXXXXX");
    if (!mkdtemp(folder)) return 1;
    if (!nats_is_built() || !start_broker()) return 0;
    sender = open_as(1);
    receiver = open_as(2);
    return 0;
}

static int set_up(void **state) {
    (void)state;
    return set_up_with(60 * 1000); // nothing comes again because the machine is slow
}

// What was on its way when the broker died comes again soon.
static int set_up_to_kill(void **state) {
    (void)state;
    return set_up_with(300);
}

static int tear_down(void **state) {
    char command[200];
    (void)state;
    nats_close(sender);
    nats_close(receiver);
    sender = receiver = NULL;
    kill_broker();
    snprintf(command, sizeof command, "rm -rf %s", folder);
    arena_reset(&arena);
    return system(command);
}

int main(void) {
#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        STORY(a_parcel_that_is_sent_twice_arrives_once),
        STORY(what_is_not_kept_comes_again_and_what_cannot_be_read_does_not),
        cmocka_unit_test_setup_teardown(a_killed_broker_loses_nothing, set_up_to_kill, tear_down),
        STORY(a_thread_receives_until_it_is_closed),
        STORY(options_that_lead_nowhere_are_refused),
    };
    crypto_start();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
