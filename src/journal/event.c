#include "base/cbor.h"
#include "journal/internal.h"

#include <assert.h>
#include <string.h>

struct draft_field {
    struct text name;
    enum cbor_kind kind;
    bool is_personal;
    int64_t integer;
    struct bytes bytes;
};

struct event_draft {
    const struct event_type *type;
    int64_t stream, subject;
    struct draft_field fields[EVENT_FIELDS_MAX];
    size_t count;
};

struct events {
    struct arena *arena;
    struct event_draft **items;
    size_t count, capacity;
};

struct events *events_new(struct arena *a) {
    struct events *list = ARENA_NEW(a, struct events);
    list->arena = a;
    return list;
}

struct event_draft *events_add(struct events *list, const struct event_type *type, int64_t stream,
                               int64_t subject) {
    struct event_draft *d = ARENA_NEW(list->arena, struct event_draft);
    *ARENA_PUSH(list->arena, list) = d;
    d->type = type;
    d->stream = stream;
    d->subject = subject;
    return d;
}

size_t events_count(const struct events *list) {
    return list->count;
}

const struct event_type *events_type(const struct events *list, size_t i) {
    return list->items[i]->type;
}

static struct draft_field *add_field(struct event_draft *d, const char *name, enum cbor_kind kind,
                                     bool is_personal) {
    assert(d->count < EVENT_FIELDS_MAX);
    assert(!is_personal || d->subject);
    struct draft_field *f = &d->fields[d->count++];
    *f = (struct draft_field){.name = text_of(name), .kind = kind, .is_personal = is_personal};
    return f;
}

void draft_int(struct event_draft *d, const char *name, int64_t value) {
    add_field(d, name, CBOR_INT, false)->integer = value;
}
void draft_text(struct event_draft *d, const char *name, struct text value) {
    add_field(d, name, CBOR_TEXT, false)->bytes = bytes_of(value);
}
void draft_bytes(struct event_draft *d, const char *name, struct bytes value) {
    add_field(d, name, CBOR_BYTES, false)->bytes = value;
}
void draft_bool(struct event_draft *d, const char *name, bool value) {
    add_field(d, name, CBOR_BOOL, false)->integer = value;
}
void draft_personal_int(struct event_draft *d, const char *name, int64_t value) {
    add_field(d, name, CBOR_INT, true)->integer = value;
}
void draft_personal_text(struct event_draft *d, const char *name, struct text value) {
    add_field(d, name, CBOR_TEXT, true)->bytes = bytes_of(value);
}
void draft_personal_bytes(struct event_draft *d, const char *name, struct bytes value) {
    add_field(d, name, CBOR_BYTES, true)->bytes = value;
}

// Order of deterministic CBOR for text keys: shorter first, then by bytes.
static bool key_before(struct text a, struct text b) {
    return a.n != b.n ? a.n < b.n : text_cmp(a, b) < 0;
}

static void write_field(struct out *o, const struct draft_field *f) {
    cbor_text(o, f->name);
    switch (f->kind) {
    case CBOR_INT: cbor_int(o, f->integer); break;
    case CBOR_BOOL: cbor_bool(o, f->integer != 0); break;
    case CBOR_TEXT: cbor_text(o, text_of_bytes(f->bytes)); break;
    default: cbor_bytes(o, f->bytes); break;
    }
}

static struct bytes draft_map(struct arena *a, const struct event_draft *d, bool is_personal) {
    const struct draft_field *sorted[EVENT_FIELDS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < d->count; i++) {
        if (d->fields[i].is_personal != is_personal) continue;
        size_t at = n++;
        for (; at > 0 && key_before(d->fields[i].name, sorted[at - 1]->name); at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = &d->fields[i];
    }
    struct out o = {.arena = a};
    if (n == 0 && is_personal) return (struct bytes){0};
    cbor_map(&o, n);
    for (size_t i = 0; i < n; i++) write_field(&o, sorted[i]);
    return bytes_of(out_done(&o));
}

static struct text seal_context(int64_t seq, char storage[8]) {
    for (int i = 7; i >= 0; i--, seq >>= 8) storage[i] = (char)(seq & 0xFF);
    return (struct text){storage, 8};
}

enum status event_encode(struct journal *j, struct db *db, struct arena *a, const struct event *e,
                         struct bytes *out) {
    char context[8];
    struct bytes sealed = {0};
    if (e->personal.n) {
        struct key k;
        enum status st = subject_key_get(db, e->subject, &k);
        if (st) return st;
        sealed = seal(a, j->env, &k, e->personal, bytes_of(seal_context(e->seq, context)));
        key_wipe(&k);
    }
    struct out o = {.arena = a};
    cbor_array(&o, 9);
    cbor_int(&o, 1);
    cbor_int(&o, e->seq);
    cbor_int(&o, e->at.ms);
    cbor_text(&o, text_of(e->type->name));
    cbor_int(&o, e->stream);
    cbor_int(&o, e->subject);
    cbor_int(&o, e->actor);
    out_text(&o, text_of_bytes(e->open));
    if (sealed.n)
        cbor_bytes(&o, sealed);
    else
        cbor_null(&o);
    *out = bytes_of(out_done(&o));
    return out->n <= EVENT_BYTES_MAX ? STATUS_OK : STATUS_TOO_LARGE;
}

static bool next_int(struct cbor_reader *r, int64_t *value) {
    struct cbor_item item;
    if (cbor_next(r, &item) != STATUS_OK || item.kind != CBOR_INT) return false;
    *value = item.integer;
    return true;
}

enum status event_decode(const struct journal *j, struct bytes bytes, struct event *e, struct bytes *sealed) {
    struct cbor_reader r = cbor_reader(bytes);
    struct cbor_item head, type, open, personal;
    int64_t version;
    *e = (struct event){0};
    *sealed = (struct bytes){0};
    if (cbor_next(&r, &head) != STATUS_OK || head.kind != CBOR_ARRAY || head.integer != 9)
        return STATUS_CORRUPT;
    if (!next_int(&r, &version) || version != 1) return STATUS_CORRUPT;
    if (!next_int(&r, &e->seq) || !next_int(&r, &e->at.ms)) return STATUS_CORRUPT;
    if (cbor_next(&r, &type) != STATUS_OK || type.kind != CBOR_TEXT) return STATUS_CORRUPT;
    if (!next_int(&r, &e->stream) || !next_int(&r, &e->subject) || !next_int(&r, &e->actor))
        return STATUS_CORRUPT;
    if (cbor_skip(&r, &open) != STATUS_OK || open.kind != CBOR_MAP) return STATUS_CORRUPT;
    if (cbor_next(&r, &personal) != STATUS_OK || r.at != r.end) return STATUS_CORRUPT;
    if (personal.kind != CBOR_NULL && personal.kind != CBOR_BYTES) return STATUS_CORRUPT;
    e->type = journal_type(j, type.text);
    e->open = open.raw;
    *sealed = personal.bytes;
    return e->type ? STATUS_OK : STATUS_UNSUPPORTED;
}

enum status event_open(struct db *db, struct arena *a, struct event *e, struct bytes sealed) {
    if (!sealed.n) return STATUS_OK;
    char context[8];
    struct key k;
    enum status st = subject_key_get(db, e->subject, &k);
    if (st == STATUS_NOT_FOUND) return STATUS_OK;
    if (st) return st;
    st = unseal(a, &k, sealed, bytes_of(seal_context(e->seq, context)), &e->personal);
    key_wipe(&k);
    return st;
}

static bool find(const struct event *e, const char *name, struct cbor_item *item) {
    struct text key = text_of(name);
    return cbor_get(e->open, key, item) == STATUS_OK ||
           (e->personal.n && cbor_get(e->personal, key, item) == STATUS_OK);
}

bool event_has(const struct event *e, const char *name) {
    struct cbor_item item;
    return find(e, name, &item);
}

int64_t event_int(const struct event *e, const char *name) {
    struct cbor_item item;
    return find(e, name, &item) && item.kind == CBOR_INT ? item.integer : 0;
}

bool event_bool(const struct event *e, const char *name) {
    struct cbor_item item;
    return find(e, name, &item) && item.kind == CBOR_BOOL && item.integer;
}

struct text event_text(const struct event *e, const char *name) {
    struct cbor_item item;
    return find(e, name, &item) && item.kind == CBOR_TEXT ? item.text : T("");
}

struct bytes event_bytes(const struct event *e, const char *name) {
    struct cbor_item item;
    return find(e, name, &item) && item.kind == CBOR_BYTES ? item.bytes : (struct bytes){0};
}

static void each_bytes(struct bytes map, void (*fn)(void *context, struct bytes b), void *context) {
    struct cbor_reader r = cbor_reader(map);
    struct cbor_item head, name, value;
    if (cbor_next(&r, &head) || head.kind != CBOR_MAP) return;
    for (int64_t i = 0; i < head.integer; i++) {
        if (cbor_next(&r, &name) || cbor_skip(&r, &value)) return;
        if (value.kind == CBOR_BYTES) fn(context, value.bytes);
    }
}

void event_each_bytes(const struct event *e, void (*fn)(void *context, struct bytes b), void *context) {
    each_bytes(e->open, fn, context);
    each_bytes(e->personal, fn, context);
}

struct event draft_event(const struct events *list, size_t i, struct arena *a) {
    const struct event_draft *d = list->items[i];
    return (struct event){.type = d->type,
                          .stream = d->stream,
                          .subject = d->subject,
                          .open = draft_map(a, d, false),
                          .personal = draft_map(a, d, true)};
}
