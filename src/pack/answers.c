// Answers: a sorted flat map. Paths are few thousand at most, so an array with binary search is enough.
#include <string.h>

#include "base/cbor.h"
#include "pack/form.h"

static bool is_key_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// One key, at *at; false when there is none.
static bool skip_key(struct text t, size_t *at) {
    size_t from = *at;
    while (*at < t.n && is_key_char(t.p[*at])) ++*at;
    return *at > from;
}

static bool skip_index(struct text t, size_t *at) {
    size_t from = ++*at;
    int64_t index = -1;
    while (*at < t.n && t.p[*at] >= '0' && t.p[*at] <= '9') ++*at;
    struct text digits = text_slice(t, from, *at);
    if (digits.n > 1 && digits.p[0] == '0') return false;
    if (!text_int(digits, &index) || index >= ANSWER_INDEX_MAX || *at == t.n || t.p[*at] != ']') return false;
    ++*at;
    return true;
}

bool answer_path_ok(struct text path) {
    size_t at = 0;
    if (path.n > ANSWER_PATH_MAX || !skip_key(path, &at)) return false;
    for (int depth = 0; at < path.n; depth++) {
        if (depth == ANSWER_DEPTH_MAX) return false;
        if (path.p[at] == '[') {
            if (!skip_index(path, &at)) return false;
        } else if (path.p[at] == '.') {
            at++;
            if (!skip_key(path, &at)) return false;
        } else {
            return false;
        }
    }
    return true;
}

// "." and "[" come before all characters of keys, so that everything below a path follows it at once.
static int rank(char c) {
    return c == '.' ? 1 : c == '[' ? 2 : (unsigned char)c;
}

// Indexes are compared as numbers, so that the entries of a repeat stay in order.
static int path_cmp(struct text a, struct text b) {
    size_t i = 0;
    while (i < a.n && i < b.n && a.p[i] == b.p[i]) i++;
    if (i == a.n || i == b.n) return (a.n > b.n) - (a.n < b.n);
    size_t start = i;
    while (start > 0 && a.p[start - 1] >= '0' && a.p[start - 1] <= '9') start--;
    if (start > 0 && a.p[start - 1] == '[') {
        size_t x = i, y = i;
        while (x < a.n && a.p[x] != ']') x++;
        while (y < b.n && b.p[y] != ']') y++;
        if (x != y) return x < y ? -1 : 1;
    }
    return rank(a.p[i]) < rank(b.p[i]) ? -1 : 1;
}

// Index of the first answer whose path is not before `path`.
static size_t lower_bound(const struct answers *s, struct text path) {
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (path_cmp(s->items[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct text answers_get(const struct answers *s, struct text path) {
    size_t i = lower_bound(s, path);
    return i < s->count && text_eq(s->items[i].path, path) ? s->items[i].value : (struct text){0};
}

static void remove_at(struct answers *s, size_t i) {
    s->bytes -= s->items[i].path.n + s->items[i].value.n;
    memmove(&s->items[i], &s->items[i + 1], (s->count - i - 1) * sizeof *s->items);
    s->count--;
}

enum status answers_set(struct answers *s, struct text path, struct text value) {
    if (!answer_path_ok(path) || !text_is_utf8(value)) return STATUS_INVALID;
    if (value.n > ANSWER_VALUE_MAX) return STATUS_TOO_LARGE;
    size_t i = lower_bound(s, path);
    bool is_there = i < s->count && text_eq(s->items[i].path, path);
    if (value.n == 0) {
        if (is_there) remove_at(s, i);
        return STATUS_OK;
    }
    size_t bytes = s->bytes + path.n + value.n - (is_there ? path.n + s->items[i].value.n : 0);
    if (bytes > ANSWERS_BYTES_MAX || (!is_there && s->count == ANSWERS_MAX)) return STATUS_TOO_LARGE;
    s->bytes = bytes;
    if (!is_there) {
        *ARENA_PUSH(s->arena, s) = (struct answer){0};
        memmove(&s->items[i + 1], &s->items[i], (s->count - 1 - i) * sizeof *s->items);
        s->items[i].path = text_copy(s->arena, path);
    }
    s->items[i].value = text_copy(s->arena, value);
    return STATUS_OK;
}

// True when `path` is `prefix` or lies below it.
static bool is_below(struct text path, struct text prefix) {
    if (prefix.n == 0) return true;
    return text_starts(path, prefix) &&
           (path.n == prefix.n || path.p[prefix.n] == '.' || path.p[prefix.n] == '[');
}

// "family[12]" gives "family" and 12.
static bool split_index(struct text path, struct text *list, int64_t *index) {
    if (path.n < 4 || path.p[path.n - 1] != ']') return false;
    size_t open = path.n - 1;
    while (open > 0 && path.p[open] != '[') open--;
    *list = text_slice(path, 0, open);
    return text_int(text_slice(path, open + 1, path.n - 1), index);
}

// Entries behind a removed one move down by one, so that no gap stays.
static void close_gap(struct answers *s, struct text list, int64_t removed) {
    struct text prefix = TEXT_JOIN(s->arena, list, T("["));
    for (size_t i = 0; i < s->count; i++) {
        struct text path = s->items[i].path;
        if (!text_starts(path, prefix)) continue;
        size_t end = prefix.n;
        while (end < path.n && path.p[end] != ']') end++;
        int64_t index;
        if (!text_int(text_slice(path, prefix.n, end), &index) || index <= removed) continue;
        struct text moved = text_printf(s->arena, TEXT_FMT "%lld" TEXT_FMT, TEXT_ARG(prefix),
                                        (long long)(index - 1), TEXT_ARG(text_slice(path, end, path.n)));
        s->bytes += moved.n - path.n;
        s->items[i].path = moved;
    }
}

void answers_remove(struct answers *s, struct text path) {
    size_t kept = 0, before = s->count;
    for (size_t i = 0; i < s->count; i++) {
        if (is_below(s->items[i].path, path))
            s->bytes -= s->items[i].path.n + s->items[i].value.n;
        else
            s->items[kept++] = s->items[i];
    }
    s->count = kept;
    struct text list;
    int64_t index;
    if (kept < before && split_index(path, &list, &index)) close_gap(s, list, index);
}

size_t answers_count(const struct answers *s, struct text path) {
    int64_t most = -1;
    for (size_t i = 0; i < s->count; i++) {
        struct text p = s->items[i].path;
        if (!text_starts(p, path) || p.n == path.n || p.p[path.n] != '[') continue;
        size_t end = path.n + 1;
        while (end < p.n && p.p[end] != ']') end++;
        int64_t index;
        if (text_int(text_slice(p, path.n + 1, end), &index) && index > most) most = index;
    }
    return (size_t)(most + 1);
}

enum status answers_merge(struct answers *s, const struct answers *from) {
    for (size_t i = 0; i < from->count; i++) {
        enum status st = answers_set(s, from->items[i].path, from->items[i].value);
        if (st) return st;
    }
    return STATUS_OK;
}

void answers_copy(struct arena *a, const struct answers *from, struct answers *to) {
    *to = (struct answers){.arena = a, .count = from->count, .capacity = from->count, .bytes = from->bytes};
    to->items = ARENA_ARRAY(a, struct answer, from->count);
    for (size_t i = 0; i < from->count; i++)
        to->items[i] = (struct answer){text_copy(a, from->items[i].path), text_copy(a, from->items[i].value)};
}

bool answers_eq(const struct answers *a, const struct answers *b) {
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++)
        if (!text_eq(a->items[i].path, b->items[i].path) || !text_eq(a->items[i].value, b->items[i].value))
            return false;
    return true;
}
