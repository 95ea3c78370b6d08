// lookup.h - once-only: an authority asks another one for a few data that it has already, instead of asking
// the person again.
//
// What may be asked is in the law (pack/lookup_law.h): which register answers, for which purposes, on which
// legal grounds, and which attributes are told. Both sides note who asked, for what, on which ground and what
// kind of answer came, never the data. An authority that does not answer is named; nothing is made of its
// silence.
#pragma once
#include "pack/lookup_law.h"
#include "registers/registers.h"

extern const struct event_type *const lookup_event_types[];
extern const struct migrations LOOKUP_MIGRATIONS;

enum {
    LOOKUP_WORD_MAX = 200,        // bytes of a number, a name, an issue
    LOOKUP_VALUES_MAX = 200,      // attributes of one answer, several answers of one counted each
    LOOKUP_BYTES_MAX = 64 * 1024, // of an answer as JSON
    LOOKUP_WATCH_DAYS_MAX = 366,  // then the law of the asking side must say again why
    LOOKUP_WATCHES_MAX = 2000, // of one authority; each look at the changes costs some 50 microseconds each
    LOOKUP_NOTES_SHOWN = 100,  // a page of the list
};

// Another authority that can be asked. `ask` may take as long as its own time limit; it answers NULL with the
// JSON of the answer, or the word of why there is none: "timeout", "unreachable", "refused", "busy", "error",
// "unreadable", "too_long".
struct lookup_other {
    uint32_t code;    // of the directory
    struct text name; // as people know it
    const char *(*ask)(const struct lookup_other *o, struct text question, struct text purpose,
                       struct text issue, struct arena *a, struct text *answer);
    const void *context; // the way's own; must outlive the room
};
struct lookup_options {
    struct registers *registers;
    const struct lookup_other *others;
    size_t other_count;
};
struct lookup; // the room; shared by all threads
enum status lookup_open(struct cases *c, const struct lookup_options *o, struct lookup **out);
void lookup_close(struct lookup *l); // harmless on NULL

struct lookup_question {
    struct text lookup; // id: "work_permission"
    struct text ground; // legal ground: "SPD:6"
    struct text number, name, birth;
    struct text purpose;     // as it was said; look->purpose is the one that counts
    struct text issue;       // the matter, as the asking side calls it; goes to its own log and to X-Road's
    struct date watch_until; // tell of changes until that day; year 0: no
};
enum lookup_class { LOOKUP_FOUND, LOOKUP_NOT_FOUND, LOOKUP_SEVERAL, LOOKUP_NO_ANSWER };
const char *lookup_class_word(enum lookup_class c); // "found"
struct lookup_value {
    struct text path, value; // an answer: "valid_until", "restrictions[0]"
};
struct lookup_result {
    enum lookup_class class;
    const char *why;       // of no answer
    struct text from;      // name of the authority that was asked; empty: ourselves
    struct text reference; // of the entry, as its keeper calls it
    int64_t entry;         // its number there: to report a mistake in it, and to know it among changes
    struct moment as_of;
    struct text hidden; // classes that the asking role may not see
    struct {
        struct lookup_value *items;
        size_t count, capacity;
    } values;
};

// Answers a question of another authority's client, for look->purpose. Several entries that fit are told as
// such, and nothing of them. The note is durable before anything is told. STATUS_INVALID: which, ground or
// key is wrong; STATUS_REFUSED; STATUS_BUSY: more than the law's questions a day, "lookup_wait".
enum status lookup_answer(struct lookup *l, const struct actor *actor, const struct look *look,
                          const struct lookup_question *q, struct arena *a, struct lookup_result *out,
                          struct problem *p);

// Asks another authority, as somebody of ours with the action "ask_authority". No answer is an answer of its
// own (LOOKUP_NO_ANSWER with `why` and `from`) and STATUS_OK. What the law does not name is dropped unread.
enum status lookup_ask(struct lookup *l, const struct actor *actor, const struct look *look, uint32_t other,
                       const struct lookup_question *q, struct arena *a, struct lookup_result *out,
                       struct problem *p);

// Which of the entries that this account watches for this purpose have changed after `after` (0: all of them,
// to begin with). `next`: where to go on; the same question gives the same answer, so a lost one is asked
// again. That something has changed is all that is told: what, must be asked for with its ground.
struct lookup_change {
    struct text lookup;
    int64_t entry;
    struct text state; // as of the entry: "current", "ended", "replaced" ...; "erased"
};
struct lookup_changes {
    struct lookup_change *items;
    size_t count, capacity;
    int64_t next;
};
enum status lookup_changed(struct lookup *l, const struct actor *actor, const struct look *look,
                           int64_t after, struct arena *a, struct lookup_changes *out, struct problem *p);

// Who asked whom, the newest first, before `before` (0: from now). Needs "read_search_log".
struct lookup_note {
    int64_t seq, account, other;
    struct moment at;
    struct text side, name, unit, lookup, purpose, ground, class;
};
struct lookup_notes {
    struct lookup_note *items;
    size_t count, capacity;
};
enum status lookup_log(struct lookup *l, const struct actor *actor, struct text purpose, int64_t before,
                       struct arena *a, struct lookup_notes *out, struct problem *p);

bool lookup_can_ask(const struct lookup *l, uint32_t other);

// ---- on the wire (wire.c)

struct text lookup_question_print(struct arena *a, const struct lookup_question *q, struct text purpose);
enum status lookup_question_read(struct arena *a, struct text json, struct lookup_question *out);
void lookup_values_write(struct json_out *j, const struct lookup_result *r);
struct text lookup_result_print(struct arena *a, const struct lookup_result *r);
// STATUS_CORRUPT: unclear in any way, such as found without a reference.
enum status lookup_result_read(struct arena *a, struct text json, struct lookup_result *out);
