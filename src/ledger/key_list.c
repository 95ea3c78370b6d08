#include "ledger/key_list.h"

#include <inttypes.h>
#include <string.h>

#include "ledger/number.h"

static void print_time(struct out *o, uint64_t time_s) {
    if (time_s)
        out_printf(o, "%" PRIu64 " ", time_s);
    else
        out_c(o, "- ");
}

struct text key_list_print(struct arena *a, const struct key_list *l) {
    struct out o = {.arena = a};
    out_c(&o, "ostia log keys v1\n");
    out_text(&o, l->origin);
    out_byte(&o, '\n');
    for (size_t i = 0; i < l->count; i++) {
        const struct listed_key *k = &l->items[i];
        out_printf(&o, "key %zu %" PRIu64 " ", i + 1, k->from_s);
        print_time(&o, k->to_s);
        print_time(&o, k->revoked_s);
        out_text(&o, note_key_print(a, &k->key));
        out_byte(&o, '\n');
    }
    return out_done(&o);
}

static bool read_time(struct text *rest, uint64_t *time_s) {
    struct text word;
    if (!text_cut(rest, ' ', &word)) return false;
    *time_s = 0;
    return text_eq(word, T("-")) || (number_read(word, time_s) && *time_s > 0 && *time_s <= INT64_MAX);
}

static bool read_item(struct arena *a, struct text line, const struct key_list *l, struct listed_key *k) {
    struct text word;
    uint64_t number;
    if (!text_cut(&line, ' ', &word) || !text_eq(word, T("key"))) return false;
    if (!text_cut(&line, ' ', &word) || !number_read(word, &number) || number != l->count + 1) return false;
    if (!text_cut(&line, ' ', &word) || !number_read(word, &k->from_s) || k->from_s > INT64_MAX) return false;
    if (!read_time(&line, &k->to_s) || !read_time(&line, &k->revoked_s) || !line.p) return false;
    if (note_key_read(a, line, &k->key) || k->key.type != NOTE_ED25519) return false;
    if (!text_eq(k->key.name, l->origin) || (k->to_s && k->to_s < k->from_s)) return false;
    return l->count == 0 || (l->items[l->count - 1].to_s && l->items[l->count - 1].to_s <= k->from_s);
}

enum status key_list_read(struct arena *a, struct text text, struct key_list *out) {
    struct text rest = text, line;
    *out = (struct key_list){0};
    if (!text_ends(text, T("\n"))) return STATUS_INVALID;
    if (!text_cut(&rest, '\n', &line) || !text_eq(line, T("ostia log keys v1"))) return STATUS_INVALID;
    if (!text_cut(&rest, '\n', &out->origin) || !out->origin.n) return STATUS_INVALID;
    out->items = ARENA_ARRAY(a, struct listed_key, KEY_LIST_MAX);
    while (text_cut(&rest, '\n', &line) && rest.p) {
        if (out->count == KEY_LIST_MAX) return STATUS_TOO_LARGE;
        if (!read_item(a, line, out, &out->items[out->count])) return STATUS_INVALID;
        out->count++;
    }
    return out->count ? STATUS_OK : STATUS_INVALID;
}

static bool is_same(const struct note_key *x, const struct note_key *y) {
    return x->type == y->type && text_eq(x->name, y->name) &&
           !memcmp(x->public_key, y->public_key, NOTE_KEY_BYTES);
}

static const struct listed_key *find(const struct key_list *l, const struct note_key *key) {
    for (size_t i = 0; i < l->count; i++)
        if (is_same(&l->items[i].key, key)) return &l->items[i];
    return NULL;
}

enum status key_list_open(struct arena *a, struct text signed_note, const struct note_key *trusted,
                          struct key_list *out) {
    struct note n;
    enum status st = note_read(a, signed_note, &n);
    if (!st) st = key_list_read(a, n.text, out);
    if (!st) st = note_verify(&n, trusted, 1, NULL);
    if (!st) st = note_verify(&n, &out->items[out->count - 1].key, 1, NULL); // it is in use, so it signs
    return st ? st : find(out, trusted) ? STATUS_OK : STATUS_NOT_FOUND;
}

enum status key_list_judge(const struct key_list *l, const struct note_key *key, uint64_t confirmed_s) {
    const struct listed_key *k = find(l, key);
    if (!k) return STATUS_NOT_FOUND;
    if (k->revoked_s && (!confirmed_s || confirmed_s >= k->revoked_s)) return STATUS_REFUSED;
    if (!confirmed_s) return STATUS_OK;
    if (confirmed_s + KEY_SKEW_S < k->from_s) return STATUS_EXPIRED;
    return STATUS_OK;
}
