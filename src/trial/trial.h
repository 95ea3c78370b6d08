// trial.h - a case tried on a pack: in a house of its own, with a clock that jumps. Nothing of it outlives
// the trial.
//
//     trial_open(&options, &t, &problem)            a house with the pack in force; no case yet
//     trial_begin(t, &beginning, &problem)          the person's draft
//     trial_do(t, &act, &problem)                   a command, a task, a message, by a role of the pack
//     trial_go_on(t, until, &problem)               what is due on the way happens in its order, at its
//     moment trial_look(t, arena, &view)                   where the case stands
//
// Everything goes through the real commands, access checks and processes. One thread at a time.
#pragma once
#include "cases/cases.h"
#include "pack/walk.h"

enum {
    TRIAL_ACTS_MAX = 500,               // of one trial: more than the longest case and its mistakes
    TRIAL_JUMPS_MAX = 2000,             // things that happen by themselves during one wait
    TRIAL_MS_MAX = 10 * 1000,           // that one act or wait takes: it holds a thread of the server
    TRIAL_BYTES_MAX = 64 * 1024 * 1024, // its house on disk; a case of a hundred steps takes 4 MB
    TRIAL_AHEAD_YEARS = 30,             // of its clock since it began; no period of our law is longer
};

struct trial;

struct trial_options {
    const struct pack *pack;        // also one that is not in force
    const struct pack_files *files; // of that pack
    struct moment starts;           // 0: now, or the pack's first day when that comes later
    struct text zone;               // of the authority; empty: Europe/Brussels
    struct arena *answer; // texts of a problem go there, as the house ends with it; NULL: no problem
};
// Makes the house below TMPDIR. Its keys are random and end with it. STATUS_INVALID: the pack is a base, or
// not in order.
enum status trial_open(const struct trial_options *o, struct trial **out, struct problem *p);
void trial_close(struct trial *t); // and removes all of it; harmless on NULL

const struct pack *trial_pack(const struct trial *t);
const struct zone *trial_zone(const struct trial *t);
struct moment trial_now(const struct trial *t);

// ---- acts

enum trial_act_kind { TRIAL_DO, TRIAL_TASK, TRIAL_MESSAGE, TRIAL_HEAR };
struct trial_act {
    enum trial_act_kind kind;
    // Command (commands.h), element of an open task, message, or type of event that another authority tells.
    struct text name;
    struct text key; // of a message; empty: the one that this case waits for
    struct text
        as; // role of the pack, "officer", or "officer#2" for another of them; empty: who usually does it
    const json_t *with; // fields of the command or event (code, due), or answers; NULL: as usual
};
struct trial_beginning {
    struct text as;                // a role; empty: the person, or who usually opens cases
    struct text language;          // of the person
    const struct answers *answers; // of the form "application"; NULL: none
    bool is_opened;                // begun and submitted at once, by staff; else a draft
};
// Begins the case. Once a trial.
enum status trial_begin(struct trial *t, const struct trial_beginning *b, struct problem *p);
// STATUS_INVALID, STATUS_REFUSED, ... of the command; `p` then names field and rule. Texts of `p` live until
// the trial is closed. Fields that are not given take what usually stands there (trial_fields).
enum status trial_do(struct trial *t, const struct trial_act *act, struct problem *p);

// What a command takes, for a form or a message: ends with no name.
enum trial_field_kind {
    TRIAL_END,
    TRIAL_TEXT,
    TRIAL_BOOL,
    TRIAL_NUMBER,
    TRIAL_DATE,    // "2026-10-01", "today", or a period from today: "P3D", "-P1D"
    TRIAL_MOMENT,  // "2026-10-01T09:00" on the authority's clock, or a period from now
    TRIAL_TEXTS,   // a list of codes
    TRIAL_ANSWERS, // nested, as the form is
    TRIAL_OFFICER, // a role: its member
    TRIAL_CLOCK,   // a rule of deadlines.json that runs
    TRIAL_NEWEST,  // a kind of thing, or empty: the newest of them
};
struct trial_field {
    const char *name;
    enum trial_field_kind kind;
    size_t at, count_at;
    const char *otherwise; // when it is not given; NULL: nothing
    const char *codes;     // list of the pack
    const char *what;      // TRIAL_NEWEST: "letter", "request", "decision" ...
};
// NULL: no command of this name is done in a trial.
const struct trial_field *trial_fields(struct text command);

// ---- time

// Lets the clock go on to a moment. On the way everything that is due happens.
enum status trial_go_on(struct trial *t, struct moment until, struct problem *p);
// ... to the next thing that is due, and through it. STATUS_NOT_FOUND: nothing is.
enum status trial_go_next(struct trial *t, struct problem *p);
// ... until a token gets to this element, or the clock of this rule is over. STATUS_NOT_FOUND: it never does.
enum status trial_go_until(struct trial *t, struct text name, struct problem *p);
// A period (ISO 8601, "P1M", "-P2DT3H") or a day ("2026-10-01": its beginning) from a moment, on a clock.
bool period_end(const struct zone *z, struct moment from, struct text period, struct moment *out);
// "2026-07-01T09:00" on a clock.
bool local_moment(const struct zone *z, struct text t, struct moment *out);

// ---- looking

struct trial_place {
    struct text element, name; // id; as the diagram has it
    struct text process;       // id
    bool is_task;
};
struct trial_task {
    int64_t task;
    struct text element, name, process, command, group, form;
};
struct trial_clock {
    int64_t clock;
    struct text rule, owner;
    struct date last_day;
    struct moment due;
    bool is_open, is_suspended;
};
struct trial_letter {
    int64_t letter;
    struct text kind, title, language, channel;
    struct moment issued, opened, delivered;
};
struct trial_news {
    struct text kind;
    struct moment at;
};
// A message that the process waits for, or could wait for, with the key by which this case would know it.
struct trial_message {
    struct text name, key;
    struct text roles; // that may bring it in; empty: whoever may deliver messages
};
struct trial_incident {
    struct text element, rule, detail;
};
struct trial_view {
    struct moment now;
    struct text case_no, status, language;
    bool has_case, is_draft, is_ended;
    VIEW_LIST_OF(trial_place) at;
    VIEW_LIST_OF(trial_task) tasks;
    VIEW_LIST_OF(trial_clock) clocks;
    VIEW_LIST_OF(trial_letter) letters;     // oldest first
    VIEW_LIST_OF(trial_news) news;          // to the person, oldest first
    VIEW_LIST_OF(trial_message) messages;   // from outside; those that commands send are not among them
    VIEW_LIST_OF(trial_incident) incidents; // steps that could not be done
    struct {
        struct moment at; // ms 0: nothing is due any more
        struct text rule; // of a clock; empty: a timer of the process
        struct text element;
        bool is_warning; // of a clock: it is not over yet
    } next;
};
enum status trial_look(struct trial *t, struct arena *a, struct trial_view *out);
// How often an element was entered since the case began.
int64_t trial_visits(const struct trial *t, struct text element);

// The answers as they stand, of the form "application".
enum status trial_answers(struct trial *t, struct arena *a, struct answers *out);

// The words of a letter, block by block, as they are printed.
struct paper;
enum status trial_letter_words(struct trial *t, int64_t letter, struct arena *a, struct paper *out);
enum status trial_letter_text(struct trial *t, int64_t letter, struct arena *a, struct text *out);
enum status trial_letter_pdf(struct trial *t, int64_t letter, struct arena *a, struct bytes *out,
                             struct problem *p);

// ---- what was done, once more

// How many acts and waits were done so far; those that were refused do not count.
size_t trial_steps(const struct trial *t);
// A new trial of the same law, begun on the same day, in which the first `steps` of them were done again.
// With a language (empty: the same), its letters are in that. `from` stays as it is.
enum status trial_again(struct trial *from, struct text language, size_t steps, struct trial **out,
                        struct problem *p);
// As a walk for the pack's folder, JSON; it expects the ends that were reached.
enum status trial_as_walk(struct trial *t, struct arena *a, struct text *json);

// ---- what was reached: ends and ways of all processes of a pack

struct trial_mark {
    struct text process, id; // of an end event or a sequence flow
    struct text from, to;    // of a way: elements
    int64_t times;
};
struct trial_cover {
    VIEW_LIST_OF(trial_mark) ends;
    VIEW_LIST_OF(trial_mark) ways;
};
void trial_cover_begin(struct arena *a, const struct pack *pack, struct trial_cover *out);
void trial_cover_add(struct trial_cover *cover, const struct trial *t);

// ---- walks

struct walk_finding {
    size_t step; // from 1; 0: the walk as a whole
    struct text what;
};
struct walk_report {
    struct text walk;
    size_t steps; // that were done
    struct trial
        *trial; // as it stands at the end, for its letters; NULL: could not be opened. The caller closes it
    VIEW_LIST_OF(walk_finding) findings;
};
// The answers that a walk begins with, those of other walks that it names among them. STATUS_INVALID: `p`.
enum status walk_answers(const struct pack *pack, const struct walk *walk, struct answers *out,
                         struct problem *p);
const struct walk *walk_find(const struct pack *pack, struct text name); // NULL
// Walks it. What is wrong is in the report; the status is of the machine alone.
enum status walk_run(const struct trial_options *o, const struct walk *walk, struct text language,
                     struct arena *a, struct walk_report *out);
