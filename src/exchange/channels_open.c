// channels_open.c - one message opened, with the key of its body alone, for a proof that shows what it says.
#include <string.h>

#include "exchange/channels_inside.h"

static enum status find_message(struct db *db, const struct channel_ground *g, int64_t place, struct arena *a,
                                struct message_row *out) {
    for (size_t m = 0; m < g->member_count; m++) {
        struct channel_tag tag = channel_tag(&g->channel, g->epoch, g->members[m]);
        struct message_rows rows = {0};
        enum status st = messages_of_tag(db, &tag, a, &rows);
        if (st) return st;
        for (size_t i = 0; i < rows.count; i++)
            if (rows.items[i].place == place) return *out = rows.items[i], STATUS_OK;
    }
    return STATUS_NOT_FOUND;
}

// The slot is sealed to the key that we had then.
static enum status open_our_slot(const struct sealed *s, struct store *keys, uint32_t our_code,
                                 struct slot_content *out) {
    struct own_key key;
    struct own own = {our_code, &key, 1};
    uint32_t number = 0;
    for (size_t i = 0; i < s->slot_count; i++)
        if (s->slots[i].code == our_code) number = s->slots[i].key;
    if (!number) return STATUS_NOT_FOUND;
    enum status st = own_key_load(keys, number, &key);
    if (!st) st = sealed_slot_open(s, &own, out);
    memset(&key, 0, sizeof key);
    return st ? st : out->is_reader ? STATUS_OK : STATUS_NOT_FOUND;
}

enum status channel_open_at(struct db *db, struct store *keys, uint32_t our_code,
                            const struct channel_ground *g, int64_t place, struct arena *a,
                            struct channel_opened *out) {
    struct message_row row;
    struct sealed s;
    struct slot_content slot;
    *out = (struct channel_opened){0};
    enum status st = find_message(db, g, place, a, &row);
    if (st || !row.sealed.n) return st ? st : STATUS_NOT_FOUND;
    if (sealed_read(row.sealed, &s)) return STATUS_CORRUPT;
    st = open_our_slot(&s, keys, our_code, &slot);
    if (st) return st;
    st = sealed_open(&s, &slot, &g->key, a, &out->event);
    if (!st) st = sealed_opening(&s, &slot, &g->key, &out->key);
    key_wipe(&slot.content_key);
    return st;
}
