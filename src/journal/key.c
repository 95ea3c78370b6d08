// key.c - the keys that sign checkpoints: the first one, those that came after it, and those that were
// revoked.
#include "journal/internal.h"

#include <assert.h>
#include <stdio.h>

#include "ledger/key_list.h"

static const struct sql KEY_NEWEST = SQL("log_key_newest", "select max(number) from log_key");
static const struct sql KEY_ADD =
    SQL("log_key_add", "insert into log_key (number, vkey, from_at) values (:number, :vkey, :at)");
static const struct sql KEY_REVOKE =
    SQL("log_key_revoke",
        "insert into log_key_revoked (number, at) values (:number, :at) on conflict (number) do nothing");
static const struct sql KEY_READ = SQL("log_key_read", "select vkey from log_key where number = :number");
static const struct sql KEYS = SQL("log_keys", "select number, vkey, from_at from log_key order by number");
static const struct sql KEYS_REVOKED =
    SQL("log_keys_revoked", "select number, at from log_key_revoked order by number");

static enum status apply_changed(struct db *db, const struct event *e) {
    return DB_RUN(db, &KEY_ADD, V_INT(event_int(e, "number")), V_TEXT(event_text(e, "vkey")),
                  V_INT(e->at.ms));
}
static enum status apply_revoked(struct db *db, const struct event *e) {
    return DB_RUN(db, &KEY_REVOKE, V_INT(event_int(e, "number")), V_INT(e->at.ms));
}
const struct event_type LOG_KEY_CHANGED = {"log_key_changed", apply_changed};
const struct event_type LOG_KEY_REVOKED = {"log_key_revoked", apply_revoked};

static enum status signer_of(struct journal *j, int64_t number, struct note_signer *out) {
    char name[KEY_NAME_MAX];
    struct key secret;
    snprintf(name, sizeof name, number > 1 ? "log-signing-%lld" : "log-signing", (long long)number);
    enum status st = keys_named(j->store, name, &secret);
    if (!st) st = note_signer_make(j->origin, &secret, out);
    key_wipe(&secret);
    return st;
}

static void use(struct journal *j, int64_t number, struct note_signer *signer) {
    pthread_mutex_lock(&j->signer_mutex);
    j->signer = *signer;
    j->signer_number = number;
    pthread_mutex_unlock(&j->signer_mutex);
    note_signer_wipe(signer);
}

static enum status newest(struct db *db, int64_t *number) {
    enum status st = DB_INT(db, number, &KEY_NEWEST);
    if (st == STATUS_NOT_FOUND) st = STATUS_OK;
    if (!*number) *number = 1;
    return st;
}

// With another master key the secret is another one: such a key is not the one that the log announced.
static enum status check_listed(struct db *db, int64_t number, const struct note_signer *signer) {
    struct arena a = {0};
    struct rows r;
    enum status st = DB_ONE(db, &r, &KEY_READ, V_INT(number));
    if (!st && !text_eq(row_text(&r, 0), note_key_print(&a, &signer->key))) st = STATUS_CORRUPT;
    enum status end = rows_end(&r);
    arena_free(&a);
    return st ? st : end;
}

enum status keys_load(struct journal *j, struct db *db) {
    int64_t number = 0;
    struct note_signer signer;
    enum status st = newest(db, &number);
    if (st || number == j->signer_number) return st;
    st = signer_of(j, number, &signer);
    if (!st && number > 1) st = check_listed(db, number, &signer);
    if (!st) use(j, number, &signer);
    return st;
}

enum status keys_first(struct journal *j) {
    struct note_signer signer;
    struct db *db;
    enum status st = signer_of(j, 1, &signer);
    if (st) return st;
    j->first_key = signer.key;
    use(j, 1, &signer);
    st = store_reader(j->store, &db);
    if (st) return st;
    st = keys_load(j, db);
    store_reader_release(j->store, db);
    return st;
}

struct text journal_verifier(struct journal *j, struct arena *a) {
    pthread_mutex_lock(&j->signer_mutex);
    struct text vkey = note_key_print(a, &j->signer.key);
    pthread_mutex_unlock(&j->signer_mutex);
    return vkey;
}

// ---- the list

static enum status list_revoked(struct db *db, struct key_list *l) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &KEYS_REVOKED);
    while (!st && rows_next(&r)) {
        int64_t number = row_int(&r, 0);
        if (number < 1 || (size_t)number > l->count) st = STATUS_CORRUPT;
        if (!st) l->items[number - 1].revoked_s = (uint64_t)row_int(&r, 1) / 1000;
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status list_keys(struct journal *j, struct db *db, struct arena *a, struct key_list *l) {
    struct rows r;
    *l = (struct key_list){j->origin, ARENA_ARRAY(a, struct listed_key, KEY_LIST_MAX), 1};
    l->items[0] = (struct listed_key){.key = j->first_key};
    enum status st = DB_QUERY(db, &r, &KEYS);
    while (!st && l->count < KEY_LIST_MAX && rows_next(&r)) {
        struct listed_key *k = &l->items[l->count++];
        *k = (struct listed_key){.from_s = (uint64_t)row_int(&r, 2) / 1000};
        k[-1].to_s = k->from_s;
        st = note_key_read(a, text_copy(a, row_text(&r, 1)), &k->key);
    }
    enum status end = rows_end(&r);
    if (!st) st = end;
    return st ? st : list_revoked(db, l);
}

enum status journal_key_list(struct journal *j, struct db *db, struct arena *a, struct text *note) {
    struct key_list l;
    size_t count = 0;
    enum status st = list_keys(j, db, a, &l);
    struct note_signer *signers = ARENA_ARRAY(a, struct note_signer, KEY_LIST_MAX);
    for (size_t i = 0; !st && i < l.count; i++)
        if (!l.items[i].revoked_s) st = signer_of(j, (int64_t)i + 1, &signers[count++]);
    if (!st) *note = note_sign(a, key_list_print(a, &l), signers, count);
    for (size_t i = 0; i < count; i++) note_signer_wipe(&signers[i]);
    return st;
}

enum status journal_checkpoint_open(struct journal *j, struct db *db, struct arena *a, struct text *note,
                                    struct checkpoint *c) {
    struct key_list l;
    struct note_key *keys = ARENA_ARRAY(a, struct note_key, KEY_LIST_MAX);
    size_t count = 0;
    enum status st = journal_checkpoint(j, db, a, note);
    if (!st) st = list_keys(j, db, a, &l);
    for (size_t i = 0; !st && i < l.count; i++)
        if (!l.items[i].revoked_s) keys[count++] = l.items[i].key;
    if (st) return st;
    st = checkpoint_open(a, *note, j->origin, keys, count, c);
    return st ? STATUS_CORRUPT : STATUS_OK;
}

// ---- changing

static enum status change(struct write *w, void *argument, struct problem *p) {
    int64_t number = 0, actor = *(int64_t *)argument;
    struct note_signer signer;
    enum status st = newest(w->db, &number);
    if (!st && number >= KEY_LIST_MAX) return problem(p, "", "log_keys_max", "problem.log.keys_max");
    if (!st) st = signer_of(w->journal, number + 1, &signer);
    if (st) return st;
    struct events *list = events_new(w->arena);
    struct event_draft *d = events_add(list, &LOG_KEY_CHANGED, 0, 0);
    draft_int(d, "number", number + 1);
    draft_text(d, "vkey", note_key_print(w->arena, &signer.key));
    note_signer_wipe(&signer);
    w->journal->is_key_changed = true;
    return write_events(w, actor, list);
}

enum status journal_key_change(struct journal *j, int64_t actor, struct arena *a, struct problem *p) {
    return journal_write(j, change, &actor, a, p);
}

struct revoking {
    int64_t actor, number;
};

static enum status revoke(struct write *w, void *argument, struct problem *p) {
    const struct revoking *r = argument;
    int64_t number = 0;
    enum status st = newest(w->db, &number);
    if (st) return st;
    if (r->number < 1 || r->number > number)
        return problem(p, "number", "log_key_number", "problem.log.key_number");
    if (r->number == number) return problem(p, "number", "log_key_in_use", "problem.log.key_in_use");
    struct events *list = events_new(w->arena);
    draft_int(events_add(list, &LOG_KEY_REVOKED, 0, 0), "number", r->number);
    return write_events(w, r->actor, list);
}

enum status journal_key_revoke(struct journal *j, int64_t actor, int64_t number, struct arena *a,
                               struct problem *p) {
    return journal_write(j, revoke, &(struct revoking){actor, number}, a, p);
}
