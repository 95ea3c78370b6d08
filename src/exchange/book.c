// book.c - the privacy service as the book of channels.
#include <string.h>

#include "exchange/channels.h"
#include "exchange/invitation.h"

static const struct privacy_reader READER = {
    .who = T("exchange"), .powers = PRIVACY_MAY_MAP, .purpose = PRIVACY_FOR_EXCHANGE};

static void ground_of(const struct privacy_mapping *m, struct channel_ground *out) {
    *out = (struct channel_ground){.channel = m->channel, .epoch = m->epoch, .key = m->key};
    for (size_t i = 0; i < m->member_count; i++) out->members[out->member_count++] = m->members[i];
}

static enum status of_case(void *context, int64_t own, struct channel_grounds *out) {
    struct arena a = {0};
    struct privacy_mappings all = {0};
    bool is_restricted = false;
    out->count = 0;
    enum status st = privacy_channels_of(context, &READER, own, &a, &all, NULL);
    for (size_t i = 0; i < all.count && !st; i++) {
        struct privacy_mapping *m = &all.items[i];
        is_restricted |= m->is_restricted;
        if (m->state == PRIVACY_OPEN && out->count < PRIVACY_CHANNELS_MAX)
            ground_of(m, &out->items[out->count++]);
        privacy_mapping_wipe(m);
    }
    arena_free(&a);
    if (st || is_restricted) return st ? st : STATUS_REFUSED;
    return out->count ? STATUS_OK : STATUS_NOT_FOUND;
}

// An older epoch has its own key.
static void take(struct privacy *s, const struct privacy_mapping *m, struct channel_ask *ask) {
    uint32_t epoch = ask->epoch;
    ask->status = m->own ? STATUS_OK : STATUS_NOT_FOUND;
    if (ask->status) return;
    ground_of(m, &ask->ground);
    ask->own = m->own;
    ask->is_open = m->state == PRIVACY_OPEN;
    ask->is_restricted = m->is_restricted;
    if (epoch == m->epoch) return;
    ask->ground.epoch = epoch;
    ask->status = privacy_key_of(s, &READER, &ask->channel, epoch, &ask->ground.key, NULL);
}

static enum status of_channels(void *context, struct channel_ask *asks, size_t count) {
    struct arena a = {0};
    struct channel_id *ids = ARENA_ARRAY(&a, struct channel_id, count + 1);
    struct privacy_mappings found;
    for (size_t i = 0; i < count; i++) ids[i] = asks[i].channel;
    enum status st = privacy_own_of_many(context, &READER, ids, count, &a, &found, NULL);
    for (size_t i = 0; i < count && !st; i++) {
        take(context, &found.items[i], &asks[i]);
        privacy_mapping_wipe(&found.items[i]);
    }
    arena_free(&a);
    return st;
}

static struct privacy_invitation terms_of(const struct invitation *i) {
    return (struct privacy_invitation){.channel = i->channel,
                                       .key = i->key,
                                       .epoch = i->epoch,
                                       .coordinator = i->coordinator,
                                       .members = i->members,
                                       .member_count = i->member_count,
                                       .delete_after = i->delete_after,
                                       .ground = i->article};
}

static enum status renew(void *context, const struct invitation *i) {
    struct arena a = {0};
    struct privacy_mapping there = {0};
    struct privacy_invitation terms = terms_of(i);
    enum status st = privacy_own_of(context, &READER, &i->channel, &a, &there, NULL);
    if (!st && there.coordinator != i->coordinator) st = STATUS_REFUSED;
    if (!st) st = privacy_accept(context, &READER, &terms, there.own, NULL);
    key_wipe(&terms.key);
    privacy_mapping_wipe(&there);
    arena_free(&a);
    return st;
}

static enum status notice(void *context, uint32_t from, struct bytes bytes, const uint8_t key[32]) {
    struct privacy_notice n;
    enum status st = privacy_notice_read(bytes, &n);
    if (!st && n.authority != from) st = STATUS_CORRUPT; // another one's, sent on
    return st ? st : privacy_take(context, bytes, key, &n, NULL);
}

struct channel_book channel_book_of(struct privacy *s) {
    return (struct channel_book){s, of_case, of_channels, renew, notice};
}
