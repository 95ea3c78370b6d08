// form.h - questions as data: form-js schemas (bpmn.io), parsed, checked, and the answers given to them.
//
// What form-js does not know is in `properties` of a component: type, section, purpose, need, class, codes.
// A top-level `group` with properties.section is one entry of the task list; a form without any has one
// section, named as the form. Labels, descriptions and option labels are text keys.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/date.h"
#include "base/json.h"
#include "base/problem.h"
#include "base/text.h"
#include "rules/feel.h"

enum {
    FORM_BYTES_MAX = 1024 * 1024,
    FORM_FIELDS_MAX = 400,         // the longest national form has 212
    FORM_DEPTH_MAX = 4,            // group in repeat in group
    FORM_OPTIONS_MAX = 100,        // longer lists are code lists
    FORM_REPEAT_MAX = 50,          // entries of one repeated group
    ANSWERS_MAX = 4000,            // paths of one person's answers to one form
    ANSWER_PATH_MAX = 200,         // bytes
    ANSWER_DEPTH_MAX = 12,         // dots and indexes in a path
    ANSWER_INDEX_MAX = 200,        // entries of a list; a gap of this size costs nothing
    ANSWER_VALUE_MAX = 100 * 1000, // bytes; the longest reasons of a decision, in Tigrinya
    ANSWERS_BYTES_MAX = 1024 * 1024,
    FORM_PROBLEMS_MAX = 200, // shown at once
    // Of all conditions of a form together, each asked once: the largest answers to the application take 256;
    // a million take less than half a second.
    FORM_STEPS_MAX = 1000 * 1000,
};

// ---- Answers
// -----------------------------------------------------------------------------------------------

// A flat map, kept in order of path: "birth_date" -> "1990-05", "family[0].given_names" -> "Amina",
// "special_needs[0]" -> "PREG". Indexes count from 0 without gaps. Zero-initialise, then set `arena`.
struct answer {
    struct text path, value;
};
struct answers {
    struct arena *arena;
    struct answer *items;
    size_t count, capacity;
    size_t bytes; // of all paths and values
};

// True for key(.key|[index])*, with keys of letters, digits and _, at most ANSWER_PATH_MAX bytes.
bool answer_path_ok(struct text path);
// Empty text with p == NULL when there is no answer.
struct text answers_get(const struct answers *s, struct text path);
// Copies both. An empty value removes the answer. STATUS_INVALID: path or UTF-8; STATUS_TOO_LARGE: a limit.
enum status answers_set(struct answers *s, struct text path, struct text value);
// Removes `path` and everything below it. Removing "family[1]" moves "family[2]" down.
void answers_remove(struct answers *s, struct text path);
// How many entries: answers below "family[0]", "family[1]" ... are 2 for path "family".
size_t answers_count(const struct answers *s, struct text path);
// Copies all answers of `from` at or below `prefix` (empty = all) over those of `s`.
enum status answers_merge(struct answers *s, const struct answers *from);
void answers_copy(struct arena *a, const struct answers *from, struct answers *to);
bool answers_eq(const struct answers *a, const struct answers *b);

// Canonical CBOR: one map path -> text in deterministic order. Decoding checks limits; STATUS_CORRUPT.
struct bytes answers_encode(struct arena *a, const struct answers *s);
enum status answers_decode(struct arena *a, struct bytes b, struct answers *out);
// Nested JSON: {"birth_date":"1990-05","family":[{"given_names":"Amina"}]}, and back (numbers and booleans
// become text). STATUS_INVALID with `p`, STATUS_TOO_LARGE.
struct text answers_json(struct arena *a, const struct answers *s);
enum status answers_from_json(struct arena *a, struct text json, struct answers *out, struct problem *p);

// ---- Forms
// -------------------------------------------------------------------------------------------------

enum field_kind {
    FIELD_TEXT, // one line
    FIELD_TEXTAREA,
    FIELD_NUMBER,       // decimal; min, max
    FIELD_DATE,         // "2026-11-21"
    FIELD_TIME,         // "14:30"
    FIELD_DATETIME,     // "2026-11-21T14:30", local
    FIELD_PARTIAL_DATE, // "1990", "1990-05", "1990-05-17": never invent 1 January
    FIELD_SELECT,
    FIELD_RADIO,
    FIELD_CHECKBOX,  // "true" or no answer
    FIELD_CHECKLIST, // several: path[0], path[1] ...
    FIELD_FILE,      // several: path[0] ... = document references
    FIELD_NAME,      // one name in any script; `script` may demand one ("Latn")
    FIELD_COUNTRY,   // select from a code list
    FIELD_NATIONALITY,
    FIELD_LANGUAGE,
    FIELD_PHONE, // E.164 after normalising: "+491701234567"
    FIELD_EMAIL,
    FIELD_GROUP,   // children, no answer of its own
    FIELD_REPEAT,  // children, each entry at path[i]
    FIELD_HEADING, // text only
    FIELD_PARAGRAPH,
    FIELD_SEPARATOR,
};

// How the search uses a field of a register; the property "search". What is in one entry of a repeated group
// goes together: a family name with its given names, a number with its issuer.
enum field_search {
    SEARCH_NOT,
    SEARCH_NUMBER,     // "number": of a document, card, sticker, case: letters and digits count
    SEARCH_ISSUER,     // "issuer": who gave the number beside it
    SEARCH_DOC_KIND,   // "doc_kind": what that number numbers
    SEARCH_NAME,       // "name": a whole name
    SEARCH_FAMILY,     // "family"
    SEARCH_GIVEN,      // "given"
    SEARCH_PATRONYMIC, // "patronymic"
    SEARCH_BIRTH,      // "birth"
    SEARCH_BIRTH_PLACE,
    SEARCH_NATIONALITY,
    SEARCH_SEX,
    SEARCH_PLATE, // "plate": of a vehicle
    SEARCH_WORD,  // "word": each word of the text
    SEARCH_COUNT
};
const char *field_search_name(enum field_search s); // "number"

// How far a date may lie, seen from today.
enum date_rule { DATE_ANY, DATE_PAST /* today included */, DATE_FUTURE /* today included */ };

struct form_option {
    struct text value, label_key;
};

struct form;

struct form_field {
    const struct form *form; // that it belongs to
    enum field_kind kind;
    struct text id;   // form-js id
    struct text key;  // own part of the path ("given_names"); empty for texts and for groups without path
    struct text path; // pattern: "family[].given_names"
    struct text label_key, hint_key, text_key;  // text_key: of headings and paragraphs
    struct text purpose, need, attribute_class; // R-GD-04; empty for texts and groups
    struct text code_list;                      // options come from this code list; empty = `options`
    const struct form_option *options;
    size_t option_count;
    bool is_required;
    bool is_multiple; // checklist, files, multi-select: answers at path[i]
    bool is_read_only;
    struct text required_key;       // own message when the answer is missing; else empty
    int64_t min_length, max_length; // code points; max_length 0 = ANSWER_VALUE_MAX bytes only
    bool has_min, has_max;
    double min, max; // numbers
    enum date_rule date_rule;
    int64_t years_back_max;    // dates: no longer ago than this (130 for births); 0 = any
    struct text pattern;       // validate.pattern: whole value must match; PCRE2
    void *pattern_code;        // compiled
    struct text pattern_key;   // message when it does not
    struct text script;        // ISO 15924, for names
    struct text transliterate; // path (same prefix) of the name that this one is the Latin form of
    struct text autocomplete;  // HTML autocomplete token: "family-name", "email"
    struct text hide_source;   // FEEL as written, without "="; empty = always shown
    const struct feel_expression *hide;
    size_t repeat_min, repeat_max;
    struct text add_key, entry_key; // of repeats: "Add another person", "Person {number}"
    const struct form_field *children;
    size_t child_count;
    int level;                // of headings: 1 to 6
    enum field_search search; // of registers
    bool is_listed;           // of registers: a column of lists
};

struct form_section {
    const struct form *form;
    struct text id;                   // "names"
    struct text title_key, intro_key; // intro may be empty
    struct text hide_source;
    const struct feel_expression *hide;
    const struct form_field *fields;
    size_t field_count;
};

struct form {
    struct text id, title_key;
    struct text use; // "application", or "task": what an officer fills in
    const struct form_section *sections;
    size_t section_count;
    size_t field_count; // of all levels
};

// Parses a form-js schema (schemaVersion 4 to 19). `a` must outlive the form. `p`: rule, field = JSON path of
// the component, line for JSON errors. That every question has purpose, need and class is for pack_check.c.
enum status form_read(struct arena *a, struct text json, struct form **out, struct problem *p);
// Releases what is not in the arena (compiled patterns and conditions).
void form_close(struct form *f);

const struct form_section *form_section(const struct form *f, struct text id);
// Does a condition over all answers find something under that name?
bool form_names(const struct form *f, struct text name);
// The field whose pattern fits a concrete path: "family[2].given_names", "special_needs[1]". NULL when none
// does.
const struct form_field *form_field_at(const struct form *f, struct text path);
// The section that asks the question of a concrete path. NULL when none does.
const struct form_section *form_section_at(const struct form *f, struct text path);
// The concrete path of a field: prefix is "" or "family[2]." for the fields of a repeat's entry.
struct text form_path(struct arena *a, struct text prefix, const struct form_field *field);

// What a check needs besides answers: today in the authority's zone, and the values of code lists.
struct form_context {
    struct date today;
    bool (*code_ok)(const void *codes, struct text list, struct text code);
    const void *codes; // pack_form_context() fills all of it from a pack
};

struct form_problem {
    const struct form_field *field;
    struct text path;       // concrete
    struct problem problem; // .field is the path, zero-terminated
};
struct form_problems {
    struct form_problem *items;
    size_t count, capacity;
};

// Is this section or field shown, given all answers so far? Inside a repeat, `prefix` is "family[2]." and the
// entry's own answers can be named directly. An expression that fails or gives no boolean shows the field.
bool form_section_shown(const struct form_section *s, const struct answers *answers);

// The same for many fields: the answers are made into FEEL once, and all conditions share FORM_STEPS_MAX
// steps. When those are used up, everything is shown. Begun and ended in pairs; holds no answers of its own.
struct form_conditions {
    struct feel_value top, entry;
    struct text prefix; // of `entry`
    struct arena kept, one;
    struct feel_budget budget;
    bool is_used_up;
};
void form_conditions_begin(struct form_conditions *c, const struct form *f, const struct answers *answers);
void form_conditions_end(struct form_conditions *c);
bool form_conditions_section(struct form_conditions *c, const struct form_section *s);
bool form_field_shown(struct form_conditions *c, const struct form_field *f, struct text prefix);

// The answers as one FEEL context, nested, for conditions, decisions and processes. With a form, numbers,
// dates and checkboxes have their types; without (NULL) or for other paths "true" and "false" are booleans
// and whole ISO dates are dates, all else is text. Lives in `a` and points to texts of the answers.
struct feel_value form_feel(struct arena *a, const struct form *f, const struct answers *answers);

// Checks one section (NULL: all) and adds what is wrong, in the order of the form; hidden questions are not
// checked. Problems' texts live in `a`; the texts keys are "problem.form.*" or the field's own. With section
// NULL, answers that belong to no field are problem "form_unknown_field". Conditions that cost too much
// together are problem "too_costly" of the whole form. True when nothing is wrong.
bool form_check(const struct form *f, const struct form_section *section, const struct answers *answers,
                const struct form_context *context, struct arena *a, struct form_problems *problems);

enum section_state { SECTION_NOT_STARTED, SECTION_INCOMPLETE, SECTION_DONE, SECTION_NOT_NEEDED /* hidden */ };
// For the task list. Done: at least one answer, or nothing required, and no problem.
enum section_state form_section_state(const struct form *f, const struct form_section *s,
                                      const struct answers *answers, const struct form_context *context);

// Drops answers to questions that are hidden now or do not exist (R-GD-04); done before lodging.
void form_prune(const struct form *f, struct answers *answers);
