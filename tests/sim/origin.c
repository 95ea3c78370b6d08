// origin.c - the disk that histories begin with: an authority with its law, staff and some cases.
//
// Made once a process, with the real rooms and commands; a history starts with a copy, which costs nothing.
#include "../cases/story.h"

#include "sim.h"

enum { EVENT_TYPES_MAX = 160, READERS = 1 };

static const struct migrations *const ROOMS[] = {&JOURNAL_MIGRATIONS, &ACCESS_MIGRATIONS, &CASES_MIGRATIONS,
                                                 &REGISTERS_MIGRATIONS, &SIM_MIGRATIONS};
static const struct event_type *types[EVENT_TYPES_MAX];

static void list_types(void) {
    size_t n = 0;
    for (size_t i = 0; access_event_types[i]; i++) types[n++] = access_event_types[i];
    for (size_t i = 0; cases_event_types[i]; i++) types[n++] = cases_event_types[i];
    for (size_t i = 0; registers_event_types[i]; i++) types[n++] = registers_event_types[i];
    types[n++] = &SIM_WRITTEN;
    types[n] = NULL;
    if (n >= EVENT_TYPES_MAX) abort();
}

struct store_options rooms_options(const char *dir) {
    return (struct store_options){.dir = dir,
                                  .create = true,
                                  .readers = READERS,
                                  .by_hand = true,
                                  .rooms = ROOMS,
                                  .room_count = sizeof ROOMS / sizeof *ROOMS};
}

enum status rooms_open(struct world *w, const struct origin *o, int batch_max, struct rooms *out) {
    struct store_options store = rooms_options("/sim/live");
    struct journal_options journal = {types, T("sim.example/log")};
    struct cases_options cases = {T("Office for Asylum"), T("https://asylum.example"), T("Europe/Brussels"),
                                  o->pack};
    struct problem p = {0};
    *out = (struct rooms){0};
    store.batch_max = batch_max;
    enum status st = store_open(&w->env, &store, &out->store, &p);
    if (!st) st = journal_open(out->store, &w->env, &journal, &out->journal, &p);
    if (!st) st = cases_open(out->journal, &cases, &out->cases, &p);
    struct registers_options registers = {T("Europe/Brussels")};
    if (!st) st = registers_open(out->journal, out->cases, &registers, &out->registers, &p);
    if (st) world_say(w, "not opened: %s, %s", status_name(st), p.rule ? p.rule : "");
    if (st) rooms_close(out);
    return st;
}

void rooms_close(struct rooms *r) {
    registers_close(r->registers);
    cases_close(r->cases);
    store_close(r->store); // calls into the journal
    journal_close(r->journal);
    *r = (struct rooms){0};
}

// The law is in force as cases_load_pack() does it, but without its files: every house of this process is
// given the pack that was read here, and half a megabyte of texts in the log would be most of the cost of a
// history.
static enum status put_in_force(struct write *w, void *argument, struct problem *p) {
    const struct pack *pack = argument;
    struct hash hash = pack_hash(pack);
    const struct event_type *loaded = NULL;
    (void)p;
    for (size_t i = 0; cases_event_types[i]; i++)
        if (!strcmp(cases_event_types[i]->name, "pack_loaded")) loaded = cases_event_types[i];
    struct events *list = events_new(w->arena);
    struct event_draft *d = events_add(list, loaded, 0, 0);
    draft_int(d, "pack_version", write_id(w));
    draft_text(d, "pack", pack_id(pack));
    draft_text(d, "version", pack_version(pack));
    draft_bytes(d, "hash", (struct bytes){hash.b, sizeof hash.b});
    draft_bytes(d, "files", (struct bytes){0});
    return write_events(w, 0, list);
}

static void read_law(struct origin *o, const char *folder, struct journal *j) {
    struct arena a = {0};
    struct pack_files files = {0};
    struct problem p = {0};
    struct pack *pack;
    assert_ok(pack_files_from_folder(&a, folder, &files, &p));
    assert_ok(pack_read(&a, &files, &pack, &p));
    assert_ok(journal_write(j, put_in_force, pack, &a, &p));
    o->pack = pack;
    arena_free(&a);
}

static void fill(struct origin *o, struct house *h) {
    struct access_options ao = {.origin = T("https://asylum.example"),
                                .name = T("Office for Asylum"),
                                .password_passes = 1,
                                .password_bytes = 8192};
    assert_ok(access_open(h->journal, &ao, &h->access, &h->problem));
    house_staff(h);
    o->officer = h->account[OFFICER];
    access_close(h->access);
    for (int i = 0; i < 2; i++) o->drafts[i] = filled_draft(h, APPLICANT);
    o->open_case = submitted(h, APPLICANT);
    registered(h, o->open_case);
    assigned(h, o->open_case);
}

static void note_log(struct origin *o, struct store *s) {
    struct db *db;
    assert_ok(store_reader(s, &db));
    assert_ok(events_seen(db, 0, &o->arena, &o->log));
    store_reader_release(s, db);
}

bool origin_make(struct origin *o, const char *pack_folder) {
    static struct world w;
    struct rooms rooms;
    struct store *again;
    struct house h = {0};
    *o = (struct origin){0};
    list_types();
    crypto_start();
    log_level_set(LOG_NOTHING);
    world_open(&w, 1, NULL);
    w.is_calm = true;
    assert_ok(rooms_open(&w, o, 0, &rooms));
    read_law(o, pack_folder, rooms.journal);
    rooms_close(&rooms);
    assert_ok(rooms_open(&w, o, 0, &rooms));
    h.store = rooms.store;
    h.journal = rooms.journal;
    h.cases = rooms.cases;
    h.fixed.at = w.drawn.at;
    fill(o, &h);
    note_log(o, h.store);
    rooms_close(&rooms);
    struct store_options empty = rooms_options("/sim/again"); // for replays
    assert_ok(store_open(&w.env, &empty, &again, NULL));
    store_close(again);
    arena_free(&h.arena);
    o->disk = sim_disk_copy(w.disk);
    world_close(&w);
    return true;
}

void origin_free(struct origin *o) {
    sim_disk_free(o->disk);
    pack_release(o->pack);
    arena_free(&o->arena);
}
