// registers.c - entries and lists of them, under the same faults: what was acknowledged is there, and of a
// list that is not in force nothing counts.
#include <inttypes.h>

#include "registers/import.h"
#include "registers/retention.h"
#include "sim.h"

enum { ROWS = 5 };

static const struct look KEEPING = {.purpose = {"technical", 9}};

static void answered(struct history *h, const struct register_done *done, enum status st) {
    world_say(&h->world, "entry %" PRId64 ": %s", done->entry, status_name(st));
    if (st || !h->world.is_on) return;
    h->kept++;
    *ARENA_PUSH(&h->arena, &h->entries) = done->entry;
}

static void say(struct history *h, struct answers *s, const char *path, struct text value) {
    (void)h;
    if (answers_set(s, text_of(path), value)) abort();
}

static void record(struct history *h) {
    struct answers s = {.arena = &h->arena};
    struct actor system = actor_system();
    struct register_done done = {0};
    struct problem p = {0};
    say(h, &s, "provider_no", T("H-77"));
    say(h, &s, "sequence_no", text_printf(&h->arena, "%" PRId64, h->commands));
    say(h, &s, "stay_kind", T("hotel"));
    say(h, &s, "street", T("Harbour Street 3"));
    say(h, &s, "town", T("Northport"));
    say(h, &s, "address_country", T("DEU"));
    say(h, &s, "arrived_on", T("2026-11-01"));
    struct register_act act = {
        .kind = ACT_RECORD, .look = KEEPING, .register_id = T("stay"), .answers = &s, .reason = T("Seen")};
    answered(h, &done, registers_do(h->rooms.registers, &system, &act, NULL, &h->arena, &done, &p));
}

static void end(struct history *h) {
    struct actor system = actor_system();
    struct register_done done = {0};
    struct problem p = {0};
    if (!h->entries.count) return record(h);
    struct register_act act = {.kind = ACT_END,
                               .look = KEEPING,
                               .entry = h->entries.items[chance_number(&h->world, h->entries.count)],
                               .reason = T("Left")};
    enum status st = registers_do(h->rooms.registers, &system, &act, NULL, &h->arena, &done, &p);
    world_say(&h->world, "end of entry %" PRId64 ": %s", act.entry, status_name(st));
}

static void send(struct history *h) {
    struct out file = {.arena = &h->arena};
    struct actor system = actor_system();
    struct import_order o = {.look = KEEPING, .register_id = T("stay"), .name = T("guests.csv")};
    struct import_writer *w = NULL;
    struct problem p = {0};
    int64_t import = 0;
    out_c(&file, "provider_no,sequence_no,stay_kind,street,town,address_country,arrived_on\n");
    for (int i = 0; i < ROWS; i++)
        out_printf(&file, "L-%" PRId64 ",%d,hotel,Harbour Street 3,Northport,DEU,2026-11-0%d\n", h->commands,
                   i, i + 1);
    enum status st = registers_import_begin(h->rooms.registers, &system, &o, &w, &p);
    if (!st) st = registers_import_write(w, bytes_of(out_done(&file)));
    if (!st)
        st = registers_import_end(&w, &import, &p);
    else
        registers_import_abort(&w);
    world_say(&h->world, "list %" PRId64 ": %s", import, status_name(st));
}

static void work(struct history *h) {
    bool done = true;
    for (uint64_t n = 1 + chance_number(&h->world, 4); n && done; n--) {
        enum status st = registers_work(h->rooms.registers, &done);
        world_say(&h->world, "registers at work: %s, %s", done ? "done" : "nothing", status_name(st));
        if (st) return;
    }
}

void registers_turn(struct history *h) {
    h->commands++;
    switch (chance_number(&h->world, 5)) {
    case 0: record(h); break;
    case 1: end(h); break;
    case 2:
        send(h);
        work(h); // mostly checked and recorded in one go: a history has few turns
        break;
    default: work(h);
    }
}

// ---- afterwards

static const struct sql THERE =
    SQL("sim_entry", "select count(*) from register_entry where entry_id = :entry");
static const struct sql HALF = SQL(
    "sim_half_lists",
    "select count(*) from register_import i where (i.state not in ('done', 'undone') and exists (select 1 "
    "from"
    " register_entry e where e.import_id = i.import_id and e.state in ('current', 'ended'))) or (i.state ="
    " 'done' and i.rows_all <> (select count(*) from register_entry e where e.import_id = i.import_id))");

void look_at_registers(struct history *h, struct db *db) {
    int64_t count = 0;
    for (size_t i = 0; i < h->entries.count; i++)
        if (DB_INT(db, &count, &THERE, V_INT(h->entries.items[i])) || count != 1)
            return history_fails(h, "entry %" PRId64 " was acknowledged and is gone", h->entries.items[i]);
    if (DB_INT(db, &count, &HALF) || count) history_fails(h, "%" PRId64 " lists are half in force", count);
}
