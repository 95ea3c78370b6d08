// channels_note.c - what a message said, kept sealed with the case key: for rules, and for the case's file.
#include <stdlib.h>
#include <string.h>

#include "base/cbor.h"
#include "exchange/channels_inside.h"

enum { NOTE_FIELDS = 8 };

// A note is bound to its message.
static struct bytes context_of(const struct channel_tag *tag, uint32_t seq, struct arena *a) {
    struct out o = {.arena = a};
    cbor_bytes(&o, (struct bytes){tag->b, sizeof tag->b});
    cbor_int(&o, seq);
    return bytes_of(out_done(&o));
}

static struct key note_key(const struct channel_ground *g) {
    return key_derive(&g->key, T("ostia exchange: note"));
}

struct bytes note_seal(const struct env *e, const struct channel_ground *g, const struct channel_tag *tag,
                       uint32_t seq, const struct channel_item *item, struct arena *a) {
    struct out o = {.arena = a};
    struct key k = note_key(g);
    cbor_array(&o, NOTE_FIELDS);
    cbor_int(&o, item->type_number);
    cbor_int(&o, item->code ? item->code->number : 0);
    cbor_int(&o, item->at.ms);
    cbor_int(&o, item->due.ms);
    cbor_bytes(&o, (struct bytes){item->id.b, EVENT_ID_BYTES});
    cbor_bytes(&o, (struct bytes){item->ref.b, item->has_ref ? EVENT_ID_BYTES : 0});
    cbor_int(&o, item->mark);
    cbor_text(&o, item->rule);
    struct bytes sealed = seal(a, e, &k, bytes_of(out_done(&o)), context_of(tag, seq, a));
    key_wipe(&k);
    return sealed;
}

static bool next(struct cbor_reader *r, enum cbor_kind kind, struct cbor_item *item) {
    return !cbor_next(r, item) && item->kind == kind;
}

static bool next_int(struct cbor_reader *r, int64_t *out) {
    struct cbor_item item;
    bool ok = next(r, CBOR_INT, &item);
    *out = ok ? item.integer : 0;
    return ok;
}

static enum status read_note(const struct exchange_law *law, struct bytes plain, struct channel_item *out) {
    struct cbor_reader r = cbor_reader(plain);
    struct cbor_item item, id, ref, rule;
    int64_t type, code, mark;
    if (!next(&r, CBOR_ARRAY, &item) || item.integer != NOTE_FIELDS || !next_int(&r, &type) ||
        !next_int(&r, &code) || !next_int(&r, &out->at.ms) || !next_int(&r, &out->due.ms) ||
        !next(&r, CBOR_BYTES, &id) || id.bytes.n != EVENT_ID_BYTES || !next(&r, CBOR_BYTES, &ref) ||
        !next_int(&r, &mark) || !next(&r, CBOR_TEXT, &rule))
        return STATUS_CORRUPT;
    out->type_number = (uint16_t)type;
    out->type = exchange_type_of(law, out->type_number);
    out->code = out->type ? exchange_code_of(out->type, (uint16_t)code) : NULL;
    memcpy(out->id.b, id.bytes.p, EVENT_ID_BYTES);
    out->has_ref = ref.bytes.n == EVENT_ID_BYTES;
    if (out->has_ref) memcpy(out->ref.b, ref.bytes.p, EVENT_ID_BYTES);
    out->mark = (enum channel_mark)mark;
    out->rule = rule.text;
    return STATUS_OK;
}

enum status note_open(const struct exchange_law *law, const struct channel_ground *g,
                      const struct message_row *row, struct arena *a, struct channel_item *out) {
    struct key k = note_key(g);
    struct bytes plain;
    *out = (struct channel_item){.sender = row->sender, .place = row->place, .logged_at = row->at};
    enum status st = unseal(a, &k, row->note, context_of(&row->tag, row->seq, a), &plain);
    key_wipe(&k);
    return st ? st : read_note(law, plain, out);
}

// ---- all that was said

static int by_place(const void *x, const void *y) {
    const struct channel_item *a = x, *b = y;
    return (a->place > b->place) - (a->place < b->place);
}

// A note that does not open is left out: its message is still in the log.
static enum status load_epoch(struct db *db, const struct exchange_law *law, const struct channel_ground *g,
                              bool with_deliveries, struct arena *a, struct channel_items *out) {
    enum status st = STATUS_OK;
    for (size_t m = 0; m < g->member_count && !st; m++) {
        struct channel_tag tag = channel_tag(&g->channel, g->epoch, g->members[m]);
        struct message_rows rows = {0};
        st = messages_of_tag(db, &tag, a, &rows);
        for (size_t i = 0; i < rows.count && !st; i++) {
            struct channel_item item;
            if (!rows.items[i].note.n || note_open(law, g, &rows.items[i], a, &item)) continue;
            if (with_deliveries) st = deliveries_of(db, &tag, rows.items[i].seq, &item);
            *ARENA_PUSH(a, out) = item;
        }
    }
    if (out->count) qsort(out->items, out->count, sizeof *out->items, by_place);
    return st;
}

enum status channel_read(struct db *db, const struct exchange_law *law, const struct channel_ground *g,
                         struct arena *a, struct channel_items *out) {
    *out = (struct channel_items){0};
    return load_epoch(db, law, g, true, a, out);
}

enum status history_load(struct channels *x, struct db *db, const struct channel_ground *g, struct arena *a,
                         struct channel_items *out) {
    enum status st = STATUS_OK;
    *out = (struct channel_items){0};
    for (uint32_t epoch = 1; epoch < g->epoch && !st; epoch++) { // rotation is yearly: there are few
        struct channel_ask ask = {.channel = g->channel, .epoch = epoch};
        st = x->o.book.of_channels(x->o.book.context, &ask, 1);
        if (!st && !ask.status) st = load_epoch(db, x->o.law, &ask.ground, false, a, out);
        key_wipe(&ask.ground.key);
    }
    return st ? st : load_epoch(db, x->o.law, g, false, a, out);
}

struct channel_item channel_item_of(const struct envelope *e, struct bytes canonical) {
    return (struct channel_item){.type = e->type,
                                 .code = e->code,
                                 .type_number = e->type->number,
                                 .at = e->at,
                                 .due = e->due,
                                 .sender = e->actor,
                                 .id = envelope_id(canonical),
                                 .ref = e->ref,
                                 .has_ref = e->has_ref};
}
