// What the outbox says leaves the house: at once, later when the server is busy, once more after a crash, or
// not at all and then an operator sees it.
#include <ftw.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../check.h"
#include "../engine.h"
#include "base/crypto.h"
#include "exchange/delivery.h"
#include "mail_server.h"

enum { MINUTE = 60 * 1000 };

struct post {
    char dir[256];
    struct env_fixed clock;
    struct store *store;
    struct mail_server *server;
    struct delivery_options options;
    bool has_moved_away; // the recipient has no address any more
    int pack_is_broken;  // so many messages cannot be made
};

static enum status resolve(void *context, struct db *db, const struct outbox_item *item, struct arena *a,
                           struct mail *out) {
    struct post *p = context;
    (void)db;
    if (p->has_moved_away) return STATUS_NOT_FOUND;
    if (p->pack_is_broken > 0) return p->pack_is_broken--, STATUS_INVALID;
    out->to = text_printf(a, "person%lld@mail.example", (long long)item->recipient);
    out->subject = T("Your appointment \xE2\x80\x93 d\xC3\xA9tails");
    out->body = text_printf(a, "Sign in to read about %lld.\n.\nGoodbye", (long long)item->about);
    out->language = T("en");
    return STATUS_OK;
}

static void post_open(struct post *p) {
    struct problem problem = {0};
    struct store_options o = {.dir = p->dir, .create = true};
    choose_engine(&o);
    enum status st = store_open(&p->clock.env, &o, &p->store, &problem);
    if (st) fail_msg("store_open: %s", status_name(st));
}

static void post_close(struct post *p) {
    store_close(p->store);
    p->store = NULL;
}

static int begin(void **state) {
    struct post *p = calloc(1, sizeof *p);
    snprintf(p->dir, sizeof p->dir, "/tmp/ostia-exchange-XXXXXX");
    if (!mkdtemp(p->dir)) return -1;
    env_fixed(&p->clock, (struct moment){1795252800000}, 7);
    p->server = server_start();
    struct smtp_options smtp = {
        .host = T("127.0.0.1"), .port = p->server->port, .hello = T("ostia.example"), .timeout_ms = 3000};
    p->options = (struct delivery_options){
        .sender = {T("office@ostia.example"), T("Office, Asylum"), T("ostia.example")},
        .resolve = resolve,
        .context = p,
        .first_retry_ms = MINUTE,
        .retry_max_ms = 30 * MINUTE,
        .poll_ms = 200};
    if (transport_smtp(&smtp, &p->options.transport)) return -1;
    post_open(p);
    *state = p;
    return 0;
}

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *walk) {
    (void)s, (void)type, (void)walk;
    return remove(path);
}

static int end(void **state) {
    struct post *p = *state;
    if (p->options.transport.close) p->options.transport.close(p->options.transport.context);
    store_close(p->store);
    server_stop(p->server);
    nftw(p->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(p);
    return 0;
}

static enum status add(struct db *tx, void *arg) {
    const struct outbox_item *item = arg;
    return outbox_add(tx, item);
}

static void put(struct post *p, const char *key) {
    struct outbox_item item = {.key = text_of(key),
                               .kind = T("mail.appointment"),
                               .recipient = 42,
                               .about = 7,
                               .due = env_now(&p->clock.env)};
    assert_ok(store_write(p->store, add, &item));
}

static struct delivery_round deliver(struct post *p) {
    struct delivery_round r;
    enum status st = delivery_round(p->store, &p->options, &r);
    if (st && st != STATUS_IO) fail_msg("round: %s", status_name(st));
    return r;
}

// The single item of that state, or a waiting one.
static struct outbox_row only(struct post *p, enum outbox_state state, struct arena *a) {
    struct db *db;
    struct outbox_list list;
    assert_ok(store_reader(p->store, &db));
    if (state == OUTBOX_WAITING)
        assert_ok(outbox_due(db, T("mail"), (struct moment){INT64_MAX}, 10, a, &list));
    else
        assert_ok(outbox_list(db, state, NULL, 10, a, &list));
    store_reader_release(p->store, db);
    assert_int_equal(list.count, 1);
    return list.items[0];
}

static void a_message_arrives(void **state) {
    struct post *p = *state;
    struct arena a = {0};
    put(p, "event:1");
    put(p, "event:1"); // the event applied again
    struct delivery_round r = deliver(p);
    assert_int_equal(r.sent, 1);
    assert_int_equal(deliver(p).sent, 0);
    assert_int_equal(server_count(p->server), 1);
    struct text mail = text_of(p->server->mails[0]);
    assert_text(text_of(p->server->from[0]), "office@ostia.example");
    assert_text(text_of(p->server->to[0]), "person42@mail.example");
    assert_text(mail_header(&a, mail, T("Subject")), "Your appointment \xE2\x80\x93 d\xC3\xA9tails");
    assert_text(mail_header(&a, mail, T("Date")), "Sat, 21 Nov 2026 09:20:00 +0000");
    assert_text(mail_body(&a, mail), "Sign in to read about 7.\n.\nGoodbye\n");
    struct outbox_row row = only(p, OUTBOX_SENT, &a);
    assert_int_equal(row.attempts, 1);
    assert_int_equal(row.done.ms, p->clock.at.ms);
    assert_int_equal(row.item.recipient, 42);
    arena_free(&a);
}

static void a_busy_server_gets_it_later(void **state) {
    struct post *p = *state;
    struct arena a = {0};
    p->server->refuse_sender = 2;
    put(p, "event:1");
    assert_int_equal(deliver(p).failed, 1);
    struct outbox_row row = only(p, OUTBOX_WAITING, &a);
    assert_text(row.error, "smtp 451");
    int64_t wait = row.item.due.ms - p->clock.at.ms;
    assert_true(wait >= MINUTE * 3 / 4 && wait <= MINUTE * 5 / 4);
    assert_int_equal(deliver(p).failed, 0); // not yet due
    p->clock.at.ms += wait;
    assert_int_equal(deliver(p).failed, 1);
    wait = only(p, OUTBOX_WAITING, &a).item.due.ms - p->clock.at.ms;
    assert_true(wait >= MINUTE * 3 / 2 && wait <= MINUTE * 5 / 2);
    p->clock.at.ms += wait;
    assert_int_equal(deliver(p).sent, 1);
    assert_int_equal(only(p, OUTBOX_SENT, &a).attempts, 3);
    assert_int_equal(server_count(p->server), 1);
    arena_free(&a);
}

static enum status revive(struct db *tx, void *arg) {
    struct post *p = arg;
    return outbox_revive(tx, T("event:1"), env_now(&p->clock.env));
}

static void a_refused_address_is_shown_to_operators(void **state) {
    struct post *p = *state;
    struct arena a = {0};
    struct outbox_counts counts;
    struct db *db;
    p->server->refuse_recipient = 1;
    put(p, "event:1");
    assert_int_equal(deliver(p).dead, 1);
    assert_text(only(p, OUTBOX_DEAD, &a).error, "smtp 550");
    assert_ok(store_reader(p->store, &db));
    assert_ok(outbox_count(db, &counts));
    store_reader_release(p->store, db);
    assert_int_equal(counts.dead, 1);
    assert_int_equal(counts.waiting, 0);
    assert_int_equal(deliver(p).sent, 0);
    assert_ok(store_write(p->store, revive, p));
    assert_status(store_write(p->store, revive, p), STATUS_NOT_FOUND); // it waits again
    assert_int_equal(deliver(p).sent, 1);
    arena_free(&a);
}

static enum status unreachable(void *context, const struct letter_out *letter,
                               char error[TRANSPORT_ERROR_MAX]) {
    (void)letter;
    ++*(int *)context;
    snprintf(error, TRANSPORT_ERROR_MAX, "no way");
    return STATUS_IO;
}

static void what_never_arrives_is_given_up(void **state) {
    struct post *p = *state;
    struct arena a = {0};
    int tries = 0;
    struct delivery_options o = p->options;
    o.transport = (struct transport){&tries, unreachable, NULL};
    o.tries_max = 10;
    put(p, "event:1");
    for (int i = 1; i < 10; i++) {
        struct delivery_round r;
        assert_status(delivery_round(p->store, &o, &r), STATUS_IO);
        assert_int_equal(r.failed, 1);
        int64_t wait = only(p, OUTBOX_WAITING, &a).item.due.ms - p->clock.at.ms;
        assert_true(wait <= 30 * MINUTE * 5 / 4); // bounded
        p->clock.at.ms += wait;
    }
    struct delivery_round r;
    assert_status(delivery_round(p->store, &o, &r), STATUS_IO);
    assert_int_equal(r.dead, 1);
    assert_int_equal(tries, 10);
    assert_text(only(p, OUTBOX_DEAD, &a).error, "no way");
    arena_free(&a);
}

static void an_unreachable_server_stops_the_round(void **state) {
    struct post *p = *state;
    int tries = 0;
    struct delivery_round r;
    struct delivery_options o = p->options;
    o.transport = (struct transport){&tries, unreachable, NULL};
    for (int i = 0; i < 5; i++) put(p, (char[]){'e', (char)('0' + i), 0});
    assert_status(delivery_round(p->store, &o, &r), STATUS_IO);
    assert_int_equal(tries, 1);
    assert_int_equal(deliver(p).sent, 4); // the others were not touched
}

static void who_is_gone_gets_no_mail(void **state) {
    struct post *p = *state;
    struct arena a = {0};
    p->has_moved_away = true;
    put(p, "event:1");
    assert_int_equal(deliver(p).dropped, 1);
    assert_int_equal(only(p, OUTBOX_DROPPED, &a).item.recipient, 42);
    assert_int_equal(server_count(p->server), 0);
    arena_free(&a);
}

static void a_broken_pack_can_be_mended(void **state) {
    struct post *p = *state;
    p->pack_is_broken = 1;
    put(p, "event:1");
    assert_int_equal(deliver(p).failed, 1);
    p->clock.at.ms += 2 * MINUTE;
    assert_int_equal(deliver(p).sent, 1);
}

// ---- power is lost after the server took the mail and before we wrote it down ----

static struct transport real;

static enum status send_and_die(void *context, const struct letter_out *letter,
                                char error[TRANSPORT_ERROR_MAX]) {
    (void)context;
    _exit(real.send(real.context, letter, error) == STATUS_OK ? 7 : 8);
}

static void a_crash_sends_the_same_mail_again(void **state) {
    struct post *p = *state;
    struct arena a = {0};
    put(p, "event:1");
    post_close(p);
    pid_t pid = fork();
    if (pid == 0) {
        real = p->options.transport;
        p->options.transport.send = send_and_die;
        post_open(p);
        deliver(p);
        _exit(9);
    }
    int how = 0;
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_true(WIFEXITED(how));
    assert_int_equal(WEXITSTATUS(how), 7);
    post_open(p);
    assert_int_equal(only(p, OUTBOX_WAITING, &a).attempts, 0);
    assert_int_equal(deliver(p).sent, 1);
    assert_int_equal(server_count(p->server), 2); // at least once; the reader's program shows one, for
    struct text first = mail_header(&a, text_of(p->server->mails[0]), T("Message-ID"));
    struct text second = mail_header(&a, text_of(p->server->mails[1]), T("Message-ID"));
    assert_true(first.n > 40 && text_eq(first, second)); // they are the same message
    assert_int_equal(deliver(p).sent, 0);
    arena_free(&a);
}

static void the_thread_sends_what_is_added(void **state) {
    struct post *p = *state;
    struct delivery *d;
    struct delivery_options o = p->options;
    p->options.transport.close = NULL; // the delivery closes it
    assert_ok(delivery_start(p->store, &o, &d));
    for (int i = 0; i < 5; i++) put(p, (char[]){'e', (char)('0' + i), 0});
    delivery_wake(d);
    for (int i = 0; i < 500 && server_count(p->server) < 5; i++)
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    delivery_stop(d);
    assert_int_equal(server_count(p->server), 5);
    assert_int_equal(p->server->count, 5);
}

static void a_password_needs_a_safe_line(void **state) {
    (void)state;
    struct transport t;
    struct smtp_options o = {.host = T("127.0.0.1"), .hello = T("x"), .user = T("u"), .password = T("p")};
    assert_status(transport_smtp(&o, &t), STATUS_INVALID);
    o.security = SMTP_TLS_REQUIRED;
    assert_ok(transport_smtp(&o, &t));
    t.close(t.context);
}

static void a_folder_shows_what_would_be_sent(void **state) {
    struct post *p = *state;
    struct arena a = {0};
    struct folder_mails mails;
    struct text message;
    struct delivery_options o = p->options;
    struct delivery_round r;
    struct text dir = text_printf(&a, "%s/mail", p->dir);
    assert_ok(folder_list(dir, 10, &a, &mails));
    assert_int_equal(mails.count, 0);
    assert_ok(transport_folder(&p->clock.env, dir, &o.transport));
    put(p, "event:1");
    put(p, "event:2");
    assert_ok(delivery_round(p->store, &o, &r));
    assert_int_equal(r.sent, 2);
    assert_ok(folder_list(dir, 10, &a, &mails));
    assert_int_equal(mails.count, 2);
    assert_text(mails.items[0].to, "<person42@mail.example>");
    assert_text(mails.items[0].subject, "Your appointment \xE2\x80\x93 d\xC3\xA9tails");
    assert_ok(folder_read(dir, mails.items[0].id, &a, &message));
    assert_text(mail_body(&a, message), "Sign in to read about 7.\n.\nGoodbye\n");
    assert_status(folder_read(dir, T("../../../../../../../../../etc/passwd\0\0\0"), &a, &message),
                  STATUS_NOT_FOUND);

    struct letter_out again = {.id = mails.items[0].id, .message = message};
    char error[TRANSPORT_ERROR_MAX];
    assert_ok(o.transport.send(o.transport.context, &again, error)); // as after a crash
    assert_ok(folder_list(dir, 10, &a, &mails));
    assert_int_equal(mails.count, 2);
    o.transport.close(o.transport.context);
    arena_free(&a);
}

#define POST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        POST(a_message_arrives),
        POST(a_busy_server_gets_it_later),
        POST(a_refused_address_is_shown_to_operators),
        POST(what_never_arrives_is_given_up),
        POST(an_unreachable_server_stops_the_round),
        POST(who_is_gone_gets_no_mail),
        POST(a_broken_pack_can_be_mended),
        POST(a_crash_sends_the_same_mail_again),
        POST(the_thread_sends_what_is_added),
        POST(a_folder_shows_what_would_be_sent),
        cmocka_unit_test(a_password_needs_a_safe_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
