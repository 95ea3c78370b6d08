// draft_manifest.c - pack.json of a draft: which files there are, which version it is, and from when.
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cases/draft_inside.h"

static size_t place_of(const json_t *list, struct text name, bool *is_there) {
    json_t *item;
    size_t i;
    *is_there = false;
    json_array_foreach(list, i, item) {
        struct text t = text_of(json_string_value(item));
        *is_there = text_eq(t, name);
        if (*is_there || text_cmp(t, name) > 0) return i;
    }
    return json_array_size(list);
}

static void change_list(json_t *list, const struct manifest_change *change) {
    bool is_there;
    if (change->add.n) {
        size_t at = place_of(list, change->add, &is_there);
        if (!is_there) json_array_insert_new(list, at, json_stringn(change->add.p, change->add.n));
    }
    for (size_t i = json_array_size(list); change->remove.n && i > 0; i--)
        if (text_eq(text_of(json_string_value(json_array_get(list, i - 1))), change->remove))
            json_array_remove(list, i - 1);
}

static enum status read_manifest(struct bytes content, json_t **out, struct problem *p) {
    enum status st = json_read(text_of_bytes(content), DRAFT_FILE_BYTES_MAX, out, NULL);
    if (!st && json_is_object(*out) && json_is_array(json_object_get(*out, "files"))) return STATUS_OK;
    if (!st) json_decref(*out);
    *out = NULL;
    return problem(p, "file", "draft_manifest", "problem.draft.manifest");
}

enum status manifest_change(struct arena *a, struct bytes content, const struct manifest_change *change,
                            struct bytes *out, struct problem *p) {
    json_t *j;
    enum status st = read_manifest(content, &j, p);
    if (st) return st;
    change_list(json_object_get(j, "files"), change);
    if (change->number.n) json_object_set_new(j, "version", json_stringn(change->number.p, change->number.n));
    if (change->valid_from.n)
        json_object_set_new(j, "valid_from", json_stringn(change->valid_from.p, change->valid_from.n));
    char *text = json_dumps(j, JSON_INDENT(2));
    json_decref(j);
    if (!text) abort();
    *out = bytes_of(TEXT_JOIN(a, text_of(text), T("\n")));
    free(text);
    return STATUS_OK;
}

bool manifest_differs(struct bytes x, struct bytes y) {
    static const char *const OURS[] = {"files", "version", "valid_from"};
    json_t *a, *b;
    bool differs = true;
    if (read_manifest(x, &a, NULL)) return true;
    if (!read_manifest(y, &b, NULL)) {
        for (size_t i = 0; i < sizeof OURS / sizeof *OURS; i++) {
            json_object_del(a, OURS[i]);
            json_object_del(b, OURS[i]);
        }
        differs = !json_equal(a, b);
        json_decref(b);
    }
    json_decref(a);
    return differs;
}
