// letter.h - letters as data: paragraphs by text key, conditions in FEEL, two languages side by side.
//
// Composing makes plain blocks of text; the typesetter (paper/) is somebody else's business.
#pragma once
#include "base/problem.h"
#include "base/text.h"
#include "pack/form.h"
#include "pack/text_catalog.h"

enum {
    LETTER_BYTES_MAX = 256 * 1024,
    LETTER_PARTS_MAX = 200,  // of a template
    LETTER_BLOCKS_MAX = 400, // of a composed letter
};

enum letter_part_kind {
    LETTER_HEADING,
    LETTER_PARAGRAPH,
    LETTER_LIST,   // one item for each entry of `each`, or fixed `items`
    LETTER_REMEDY, // how to appeal: heading, then paragraphs; set apart from the rest
    LETTER_SIGNATURE,
    LETTER_QR,      // its text explains the code; the code itself is the caller's
    LETTER_FACTS,   // label/value rows: case number, date
    LETTER_REASONS, // an officer's own words: the value of `value`, not translated
};

struct letter_part {
    enum letter_part_kind kind;
    int level;                      // of headings
    struct text text_key;           // list item pattern when `each` is given
    struct text value;              // LETTER_REASONS: path of the value
    struct text each;               // LETTER_LIST: path of a repeated value ("requested")
    const struct text *items;       // text keys: list items, remedy paragraphs, facts ("label_key")
    const struct text *item_values; // LETTER_FACTS: path of each value
    size_t item_count;
    struct text condition_source; // FEEL; empty = always
    const struct feel_expression *condition;
};

struct letter_template {
    struct text id;   // "decision_negative"
    struct text kind; // "decision", "receipt", "request", "invitation", "notice", "leaflet", "certificate", "hearing"
    struct text title_key;
    struct text legal_basis; // "Reg. (EU) 2024/1348 Art. 36"
    bool is_adverse;         // must have a remedy part (R-RD-03)
    struct text deadline;    // id of the deadline rule whose last day the letter names; may be empty
    const struct letter_part *parts;
    size_t part_count;
    const struct text *coded;      // names of values that are codes ("outcome", "what") ...
    const struct text *code_lists; // ... and of the lists that name them; see code_label
    size_t coded_count;
    const struct answers *defaults; // same in all letters: pack.json, letter_values; may be NULL
};

// Parses letters/*.json. Checked: every letter has a signature or QR, the call-back part (R-CH-04: text
// "letter.contact"), decisions have reasons and "letter.rules_disclosure" (R-AI-16), adverse ones the remedy
// (R-RD-03) with a sentence on the stay (a remedy part whose text key begins with "letter.remedy.stay").
// A part {"kind": "include", "parts": ID} stands for the parts that `find` knows by that id.
typedef const struct letter_template *letter_find_parts(const void *context, struct text id);
enum status letter_read(struct arena *a, struct text json, letter_find_parts *find, const void *context,
                        struct letter_template **out, struct problem *p);
// Parses parts/*.json, {"id", "parts"}: parts that several letters, also of other packs, have in common.
enum status letter_read_parts(struct arena *a, struct text json, letter_find_parts *find, const void *context,
                              struct letter_template **out, struct problem *p);

// One row of the letter. text[0] is in the official language, text[1] in the person's.
struct letter_block {
    enum letter_part_kind kind;
    int level;            // heading level; in lists and remedies 1 for items
    struct text label[2]; // LETTER_FACTS only
    struct text text[2];
    bool is_machine_made[2];
};
struct letter_document {
    struct text id, kind;
    struct text title[2];
    size_t columns; // 1 when both languages are the same
    struct text language[2];
    bool is_rtl[2];
    bool has_machine_made; // a notice was added (R-AC-09); decisions then need a check by a speaker
    struct letter_block *blocks;
    size_t block_count, capacity;
};

// `values`: what {placeholders} and conditions see ("case_number", "appeal_until", "requested[0].what"). A
// placeholder without value is STATUS_INVALID (rule "letter_value_missing", args key and name), so no letter
// leaves with a hole. Dates are given as ISO text in values ending in _on, _until or _date and are written in
// each language's way; in names ending in _at ("2026-11-21T14:30", local) too. A value whose name ends in
// _key is a text key, looked up in each language; codes are named in each language (template member "codes").
// "country_in_ar" stands for "country" in the Arabic column. In a list part with `each`, names of the entry
// come before names of the whole.
enum status letter_compose(const struct letter_template *l, const struct texts *texts, struct text official,
                           struct text person, const struct answers *values, struct arena *a,
                           struct letter_document *out, struct problem *p);
