// session_cache.c - sessions in memory, so that a request reads nothing from the database. Bounded: sets of
// eight by the token's hash; in a full set the one seen longest ago makes room.
#include <stdlib.h>
#include <string.h>

#include "access/internal.h"

enum { CACHE_WAYS = 8, CACHE_SETS = SESSION_CACHE_MAX / CACHE_WAYS, SAVE_SEEN_MS = 60 * 1000 };

struct slot {
    struct session_row row; // texts of the actor lie in `texts`
    char *texts;
    bool is_used;
};

struct session_cache {
    pthread_mutex_t mutex;
    uint64_t generation; // grows when something is forgotten
    struct slot slots[CACHE_SETS][CACHE_WAYS];
};

struct session_cache *session_cache_new(void) {
    struct session_cache *c = calloc(1, sizeof *c);
    if (c) pthread_mutex_init(&c->mutex, NULL);
    return c;
}

static void clear(struct slot *s) {
    free(s->texts);
    *s = (struct slot){0};
}

void session_cache_free(struct session_cache *c) {
    if (!c) return;
    for (size_t i = 0; i < CACHE_SETS * CACHE_WAYS; i++) clear(&c->slots[i / CACHE_WAYS][i % CACHE_WAYS]);
    pthread_mutex_destroy(&c->mutex);
    free(c);
}

static struct slot *set_of(struct session_cache *c, const struct hash *token) {
    uint64_t n;
    memcpy(&n, token->b, sizeof n);
    return c->slots[n % CACHE_SETS];
}

static struct slot *find(struct session_cache *c, const struct hash *token) {
    struct slot *set = set_of(c, token);
    for (int i = 0; i < CACHE_WAYS; i++)
        if (set[i].is_used && hash_eq(&set[i].row.token, token)) return &set[i];
    return NULL;
}

// The texts of an actor, in one fixed order.
static size_t texts_of(struct actor *actor, struct text *list[4 + ACTOR_ROLES_MAX]) {
    size_t n = 0;
    list[n++] = &actor->name;
    list[n++] = &actor->public_code;
    list[n++] = &actor->unit;
    list[n++] = &actor->language;
    for (size_t i = 0; i < actor->role_count; i++) list[n++] = &actor->roles[i];
    return n;
}

static bool keep_texts(struct slot *s) {
    struct text *list[4 + ACTOR_ROLES_MAX];
    size_t count = texts_of(&s->row.actor, list), need = 1, at = 0;
    for (size_t i = 0; i < count; i++) need += list[i]->n;
    s->texts = malloc(need);
    if (!s->texts) return false;
    for (size_t i = 0; i < count; i++) {
        if (list[i]->n) memcpy(s->texts + at, list[i]->p, list[i]->n);
        list[i]->p = s->texts + at;
        at += list[i]->n;
    }
    return true;
}

static void copy_texts(struct arena *a, struct actor *actor) {
    struct text *list[4 + ACTOR_ROLES_MAX];
    size_t count = texts_of(actor, list);
    for (size_t i = 0; i < count; i++) *list[i] = text_copy(a, *list[i]);
}

bool session_cache_find(struct session_cache *c, struct arena *a, const struct hash *token, struct moment now,
                        struct session_row *out, bool *save_now) {
    pthread_mutex_lock(&c->mutex);
    struct slot *s = find(c, token);
    *save_now = false;
    if (s) {
        *out = s->row; // with the seen_at before this request: the caller judges whether it was too long ago
        copy_texts(a, &out->actor);
        bool is_over = now.ms - s->row.seen_at.ms > s->row.idle_ms || now.ms >= s->row.ends_at.ms;
        if (!is_over && now.ms > s->row.seen_at.ms) s->row.seen_at = now;
        if (!is_over && now.ms - s->row.saved_at.ms >= SAVE_SEEN_MS) {
            s->row.saved_at = now;
            *save_now = true;
        }
    }
    pthread_mutex_unlock(&c->mutex);
    return s != NULL;
}

uint64_t session_cache_generation(struct session_cache *c) {
    pthread_mutex_lock(&c->mutex);
    uint64_t g = c->generation;
    pthread_mutex_unlock(&c->mutex);
    return g;
}

static struct slot *room_for(struct session_cache *c, const struct hash *token) {
    struct slot *set = set_of(c, token), *oldest = &set[0];
    for (int i = 0; i < CACHE_WAYS; i++) {
        if (!set[i].is_used) return &set[i];
        if (set[i].row.seen_at.ms < oldest->row.seen_at.ms) oldest = &set[i];
    }
    return oldest;
}

void session_cache_put(struct session_cache *c, uint64_t generation, const struct session_row *row) {
    pthread_mutex_lock(&c->mutex);
    if (generation == c->generation && !find(c, &row->token)) {
        struct slot *s = room_for(c, &row->token);
        clear(s);
        s->row = *row;
        s->is_used = keep_texts(s);
    }
    pthread_mutex_unlock(&c->mutex);
}

void session_cache_forget_token(struct session_cache *c, const struct hash *token) {
    pthread_mutex_lock(&c->mutex);
    c->generation++;
    struct slot *s = find(c, token);
    if (s) clear(s);
    pthread_mutex_unlock(&c->mutex);
}

void session_cache_forget_account(struct session_cache *c, int64_t account) {
    pthread_mutex_lock(&c->mutex);
    c->generation++;
    for (size_t i = 0; i < CACHE_SETS; i++)
        for (size_t k = 0; k < CACHE_WAYS; k++)
            if (c->slots[i][k].is_used && c->slots[i][k].row.account == account) clear(&c->slots[i][k]);
    pthread_mutex_unlock(&c->mutex);
}
