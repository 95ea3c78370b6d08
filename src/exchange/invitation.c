// invitation.c - invitations and their answers as bytes (CBOR arrays, in the order of their fields).
#include "exchange/invitation.h"

#include <sodium.h>
#include <string.h>

#include "base/cbor.h"

enum { FIELDS = 11, ANSWER_FIELDS = 3 };

struct invitation invitation_to(const struct privacy_mapping *m) {
    struct invitation i = {.channel = m->channel,
                           .key = m->key,
                           .epoch = m->epoch,
                           .coordinator = m->coordinator,
                           .member_count = m->member_count,
                           .delete_after = m->delete_after,
                           .article = m->ground};
    memcpy(i.members, m->members, sizeof i.members);
    return i;
}

void invitation_wipe(struct invitation *i) {
    key_wipe(&i->key);
}

struct bytes invitation_print(const struct invitation *i, struct arena *a) {
    struct out o = {.arena = a};
    cbor_array(&o, FIELDS);
    cbor_bytes(&o, channel_bytes(&i->channel));
    cbor_bytes(&o, (struct bytes){i->key.b, KEY_BYTES});
    cbor_int(&o, i->epoch);
    cbor_int(&o, i->coordinator);
    cbor_array(&o, i->member_count);
    for (size_t k = 0; k < i->member_count; k++) cbor_int(&o, i->members[k]);
    cbor_int(&o, date_to_days(i->delete_after));
    cbor_text(&o, i->ground);
    cbor_text(&o, i->article);
    cbor_text(&o, i->purpose);
    cbor_text(&o, i->reference);
    cbor_array(&o, i->value_count);
    for (size_t k = 0; k < i->value_count; k++) {
        cbor_array(&o, 2);
        cbor_text(&o, i->values[k].name);
        cbor_text(&o, i->values[k].value);
    }
    return bytes_of(out_done(&o));
}

static bool next(struct cbor_reader *r, enum cbor_kind kind, struct cbor_item *item) {
    return !cbor_next(r, item) && item->kind == kind;
}

static bool next_int(struct cbor_reader *r, int64_t min, int64_t max, int64_t *out) {
    struct cbor_item item;
    if (!next(r, CBOR_INT, &item) || item.integer < min || item.integer > max) return false;
    *out = item.integer;
    return true;
}

static bool next_bytes(struct cbor_reader *r, size_t n, uint8_t *out) {
    struct cbor_item item;
    if (!next(r, CBOR_BYTES, &item) || item.bytes.n != n) return false;
    memcpy(out, item.bytes.p, n);
    return true;
}

// What people will read has no control characters that could hide something in it.
static bool next_text(struct cbor_reader *r, size_t max, struct text *out) {
    struct cbor_item item;
    if (!next(r, CBOR_TEXT, &item) || item.text.n > max || !text_is_utf8(item.text)) return false;
    for (size_t i = 0; i < item.text.n; i++)
        if ((unsigned char)item.text.p[i] < ' ' || item.text.p[i] == 0x7f) return false;
    *out = item.text;
    return true;
}

static bool read_members(struct cbor_reader *r, struct invitation *out) {
    struct cbor_item list;
    if (!next(r, CBOR_ARRAY, &list) || list.integer < 2 || list.integer > PRIVACY_MEMBERS_MAX) return false;
    for (int64_t k = 0, n = list.integer, code; k < n; k++) {
        if (!next_int(r, k ? (int64_t)out->members[k - 1] + 1 : 1, UINT32_MAX, &code)) return false;
        out->members[out->member_count++] = (uint32_t)code;
    }
    return true;
}

static bool read_values(struct cbor_reader *r, struct invitation *out) {
    struct cbor_item list, pair;
    if (!next(r, CBOR_ARRAY, &list) || list.integer > INVITATION_VALUES_MAX) return false;
    for (int64_t k = 0, n = list.integer; k < n; k++) {
        struct invitation_value *v = &out->values[out->value_count++];
        if (!next(r, CBOR_ARRAY, &pair) || pair.integer != 2 ||
            !next_text(r, INVITATION_NAME_MAX, &v->name) || !next_text(r, INVITATION_TEXT_MAX, &v->value))
            return false;
    }
    return true;
}

static bool has_member(const struct invitation *i, uint32_t code) {
    for (size_t k = 0; k < i->member_count; k++)
        if (i->members[k] == code) return true;
    return false;
}

enum status invitation_read(struct bytes in, uint32_t from, uint32_t us, struct invitation *out) {
    static const int64_t DAY_MAX = 2932896; // 9999-12-31
    struct cbor_reader r = cbor_reader(in);
    struct cbor_item list;
    int64_t epoch, coordinator, day;
    *out = (struct invitation){0};
    if (!cbor_check(in) || !next(&r, CBOR_ARRAY, &list) || list.integer != FIELDS) return STATUS_INVALID;
    if (!next_bytes(&r, CHANNEL_BYTES, out->channel.b) || !next_bytes(&r, KEY_BYTES, out->key.b) ||
        !next_int(&r, 1, UINT32_MAX, &epoch) || !next_int(&r, 1, UINT32_MAX, &coordinator) ||
        !read_members(&r, out) || !next_int(&r, 0, DAY_MAX, &day) ||
        !next_text(&r, INVITATION_NAME_MAX, &out->ground) ||
        !next_text(&r, PRIVACY_GROUND_MAX, &out->article) ||
        !next_text(&r, INVITATION_NAME_MAX, &out->purpose) ||
        !next_text(&r, INVITATION_TEXT_MAX, &out->reference) || !read_values(&r, out))
        return STATUS_INVALID;
    out->epoch = (uint32_t)epoch;
    out->coordinator = (uint32_t)coordinator;
    out->delete_after = date_from_days(day);
    bool is_theirs = out->coordinator == from && from != us && has_member(out, from) && has_member(out, us);
    return is_theirs ? STATUS_OK : STATUS_INVALID;
}

struct text invitation_value(const struct invitation *i, struct text name) {
    for (size_t k = 0; k < i->value_count; k++)
        if (text_eq(i->values[k].name, name)) return i->values[k].value;
    return T("");
}

// ---- answers

struct bytes invitation_answer_print(const struct invitation_answer *x, struct arena *a) {
    struct out o = {.arena = a};
    cbor_array(&o, ANSWER_FIELDS);
    cbor_bytes(&o, hash_bytes(&x->invitation));
    cbor_bool(&o, x->is_accepted);
    cbor_text(&o, x->reason);
    return bytes_of(out_done(&o));
}

enum status invitation_answer_read(struct bytes in, struct invitation_answer *out) {
    struct cbor_reader r = cbor_reader(in);
    struct cbor_item list, accepted;
    *out = (struct invitation_answer){0};
    if (!cbor_check(in) || !next(&r, CBOR_ARRAY, &list) || list.integer != ANSWER_FIELDS)
        return STATUS_INVALID;
    if (!next_bytes(&r, HASH_BYTES, out->invitation.b) || !next(&r, CBOR_BOOL, &accepted) ||
        !next_text(&r, INVITATION_NAME_MAX, &out->reason))
        return STATUS_INVALID;
    out->is_accepted = accepted.integer == 1;
    return STATUS_OK;
}
