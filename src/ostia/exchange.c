// exchange.c - `ostia exchange`: the directory of authorities, our own keys, what waits.
#include <string.h>

#include "base/encode.h"
#include "base/json.h"
#include "exchange/channels.h"
#include "exchange/peer_https.h"
#include "ostia/house.h"
#include "store/file.h"

static int end(struct arena *a, FILE *out, enum status st, const struct problem *p) {
    if (st) say_problem(out, st, p);
    arena_free(a);
    return st ? EXIT_WRONG : EXIT_DONE;
}

// ---- our keys, as the others put them into their directories

static void put_hex(struct json_out *j, const char *name, const uint8_t *p, struct arena *a) {
    json_key(j, name);
    json_put_text(j, hex_encode(a, (struct bytes){p, MEMBER_KEY_BYTES}));
}

int exchange_key_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct own_key key;
    struct bytes certificate;
    struct hash tls;
    int64_t number;
    if (!call_number(c, "number", 1, 1, MEMBER_KEYS_MAX, &number, out)) return EXIT_USAGE;
    const char *file = call_has(c, "cert") ? call_option(c, "cert") : h->settings->exchange_cert;
    if (!file) return end(&a, out, problem(&p, "cert", "missing", "problem.exchange.certificate"), &p);
    enum status st = file_read_small(h->env, &a, file, &certificate);
    if (!st) st = peer_certificate_pin(certificate, &tls);
    if (st) return end(&a, out, problem(&p, "cert", "unreadable", "problem.exchange.certificate"), &p);
    st = own_key_load(h->store, (uint32_t)number, &key);
    if (st) return end(&a, out, st, &p);
    struct out text = {.arena = &a};
    struct json_out j = {.out = &text};
    json_begin_object(&j);
    json_key(&j, "number");
    json_put_int(&j, number);
    put_hex(&j, "signing", key.signing + 32, &a);
    put_hex(&j, "sealing", key.sealing, &a);
    put_hex(&j, "tls", tls.b, &a);
    if (h->privacy) {
        uint8_t privacy[PRIVACY_PUBLIC_KEY_BYTES];
        privacy_public_key(h->privacy, privacy);
        put_hex(&j, "privacy", privacy, &a);
    }
    json_key(&j, "from");
    json_put_text(&j, moment_print(&a, env_now(h->env)));
    json_end_object(&j);
    fprintf(out, TEXT_FMT "\n", TEXT_ARG(out_done(&text)));
    memset(&key, 0, sizeof key);
    return end(&a, out, STATUS_OK, &p);
}

// ---- the directory

static enum status take(struct write *w, void *argument, struct problem *p) {
    return members_take(w, 0, argument, p);
}

int exchange_members_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct members list;
    struct bytes file;
    enum status st = file_read_small(h->env, &a, c->arguments[0], &file);
    if (!st) st = members_read(&a, text_of_bytes(file), &list, &p);
    if (!st) st = journal_write(h->journal, take, &list, &a, &p);
    if (!st) fprintf(out, "%zu authorities\n", list.count);
    return end(&a, out, st, &p);
}

struct revocation {
    int64_t code, number;
};

static enum status revoke_key(struct write *w, void *argument, struct problem *p) {
    const struct revocation *r = argument;
    return member_key_revoke(w, 0, (uint32_t)r->code, (uint32_t)r->number, w->now, p);
}

int exchange_revoke_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct revocation r;
    if (!text_int(text_of(c->arguments[0]), &r.code) || !text_int(text_of(c->arguments[1]), &r.number)) {
        fprintf(out, "ostia: CODE and NUMBER are whole numbers\n");
        return EXIT_USAGE;
    }
    enum status st = journal_write(h->journal, revoke_key, &r, &a, &p);
    if (!st)
        fprintf(out, "key %lld of authority %lld is good no more\n", (long long)r.number, (long long)r.code);
    return end(&a, out, st, &p);
}

static const struct sql WAITING = SQL(
    "exchange_waiting_count", "select count(*) from exchange_delivery where state = 0 and member = :member");
static const struct sql REFUSED = SQL(
    "exchange_refused_count", "select count(*) from exchange_delivery where state = 2 and member = :member");

static enum status say_member(struct db *db, const struct member *m, struct moment now, struct arena *a,
                              FILE *out) {
    int64_t waiting, refused;
    enum status st = DB_INT(db, &waiting, &WAITING, V_INT(m->code));
    if (!st) st = DB_INT(db, &refused, &REFUSED, V_INT(m->code));
    if (st) return st;
    const struct member_key *k = member_key_at(m, now);
    fprintf(out, "%u\t" TEXT_FMT "\t" TEXT_FMT "\tkey %u\twaiting %lld\trefused %lld\t" TEXT_FMT "\n",
            m->code, TEXT_ARG(member_roles_print(a, m->roles)), TEXT_ARG(m->address),
            k && member_is_active(m, now) ? k->number : 0, (long long)waiting, (long long)refused,
            TEXT_ARG(m->name));
    return STATUS_OK;
}

int exchange_list_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct members all = {0};
    struct db *db;
    (void)c;
    enum status st = store_reader(h->store, &db);
    if (st) return end(&a, out, st, &p);
    st = members_load(db, &a, &all);
    for (size_t i = 0; i < all.count && !st; i++)
        st = say_member(db, &all.items[i], env_now(h->env), &a, out);
    store_reader_release(h->store, db);
    return end(&a, out, st, &p);
}
