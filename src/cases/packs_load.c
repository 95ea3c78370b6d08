// packs_load.c - versions of the law: stored as events, read once, kept for the cases that run on them.
#include "cases/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

static const struct sql PACKS =
    SQL("packs", "select pack_version, hash, files from pack_load where pack_version > :after"
                 " order by pack_version");

static void entry_free(struct pack_entry *e) {
    if (!e) return;
    arena_free(&e->arena);
    pack_release(e->pack);
    free(e);
}

// Takes over the reference to `pack`.
static enum status entry_of(struct pack *pack, struct pack_entry **out, struct problem *p) {
    struct pack_entry *e = calloc(1, sizeof *e);
    if (!e) abort();
    e->pack = pack;
    enum status st = access_policy_compile(&e->arena, pack_access(e->pack), &e->policy, p);
    if (st) {
        entry_free(e);
        return st;
    }
    e->texts = (struct texts){.layer = {pack_catalog(e->pack)}, .count = 1};
    *out = e;
    return STATUS_OK;
}

static enum status entry_make(const struct pack_files *files, struct arena *a, struct pack_entry **out,
                              struct problem *p) {
    struct pack *pack;
    enum status st = pack_read(a, files, &pack, p);
    return st ? st : entry_of(pack, out, p);
}

static bool is_read_before(const struct cases *c, struct bytes hash) {
    if (!c->read_before) return false;
    struct hash known = pack_hash(c->read_before);
    return hash.n == HASH_BYTES && !memcmp(hash.p, known.b, HASH_BYTES);
}

// By version, the newest last. One that is there already (this server and another read it, or two threads) is
// left.
static enum status add_entry(struct cases *c, struct pack_entry *e) {
    pthread_rwlock_wrlock(&c->lock);
    size_t at = c->pack_count;
    while (at > 0 && c->packs[at - 1]->version > e->version) at--;
    bool is_there = at > 0 && c->packs[at - 1]->version == e->version;
    bool is_added = !is_there && c->pack_count < PACKS_MAX;
    if (is_added) {
        memmove(&c->packs[at + 1], &c->packs[at], (c->pack_count - at) * sizeof *c->packs);
        c->packs[at] = e;
        c->pack_count++;
    }
    pthread_rwlock_unlock(&c->lock);
    if (!is_added) entry_free(e);
    return is_there || is_added ? STATUS_OK : STATUS_TOO_LARGE;
}

static bool is_here(struct cases *c, int64_t version) {
    bool found = false;
    pthread_rwlock_rdlock(&c->lock);
    for (size_t i = 0; i < c->pack_count; i++) found |= c->packs[i]->version == version;
    pthread_rwlock_unlock(&c->lock);
    return found;
}

// One stored version, read outside the query so that no row stays open meanwhile.
static enum status load_next(struct cases *c, struct db *db, int64_t *after, bool *found, struct problem *p) {
    struct arena a = {0};
    struct rows r;
    struct pack_files files = {0};
    struct pack_entry *e = NULL;
    bool is_known = false, is_there = false;
    enum status st = DB_ONE(db, &r, &PACKS, V_INT(*after));
    *found = !st;
    if (!st) {
        *after = row_int(&r, 0);
        is_there = is_here(c, *after);
    }
    if (!st && !is_there) {
        is_known = is_read_before(c, row_bytes(&r, 1));
        if (!is_known) st = pack_files_decode(&a, bytes_copy(&a, row_bytes(&r, 2)), &files);
    }
    enum status end = rows_end(&r);
    if (!*found) return st == STATUS_NOT_FOUND ? end : st;
    if (is_there) {
        arena_free(&a);
        return end;
    }
    if (!st) st = is_known ? entry_of(pack_keep(c->read_before), &e, p) : entry_make(&files, &a, &e, p);
    if (!st) e->version = *after;
    if (!st) st = add_entry(c, e);
    arena_free(&a);
    return st;
}

// Those in the database that are newer than the newest here.
enum status packs_load_all(struct cases *c, struct problem *p) {
    struct db *db;
    enum status st = store_reader(journal_store(c->journal), &db);
    if (st) return st;
    // Not from the newest here: this server may have loaded one itself before it saw that of another.
    int64_t after = atomic_load(&c->packs_read_until);
    for (bool found = true; !st && found;) {
        st = load_next(c, db, &after, &found, p);
        if (!st) atomic_store(&c->packs_read_until, after);
    }
    store_reader_release(journal_store(c->journal), db);
    return st;
}

void packs_free(struct cases *c) {
    for (size_t i = 0; i < c->pack_count; i++) entry_free(c->packs[i]);
    arena_free(&c->expression_arena);
}

struct pack_job {
    int64_t actor;
    const struct pack *pack;
    struct bytes files;
    struct hash list; // of the list that is signed
    struct text signed_by;
    const struct pack_addition *addition; // or NULL
    int64_t version;
};

static enum status write_pack(struct write *w, void *argument, struct problem *p) {
    struct pack_job *job = argument;
    struct hash hash = pack_hash(job->pack);
    struct events *list = events_new(w->arena);
    struct event_draft *d = events_add(list, &EVENT_pack_loaded, 0, 0);
    job->version = write_id(w);
    draft_int(d, "pack_version", job->version);
    draft_text(d, "pack", pack_id(job->pack));
    draft_text(d, "version", pack_version(job->pack));
    draft_bytes(d, "hash", (struct bytes){hash.b, sizeof hash.b});
    draft_bytes(d, "list", hash_bytes(&job->list));
    draft_text(d, "signed_by", job->signed_by);
    draft_bytes(d, "files", job->files);
    enum status st =
        job->addition ? job->addition->add(w, job->addition->context, job->version, list, p) : STATUS_OK;
    return st ? st : write_events(w, job->actor, list);
}

// Before it is in the log, where it would stay.
static enum status want_room(struct cases *c, struct text procedure, struct problem *p) {
    pthread_rwlock_rdlock(&c->lock);
    bool room = c->pack_count < PACKS_MAX;
    pthread_rwlock_unlock(&c->lock);
    if (!room) return problem(p, "pack", "too_many_versions", "problem.pack.versions");
    struct pack_entries all = packs_today(c);
    if (packs_now(c, procedure) || all.count < PROCEDURES_MAX) return STATUS_OK;
    return problem(p, "pack", "too_many_procedures", "problem.pack.procedures");
}

static enum status load_pack(struct cases *c, int64_t actor, const struct pack_files *files,
                             const struct pack_addition *addition, struct arena *a, struct problem *p) {
    struct pack_entry *e = NULL;
    enum pack_signature found;
    struct text signed_by;
    enum status st = pack_signature_check(a, files, &c->signers, &found, &signed_by, p);
    if (!st) st = entry_make(files, a, &e, p);
    if (st) return st;
    if (!pack_procedure(e->pack).n) {
        st = problem(p, "pack", "no_procedure", "problem.pack.no_procedure");
        problem_arg(p, "what", text_copy(a, pack_id(e->pack)));
        entry_free(e);
        return st;
    }
    struct hash hash = pack_hash(e->pack);
    const struct pack_entry *newest = packs_newest_of(c, pack_id(e->pack));
    struct hash in_force = newest ? pack_hash(newest->pack) : (struct hash){0};
    if (newest && !addition && hash_eq(&hash, &in_force)) {
        entry_free(e);
        return STATUS_OK; // the same law again changes nothing
    }
    st = want_room(c, pack_id(e->pack), p);
    if (st) {
        entry_free(e);
        return st;
    }
    struct pack_job job = {.actor = actor,
                           .pack = e->pack,
                           .files = pack_files_encode(a, files),
                           .list = hash_of(bytes_of(pack_list(a, files))),
                           .signed_by = found == PACK_SIGNED ? signed_by : T(""),
                           .addition = addition};
    st = journal_write(c->journal, write_pack, &job, a, p);
    if (st) {
        entry_free(e);
        return st;
    }
    e->version = job.version;
    log_line(LOG_INFO, "pack.loaded", "pack=" TEXT_FMT " version=" TEXT_FMT, TEXT_ARG(pack_id(e->pack)),
             TEXT_ARG(pack_version(e->pack)));
    return add_entry(c, e);
}

enum status packs_put(struct cases *c, int64_t actor, const struct pack_files *files,
                      const struct pack_addition *addition, struct arena *a, struct problem *p) {
    pthread_mutex_lock(&c->loading);
    enum status st = load_pack(c, actor, files, addition, a, p);
    pthread_mutex_unlock(&c->loading);
    return st;
}

enum status cases_load_pack(struct cases *c, int64_t actor, const struct pack_files *files, struct arena *a,
                            struct problem *p) {
    return packs_put(c, actor, files, NULL, a, p);
}

// ---- for operators ----

static const struct sql LOADED =
    SQL("packs_loaded", "select pack_version, pack, version, signed_by, loaded_at from pack_load"
                        " order by pack_version desc limit 100");

enum status cases_loaded_packs(struct cases *c, struct arena *a, struct loaded_pack_list *out) {
    struct db *db;
    struct rows r;
    *out = (struct loaded_pack_list){0};
    enum status st = store_reader(journal_store(c->journal), &db);
    if (st) return st;
    st = db_query(db, &r, &LOADED, NULL, 0);
    while (!st && rows_next(&r)) {
        struct loaded_pack *l = ARENA_PUSH(a, out);
        *l = (struct loaded_pack){row_int(&r, 0),
                                  text_copy(a, row_text(&r, 1)),
                                  text_copy(a, row_text(&r, 2)),
                                  text_copy(a, row_text(&r, 3)),
                                  {row_int(&r, 4)}};
    }
    enum status end = rows_end(&r);
    store_reader_release(journal_store(c->journal), db);
    return st ? st : end;
}
