// source_answer.c - what a source said: what is not clearly hit or no hit is no answer.
#include <jansson.h>

#include "search/source.h"

static struct text word(struct arena *a, const json_t *o, const char *name) {
    const json_t *v = json_object_get(o, name);
    if (!json_is_string(v) || json_string_length(v) > SOURCE_WORDS_MAX) return T("");
    struct text t = {json_string_value(v), json_string_length(v)};
    return text_is_utf8(t) ? text_copy(a, t) : T("");
}

static bool read_lines(struct arena *a, const json_t *hits, struct source_answer *out) {
    size_t i;
    json_t *h;
    if (hits && !json_is_array(hits)) return false;
    json_array_foreach(hits, i, h) {
        if (!json_is_object(h)) return false;
        if (out->count == SOURCE_LINES_MAX) break;
        out->lines[out->count++] =
            (struct source_line){word(a, h, "kind"), word(a, h, "reference"), word(a, h, "level")};
    }
    return true;
}

void source_answer_read(struct arena *a, struct text body, struct source_answer *out) {
    json_error_t e;
    *out = (struct source_answer){.state = SOURCE_NO_ANSWER, .why = "unreadable"};
    json_t *o = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, &e);
    struct text said = word(a, o, "answer");
    if (json_is_object(o) && read_lines(a, json_object_get(o, "hits"), out)) {
        if (text_eq(said, T("hit")) && out->count) out->state = SOURCE_HIT, out->why = "";
        if (text_eq(said, T("no_hit")) && !out->count) out->state = SOURCE_NO_HIT, out->why = "";
        if (text_eq(said, T("no_answer"))) out->why = "loading";
    }
    if (out->state == SOURCE_NO_ANSWER) out->count = 0;
    json_decref(o);
}
