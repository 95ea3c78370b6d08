// replay_memo.c - equal facts have an equal result, so they are evaluated once: a decision reads little of a
// case, and many cases are alike in that. The key is everything that is read, byte for byte; nothing is
// guessed.
#include "cases/replay_inside.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
    MEMO_SLOTS = 1 << 18,
    MEMO_ENTRIES_MAX = MEMO_SLOTS / 2, // some 30 MB; then it begins anew
    MEMO_TRIAL = 20 * 1000,            // so many cases decide whether it is worth while
    MEMO_HITS_LEAST = MEMO_TRIAL / 10,
    DAY_SLOTS = 8192, // quarters of an hour whose day is known: twenty years of noons
    QUARTER_MS = 15 * 60 * 1000,
};

enum part_kind { PART_TEXT, PART_FLAG, PART_MOMENT };
// Members of "case" and "applicant" and the columns that they are made of; the rest of a key is below.
static const struct part {
    const char *input, *member;
    enum part_kind kind;
    size_t offset;
} PARTS[] = {
    {"case", "status", PART_TEXT, offsetof(struct case_state, status)},
    {"case", "track", PART_TEXT, offsetof(struct case_state, track)},
    {"case", "channel", PART_TEXT, offsetof(struct case_state, channel)},
    {"case", "language", PART_TEXT, offsetof(struct case_state, language)},
    {"case", "nationality", PART_TEXT, offsetof(struct case_state, nationality)},
    {"case", "is_minor", PART_FLAG, offsetof(struct case_state, is_minor)},
    {"case", "is_vulnerable", PART_FLAG, offsetof(struct case_state, is_vulnerable)},
    {"case", "made_on", PART_TEXT, offsetof(struct case_state, made_on)},
    {"case", "registered_on", PART_MOMENT, offsetof(struct case_state, registered_at)},
    {"case", "lodged_on", PART_MOMENT, offsetof(struct case_state, lodged_at)},
    {"applicant", "birth_date", PART_TEXT, offsetof(struct case_state, birth)},
    {"applicant", "nationality", PART_TEXT, offsetof(struct case_state, nationality)},
    {"applicant", "is_minor", PART_FLAG, offsetof(struct case_state, is_minor)},
    {"applicant", "is_unaccompanied_minor", PART_FLAG, offsetof(struct case_state, is_minor)},
};
enum { PART_COUNT = sizeof PARTS / sizeof *PARTS };

struct memo_entry {
    uint64_t hash;
    const uint8_t *key;
    size_t key_bytes;
    struct counted counted;
};
struct memo {
    const struct replay_plan *plan;
    struct arena arena;
    struct memo_entry **slots;
    size_t count;
    int64_t asked, hits, made;
    bool gave_up, has_made_on, has_age, has_clock;
    bool has_part[PART_COUNT];
    uint8_t *key;
    size_t key_bytes, key_capacity;
    struct {
        int64_t quarter;
        struct date day;
    } days[DAY_SLOTS];
};

static bool reads(const struct replay_plan *p, const char *input, const char *member) {
    struct text i = text_of(input), m = text_of(member);
    return dmn_reads_member(&p->reads_before, i, m) || dmn_reads_member(&p->reads_after, i, m);
}

struct memo *memo_new(const struct replay_plan *plan) {
    if (plan->want.facts & (FACT_DEADLINE | FACT_TASK | FACT_MESSAGE) || reads(plan, "case", "number"))
        return NULL;
    struct memo *m = calloc(1, sizeof *m);
    if (!m || !(m->slots = calloc(MEMO_SLOTS, sizeof *m->slots))) abort();
    m->plan = plan;
    m->has_made_on = reads(plan, "case", "made_on");
    m->has_age = reads(plan, "applicant", "age");
    m->has_clock = plan->reads_before.reads_clock || plan->reads_after.reads_clock;
    for (size_t i = 0; i < PART_COUNT; i++) m->has_part[i] = reads(plan, PARTS[i].input, PARTS[i].member);
    return m;
}

void memo_free(struct memo *m) {
    if (!m) return;
    arena_free(&m->arena);
    free(m->slots);
    free(m->key);
    free(m);
}

struct arena *memo_arena(struct memo *m) {
    return &m->arena;
}

int64_t memo_size(const struct memo *m) {
    return m->made;
}

// ---- the key ----

static void add_bytes(struct memo *m, const void *p, size_t n) {
    if (m->key_bytes + n > m->key_capacity) {
        m->key_capacity = (m->key_capacity + n) * 2;
        m->key = realloc(m->key, m->key_capacity);
        if (!m->key) abort();
    }
    if (n) memcpy(m->key + m->key_bytes, p, n);
    m->key_bytes += n;
}

static void add_int(struct memo *m, int64_t i) {
    add_bytes(m, &i, sizeof i);
}

static void add_text(struct memo *m, struct text t) {
    uint32_t n = (uint32_t)t.n;
    add_bytes(m, &n, sizeof n);
    add_bytes(m, t.p, t.n);
}

// Zones shift on whole quarters of an hour, and asking for one takes a lock.
static struct date day_of(struct memo *m, struct moment at) {
    int64_t quarter = at.ms / QUARTER_MS;
    size_t slot = (size_t)(quarter / 96 % DAY_SLOTS);
    if (m->days[slot].quarter != quarter || !m->days[slot].day.year) {
        m->days[slot].quarter = quarter;
        m->days[slot].day = zone_date(m->plan->zone, at);
    }
    return m->days[slot].day;
}

static void add_age(struct memo *m, const struct case_state *s, struct moment at) {
    struct date birth = {0};
    bool known = !date_parse(s->birth, &birth) && birth.year;
    add_int(m, known ? date_age_years(birth, day_of(m, at)) : -1);
}

static void add_part(struct memo *m, const struct part *part, const struct case_state *s) {
    const char *at = (const char *)s + part->offset;
    switch (part->kind) {
    case PART_TEXT: add_text(m, *(const struct text *)(const void *)at); return;
    case PART_FLAG: add_int(m, *(const bool *)(const void *)at); return;
    case PART_MOMENT: add_int(m, ((const struct moment *)(const void *)at)->ms); return;
    }
}

static void add_decision(struct memo *m, const struct case_state *s) {
    add_int(m, s->decision.id != 0);
    add_int(m, s->decision.is_adverse);
    add_text(m, s->decision.outcome);
    add_text(m, s->decision.state);
}

// What is not read is not part of it, so that cases that differ only there are alike.
static void make_key(struct memo *m, const struct case_state *s, struct moment at) {
    const struct replay_plan *p = m->plan;
    m->key_bytes = 0;
    for (size_t i = 0; i < PART_COUNT; i++)
        if (m->has_part[i]) add_part(m, &PARTS[i], s);
    // Without a whole day there, it is the day of the moment (facts.c).
    if (m->has_made_on && s->made_on.n != sizeof "2026-11-21" - 1) add_int(m, s->made_at.ms);
    if (m->has_age) add_age(m, s, at);
    if (p->want.parents) add_int(m, s->persons.count > 0);
    if (p->want.facts & FACT_DECISION) add_decision(m, s);
    if (m->has_clock) add_int(m, at.ms);
    add_int(m, (int64_t)s->documents.count);
    for (size_t i = 0; i < s->documents.count; i++) add_text(m, s->documents.items[i].kind);
    for (size_t i = 0; i < s->answers.count; i++) {
        add_text(m, s->answers.items[i].path);
        add_text(m, s->answers.items[i].value);
    }
}

static uint64_t hash_of_key(const uint8_t *p, size_t n) {
    uint64_t h = n * UINT64_C(0x9E3779B97F4A7C15), word;
    for (; n >= sizeof word; p += sizeof word, n -= sizeof word) {
        memcpy(&word, p, sizeof word);
        h = (h ^ word) * UINT64_C(0xBF58476D1CE4E5B9);
        h ^= h >> 29;
    }
    word = 0;
    if (n) memcpy(&word, p, n);
    h = (h ^ word) * UINT64_C(0x94D049BB133111EB);
    return h ^ h >> 32;
}

// ---- finding ----

static void begin_anew(struct memo *m) {
    memset(m->slots, 0, MEMO_SLOTS * sizeof *m->slots);
    arena_reset(&m->arena);
    m->count = 0;
}

struct counted *memo_find(struct memo *m, struct case_state *s, struct moment at, bool *is_new) {
    if (!m || m->gave_up) return NULL;
    if (++m->asked == MEMO_TRIAL && m->hits < MEMO_HITS_LEAST) {
        begin_anew(m);
        m->gave_up = true;
        return NULL;
    }
    make_key(m, s, at);
    uint64_t hash = hash_of_key(m->key, m->key_bytes);
    if (m->count == MEMO_ENTRIES_MAX) begin_anew(m);
    size_t i = (size_t)hash % MEMO_SLOTS;
    for (; m->slots[i]; i = (i + 1) % MEMO_SLOTS) {
        struct memo_entry *e = m->slots[i];
        if (e->hash != hash || e->key_bytes != m->key_bytes || memcmp(e->key, m->key, m->key_bytes) != 0)
            continue;
        m->hits++;
        *is_new = false;
        return &e->counted;
    }
    struct memo_entry *e = m->slots[i] = ARENA_NEW(&m->arena, struct memo_entry);
    *e = (struct memo_entry){hash, arena_copy(&m->arena, m->key, m->key_bytes), m->key_bytes, {0}};
    m->count++;
    m->made++;
    *is_new = true;
    return &e->counted;
}
