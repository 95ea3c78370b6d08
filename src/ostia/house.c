#include "ostia/house.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "api/api.h"
#include "exchange/channels.h"
#include "lookup/lookup.h"
#include "search/search.h"
#include "store/file.h"

enum { EVENT_TYPES_MAX = 256, READERS = 24 };

static const struct migrations *const ROOMS[] = {
    &JOURNAL_MIGRATIONS, &PROOF_MIGRATIONS,  &ACCESS_MIGRATIONS, &CASES_MIGRATIONS,    &REGISTERS_MIGRATIONS,
    &SEARCH_MIGRATIONS,  &BORDER_MIGRATIONS, &API_MIGRATIONS,    &EXCHANGE_MIGRATIONS, &LOOKUP_MIGRATIONS};

static const struct event_type *types[EVENT_TYPES_MAX];

static size_t add_types(size_t count, const struct event_type *const *list) {
    for (size_t i = 0; list[i]; i++) {
        assert(count < EVENT_TYPES_MAX - 1);
        types[count++] = list[i];
    }
    return count;
}

static void list_types(void) {
    size_t n = add_types(add_types(0, access_event_types), cases_event_types);
    n = add_types(add_types(n, registers_event_types), search_event_types);
    n = add_types(n, border_event_types);
    n = add_types(n, exchange_event_types);
    add_types(n, lookup_event_types);
}

static struct store_options store_for(const char *dir, enum house_mode mode) {
    return (struct store_options){.dir = dir,
                                  .create = mode == HOUSE_CREATE || mode == HOUSE_CREATE_LOG,
                                  .read_only = mode == HOUSE_READ,
                                  .readers = mode == HOUSE_READ ? 2 : READERS,
                                  .rooms = ROOMS,
                                  .room_count = sizeof ROOMS / sizeof *ROOMS};
}

enum status house_privacy(const struct settings *s, bool create, struct privacy_options *out,
                          struct problem *p) {
    int64_t code = 0;
    if (!s->privacy) return problem(p, "privacy", "off", "problem.privacy.off");
    if (!s->authority_code || !text_int(text_of(s->authority_code), &code) || code < 1 || code > UINT32_MAX)
        return problem(p, "authority-code", "code", "problem.privacy.code");
    bool same_url = s->privacy_db && s->db && !strcmp(s->privacy_db, s->db);
    const char *schema = s->db_schema ? s->db_schema : "",
               *theirs = s->privacy_db_schema ? s->privacy_db_schema : "";
    if (same_url && !strcmp(schema, theirs))
        return problem(p, "privacy-db", "own_database", "problem.privacy.own_database");
    *out = (struct privacy_options){.dir = s->privacy,
                                    .url = s->privacy_db,
                                    .schema = s->privacy_db_schema,
                                    .key_file = s->privacy_key,
                                    .authority = (uint32_t)code,
                                    .zone = text_of(s->zone),
                                    .create = create};
    return STATUS_OK;
}

// It is made by `ostia privacy init` alone: a folder that is not mounted must not become a new service.
static enum status open_privacy(struct house *h, struct problem *p) {
    struct privacy_options o;
    if (!h->settings->privacy) return STATUS_OK;
    enum status st = house_privacy(h->settings, false, &o, p);
    return st ? st : privacy_open(h->env, &o, &h->privacy, p);
}

static enum status read_signers(struct arena *a, const char *path, struct pack_signers *out,
                                struct problem *p) {
    struct bytes lines;
    enum status st = file_read_small(env_real(), a, path, &lines);
    if (!st) st = pack_signers_read(a, text_of_bytes(lines), out, NULL);
    return st ? problem(p, "pack-signers", "signers", "problem.pack.signers") : STATUS_OK;
}

static enum status open_rooms(struct house *h, struct problem *p) {
    const struct settings *s = h->settings;
    struct access_options access = {.origin = text_of(s->site), .name = text_of(s->authority)};
    struct cases_options cases = {text_of(s->authority), text_of(s->site), text_of(s->zone)};
    struct pack_signers signers = {0};
    struct arena a = {0};
    enum status st = s->pack_signers ? read_signers(&a, s->pack_signers, &signers, p) : STATUS_OK;
    cases.signers = &signers;
    if (settings_exchange(s)) cases.tell = channels_told; // there are channels to other authorities
    if (!st) st = proof_open(h->journal, &h->proofs);
    if (!st) st = access_open(h->journal, &access, &h->access, p);
    if (!st) st = cases_open(h->journal, &cases, &h->cases, p);
    struct registers_options registers = {text_of(s->zone)};
    if (!st) st = registers_open(h->journal, h->cases, &registers, &h->registers, p);
    struct border_options border = {text_of(s->zone)};
    if (!st) st = border_open(h->journal, h->registers, &border, &h->border, p);
    arena_free(&a);
    return st;
}

enum status house_open(const struct env *env, const struct settings *s, enum house_mode mode,
                       struct house *out, struct problem *p) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, list_types);
    *out = (struct house){.env = env, .settings = s};
    struct store_options store = store_for(s->data, mode);
    store.url = s->db;
    store.schema = s->db_schema;
    struct journal_options journal = {types, text_of(s->log)};
    enum status st = store_open(env, &store, &out->store, p);
    if (!st && mode == HOUSE_CREATE) {
        st = settings_keep(s);
        if (st) st = problem(p, "data", "settings", "problem.store.folder");
    }
    if (!st) st = journal_open(out->store, env, &journal, &out->journal, p);
    if (!st && mode >= HOUSE_WRITE) st = open_rooms(out, p);
    if (!st && mode >= HOUSE_WRITE) st = open_privacy(out, p);
    if (st) house_close(out);
    return st;
}

void house_close(struct house *h) {
    privacy_close(h->privacy);
    border_close(h->border);
    registers_close(h->registers);
    cases_close(h->cases);
    if (h->access) access_close(h->access);
    proof_close(h->proofs);
    struct journal *j = h->journal;
    store_close(h->store); // the writer ends first: it calls into the journal
    journal_close(j);
    *h = (struct house){0};
}

enum status house_open_empty(const struct env *env, const char *dir, struct store **out, struct problem *p) {
    struct store_options store = store_for(dir, HOUSE_CREATE);
    return store_open(env, &store, out, p);
}

enum status house_load_pack(struct house *h, const char *folder, struct arena *a, struct problem *p) {
    struct pack_files files = {0};
    enum status st = pack_files_from_folder(a, folder, &files, p);
    return st ? st : cases_load_pack(h->cases, 0, &files, a, p);
}

enum status house_load_packs(struct house *h, const char *folders, struct arena *a, struct problem *p) {
    struct text rest = text_of(folders), folder;
    enum status st = STATUS_OK;
    while (!st && text_cut(&rest, ',', &folder)) st = house_load_pack(h, text_c(a, text_trim(folder)), a, p);
    return st;
}
