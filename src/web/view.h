// view.h - what a template may see: plain C structs, described by a table of their fields.
//
//     struct row   { struct text case_no; struct date due; bool is_late; };
//     struct board { const char *heading_key; struct { struct row *items; size_t count, capacity; } rows; };
//
//     VIEW(ROW_VIEW,   VIEW_TEXT(struct row, case_no), VIEW_DATE(struct row, due), VIEW_BOOL(struct row,
//     is_late)); VIEW(BOARD_VIEW, VIEW_C(struct board, heading_key), VIEW_LIST(struct board, rows,
//     &ROW_VIEW));
//
// A template names the fields; an unknown name is an error when templates are loaded, not when a page is
// shown.
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/date.h"
#include "base/text.h"

enum view_kind {
    VIEW_KIND_END,
    VIEW_KIND_TEXT,   // struct text
    VIEW_KIND_C,      // const char *, NULL is empty
    VIEW_KIND_BOOL,   // bool
    VIEW_KIND_INT,    // int, shown with the language's digits and grouping
    VIEW_KIND_INT64,  // int64_t, likewise; an identifier in a URL is always plain ASCII digits
    VIEW_KIND_SIZE,   // int64_t bytes, shown as "2.3 MB"
    VIEW_KIND_DATE,   // struct date, may be partial or unknown (then empty)
    VIEW_KIND_MOMENT, // struct moment, shown in the authority's zone; ms == 0 is empty
    VIEW_KIND_STRUCT, // a struct inside the struct
    VIEW_KIND_REF,    // pointer to a struct; NULL is false in {{#if}} and empty elsewhere
    VIEW_KIND_LIST,   // struct { item *items; size_t count; ... }
};

struct view;

struct view_field {
    const char *name;
    enum view_kind kind;
    size_t offset;
    size_t count_offset;     // VIEW_KIND_LIST: where `count` lies
    size_t item_size;        // VIEW_KIND_LIST
    const struct view *view; // of VIEW_KIND_STRUCT, _REF and _LIST
};

struct view {
    const char *name;
    const struct view_field *fields; // ends with VIEW_KIND_END
};

#define VIEW(view_name, ...) \
    static const struct view view_name = {#view_name, (const struct view_field[]){__VA_ARGS__, {0}}}

// Offset of `member`, which must have exactly the type `type`; the compiler refuses any other.
#define VIEW_OFFSET(owner, member, type) \
    (offsetof(owner, member) +           \
     0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((owner *)0)->member), type) ? 1 : -1]))

#define VIEW_TEXT(owner, member) \
    { #member, VIEW_KIND_TEXT, VIEW_OFFSET(owner, member, struct text), 0, 0, 0 }
#define VIEW_C(owner, member) \
    { #member, VIEW_KIND_C, VIEW_OFFSET(owner, member, const char *), 0, 0, 0 }
#define VIEW_BOOL(owner, member) \
    { #member, VIEW_KIND_BOOL, VIEW_OFFSET(owner, member, bool), 0, 0, 0 }
#define VIEW_INT(owner, member) \
    { #member, VIEW_KIND_INT, VIEW_OFFSET(owner, member, int), 0, 0, 0 }
#define VIEW_INT64(owner, member) \
    { #member, VIEW_KIND_INT64, VIEW_OFFSET(owner, member, int64_t), 0, 0, 0 }
#define VIEW_SIZE(owner, member) \
    { #member, VIEW_KIND_SIZE, VIEW_OFFSET(owner, member, int64_t), 0, 0, 0 }
#define VIEW_DATE(owner, member) \
    { #member, VIEW_KIND_DATE, VIEW_OFFSET(owner, member, struct date), 0, 0, 0 }
#define VIEW_MOMENT(owner, member) \
    { #member, VIEW_KIND_MOMENT, VIEW_OFFSET(owner, member, struct moment), 0, 0, 0 }
#define VIEW_STRUCT(owner, member, view_) \
    { #member, VIEW_KIND_STRUCT, offsetof(owner, member), 0, 0, (view_) }
#define VIEW_REF(owner, member, view_) \
    { #member, VIEW_KIND_REF, offsetof(owner, member), 0, 0, (view_) }
#define VIEW_LIST(owner, member, view_)                                                        \
    {                                                                                          \
#member, VIEW_KIND_LIST, offsetof(owner, member.items), offsetof(owner, member.count), \
            sizeof(*((owner *)0)->member.items), (view_)                                       \
    }

// One entry of a select, of radios or of checkboxes; `label_key` (a text key) wins over `label`.
struct option {
    struct text value, label, hint;
    const char *label_key, *hint_key;
    bool is_chosen;
};
struct options {
    struct option *items;
    size_t count, capacity;
};
extern const struct view OPTION_VIEW;

// A date as three typed parts, kept as typed; `is_day_unknown` is the box "I do not know the day".
struct date_parts {
    struct text day, month, year;
    bool is_day_unknown;
};
extern const struct view DATE_PARTS_VIEW;

// Links "previous" and "next" of a keyset-paged list; an empty text hides that link.
struct pages {
    struct text previous, next;
};
extern const struct view PAGES_VIEW;
