// source.h - a remote source that can be asked whether it knows a person, a document or a vehicle.
//
// A source answers hit, no hit, or it gave no answer; what it did not say is never taken for "no hit".
#pragma once
#include "search/query.h"

struct env;

enum {
    SOURCES_MAX = 16,
    SOURCE_MS_MAX = 10 * 1000,     // nobody waits longer at a counter
    SOURCE_LINES_MAX = 20,         // hits of one source that are shown
    SOURCE_BYTES_MAX = 256 * 1024, // of an answer: 20 hits have some 10 kB
    SOURCE_WORDS_MAX = 200,        // bytes of one text of an answer
};

enum source_state { SOURCE_HIT, SOURCE_NO_HIT, SOURCE_NO_ANSWER };
struct source_line {
    struct text kind, reference, level; // as the source says
};
struct source_answer {
    enum source_state state;
    const char *why; // of no answer: "timeout", "unreachable", "refused", "error", "unreadable", "too_long",
                     // "loading", "busy"
    int64_t took_ms;
    struct source_line lines[SOURCE_LINES_MAX];
    size_t count;
};

// One source. `ask` runs in a thread of its own, and may take longer than the search waits: it gets copies,
// and sees no database.
struct remote {
    struct text name;    // as people know it
    struct text purpose; // for which it may be asked; empty: any
    struct text ground;  // legal ground, shown beside the answer
    int timeout_ms;
    void (*ask)(const struct remote *s, const struct search_query *query, struct text purpose,
                struct arena *a, struct source_answer *out);
    const void *context; // the adapter's own; must outlive the source
    uint32_t code;       // of the directory of authorities; 0: not one of them
    struct text lookups; // address of its data requests (lookup/); empty: none
};
struct sources {
    struct remote items[SOURCES_MAX];
    size_t count;
};

struct source_result {
    const struct remote *source;
    struct source_answer answer;
};
struct source_results {
    struct source_result *items;
    size_t count, capacity;
};
// Asks all that may be asked for this purpose at the same time, and waits for each until its own time is
// over. The others are told as no answer, "purpose".
struct source_round; // one question on its way
enum status sources_begin(const struct sources *s, const struct search_query *query, struct text purpose,
                          struct source_round **out);
void sources_end(struct source_round *round, struct arena *a, struct source_results *out); // harmless on NULL

// Sources of a file: JSON, {"sources": [{"name", "url", "ca", "purpose", "ground", "timeout_ms", and either
// "token", or "token_url", "client" and "secret_file"}]}. Each is asked by POST of JSON to URL (of another
// Ostia: https://HOST/api/window) with a token as Bearer: always the same, or one for the purpose that is got
// with the secret (https://HOST/api/token). `ca` is a file of certificates that are trusted in place of the
// machine's. With "code" and "lookups" (https://HOST/api/lookups) it is an authority that answers data
// requests too. `a` must outlive them; `env` may be NULL where no secret is read.
enum status sources_read(struct arena *a, const struct env *env, struct text json, struct sources *out,
                         struct problem *p);
void source_http_ask(const struct remote *s, const struct search_query *query, struct text purpose,
                     struct arena *a, struct source_answer *out);
// Posts JSON to an address of a source of a file, with its token for that purpose, within its time. NULL, or
// the word of why there is no answer.
const char *source_post(const struct remote *s, struct text url, struct text purpose, struct text json,
                        struct arena *a, struct text *answer);
// Reads what a source said: for source_http_ask, and for a fuzzer.
void source_answer_read(struct arena *a, struct text body, struct source_answer *out);
