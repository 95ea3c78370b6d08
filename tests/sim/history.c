// history.c - one seed: a house lives, loses power, lives again; and after each life everything is looked at.
#include <inttypes.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <string.h>

#include "sim.h"

enum {
    LIVES_MAX = 4,
    TURNS_MAX = 12,
    CUT_BITS_MAX = 12,    // the power goes off within 2^12 steps, more often early than late
    FRESH_EVERY = 32,     // one history in so many begins with an empty disk
    REPLAY_EVERY = 10,    // one in so many compares the tables with a replay
    FULL_ROOM_MAX = 60000 // bytes that are left when a disk becomes full
};

void history_fails(struct history *h, const char *format, ...) {
    if (h->failure[0]) return;
    va_list args;
    va_start(args, format);
    vsnprintf(h->failure, sizeof h->failure, format, args);
    va_end(args);
    world_say(&h->world, "WRONG: %s", h->failure);
}

// Most histories have one or two kinds of fault, some have none but lost power.
static void choose_faults(struct history *h) {
    static const int RATES[] = {200, 2000, 20000};
    // How much rarer or more common each kind of step is than a read or write.
    static const int TIMES[FAULT_COUNT] = {
        [FAULT_READ] = 20,  [FAULT_WRITE] = 20, [FAULT_SHORT] = 100, [FAULT_SYNC] = 300,
        [FAULT_NAME] = 100, [FAULT_SLOW] = 20,  [FAULT_MEMORY] = 1};
    struct world *w = &h->world;
    for (int f = 0; f < FAULT_COUNT; f++)
        if (chance_number(w, 5) == 0) w->per_million[f] = RATES[chance_number(w, 3)] / 20 * TIMES[f];
}

static void arm(struct history *h) {
    struct world *w = &h->world;
    uint64_t most = UINT64_C(1) << (3 + chance_number(w, CUT_BITS_MAX - 2));
    w->cut_at = w->steps + 1 + (int64_t)chance_number(w, most);
}

static int batch_max(struct history *h) {
    static const int SIZES[] = {0, 1, 2, 3};
    return SIZES[chance_number(&h->world, 4)];
}

static bool try_to_open(struct history *h) {
    int memory = h->world.per_million[FAULT_MEMORY];
    h->world.per_million[FAULT_MEMORY] = 0; // no memory for a connection ends the program, on purpose
    enum status st = rooms_open(&h->world, h->origin, batch_max(h), &h->rooms);
    h->world.per_million[FAULT_MEMORY] = memory;
    h->is_open = !st;
    h->opened += h->is_open;
    if (h->is_open) hooks_watch(h);
    return h->is_open;
}

static void close_rooms(struct history *h) {
    if (!h->is_open) return;
    if (h->world.is_on) world_say(&h->world, "closed");
    rooms_close(&h->rooms);
    h->is_open = false;
}

// With a full disk what was kept aside must be enough to open, so that people can read.
static bool fills_up(struct history *h) {
    struct sim_disk *d = h->world.disk;
    struct inode *reserve = sim_disk_find(d, "/sim/live/reserve");
    if (chance_number(&h->world, 4)) return false;
    if (!reserve || reserve->seen->size < 1024 * 1024) return false;
    d->bytes_max = sim_disk_used(d);
    world_say(&h->world, "the disk is full while the house is opened");
    return true;
}

static void open_calmly_and_look(struct history *h, bool is_last) {
    struct world *w = &h->world;
    w->is_calm = true;
    bool is_full = fills_up(h);
    if (!try_to_open(h)) {
        history_fails(h, "the house does not open again%s", is_full ? " on a full disk" : "");
        w->is_calm = false;
        return;
    }
    w->disk->bytes_max = INT64_MAX;
    look(h, is_last && h->seed % REPLAY_EVERY == 0);
    w->is_calm = false;
}

static void live(struct history *h) {
    struct world *w = &h->world;
    for (uint64_t turns = 1 + chance_number(w, TURNS_MAX); turns && w->is_on && !h->failure[0]; turns--) {
        if (chance_number(w, 30) == 0) {
            w->disk->bytes_max = sim_disk_used(w->disk) + (int64_t)chance_number(w, FULL_ROOM_MAX);
            world_say(w, "the disk is nearly full");
        }
        work_turn(h);
        if (w->is_on) look_between(h);
        if (chance_number(w, 4) == 0) w->disk->bytes_max = INT64_MAX;
    }
}

// What is left when everything is closed: of a machine without power, what the seed lets survive.
static void end_life(struct history *h) {
    struct world *w = &h->world;
    bool loses_power = !w->is_on || chance_number(w, 3);
    if (loses_power && w->is_on) world_say(w, "the power is cut while nothing happens");
    if (loses_power) w->is_on = false;
    close_rooms(h);
    w->disk->bytes_max = INT64_MAX;
    w->cut_at = 0;
    if (sim_disk_open_files(w->disk)) history_fails(h, "%d files stay open", sim_disk_open_files(w->disk));
    if (w->is_on) return;
    h->cuts++;
    world_restart(w);
}

static void history_begin(struct history *h, const struct origin *o, uint64_t seed) {
    bool is_fresh = seed % FRESH_EVERY == 5;
    h->seed = seed;
    h->origin = o;
    world_open(&h->world, seed, is_fresh ? NULL : o->disk);
    sqlite3_randomness(0, NULL); // SQLite asks the new world
    for (size_t i = 0; i < o->log.count && !is_fresh; i++) *ARENA_PUSH(&h->arena, &h->log) = o->log.items[i];
    choose_faults(h);
}

static struct hash digest(const struct history *h) {
    struct {
        struct hash disk;
        uint64_t chance;
        int64_t steps, commands, kept;
    } all = {sim_disk_digest(h->world.disk), h->world.chance, h->world.steps, h->commands, h->kept};
    return hash_of((struct bytes){(const uint8_t *)&all, sizeof all});
}

static struct result history_end(struct history *h, bool wants_digest) {
    struct result r = {.is_good = !h->failure[0],
                       .digest = wants_digest ? digest(h) : (struct hash){{0}},
                       .steps = h->world.steps,
                       .commands = h->commands,
                       .kept = h->kept,
                       .cuts = h->cuts};
    memcpy(r.failure, h->failure, sizeof r.failure);
    memcpy(r.faults, h->world.faults, sizeof r.faults);
    world_close(&h->world);
    arena_free(&h->arena);
    return r;
}

struct result history_run(const struct origin *o, uint64_t seed, const struct how *how) {
    static struct history h;
    h = (struct history){0};
    history_begin(&h, o, seed);
    h.world.is_verbose = how->is_verbose;
    h.world.planted = planted_now = how->planted;
    uint64_t lives = 1 + chance_number(&h.world, LIVES_MAX);
    for (uint64_t life = 1; life <= lives && !h.failure[0]; life++) {
        world_say(&h.world, "life %" PRIu64 " of %" PRIu64, life, lives);
        arm(&h);
        if (h.is_open || try_to_open(&h)) live(&h);
        end_life(&h);
        if (h.failure[0]) break;
        // Half of the lives go on in the house that was looked at; the others meet their faults while
        // opening.
        open_calmly_and_look(&h, life == lives);
        if (life == lives || chance_number(&h.world, 2)) {
            h.world.is_calm = true;
            close_rooms(&h);
            h.world.is_calm = false;
        }
    }
    h.world.is_on = false;
    close_rooms(&h);
    planted_now = PLANTED_NOTHING;
    return history_end(&h, how->wants_digest);
}
