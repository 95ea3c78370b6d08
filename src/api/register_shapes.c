// register_shapes.c - what answers about registers look like.
#include "api/registers.h"
#include "api/shape_macros.h"

#define IN struct api_register
INNER(REGISTER, "Register", "A register, and what this token may do in it for its purpose.",
      TEXT(id, "in addresses"), TEXT(prefix, "letters of its references"), TEXT(title, "name"),
      TEXT(about, "what it is for"), TEXT(law, "by which law"), BOOL(may_find, "find entries"),
      BOOL(may_read, "read one with its history"), BOOL(may_record, "record and correct"),
      BOOL(may_end, "end an entry"), BOOL(may_confirm, "confirm what another one asked for"),
      BOOL(may_import, "bring in a file"), BOOL(may_export, "take rows out"),
      BOOL(may_review, "review entries, and answer reports of mistakes"));
#undef IN
#define IN struct api_registers
SHAPE(
    SHAPE_REGISTERS, "Registers", "Registers of which this token may do anything.",
    {.name = "items", .at = offsetof(IN, items), .kind = API_LIST, .shape = &REGISTER, .about = "registers"});
#undef IN
#define STATES "waiting|refused|current|ended|replaced|undone|erased|pseudonymised"
#define IN struct api_entry_row
INNER(ENTRY_ROW, "RegisterEntryRow", "One entry of a register.", ID(entry, "the entry"),
      NUMBER(version, "of its last change; send it back as `seen`"), TEXT(register_id, "of which register"),
      TEXT(reference, "for people"),
      {AT(state), .kind = API_TEXT, .words = STATES, .about = "where it stands"},
      TEXT(unit, "office that recorded it"), TEXT(hidden, "classes of columns that are left out"),
      MOMENT(recorded, "first"), MOMENT(changed, "last"), DATE(ended, "when it stopped being true"),
      {AT(answers), .kind = API_ANSWERS, .about = "what it says, as far as the token may see it"},
      BOOL(is_hit_only, "nothing of it may be seen but that it is there"));
#undef IN
#define IN struct api_entries
SHAPE(SHAPE_ENTRIES, "RegisterEntries", "A page of entries, newest first.",
      {.name = "items",
       .at = offsetof(IN, items),
       .kind = API_LIST,
       .shape = &ENTRY_ROW,
       .about = "at most `limit`"},
      TEXT(next, "cursor of the next page; empty at the end"),
      NUMBER(total, "how many in all, counted to 1,000; -1: not counted"),
      BOOL(total_is_capped, "there are more than were counted"));
#undef IN
#define IN struct entry_value
INNER(ENTRY_VALUE, "RegisterValue", "One answer and the version that said it so last.",
      TEXT(path, "as in the form: nationalities[0]"), TEXT(value, "as recorded"),
      NUMBER(version, "where it comes from"));
#undef IN
#define IN struct api_entry_version
INNER(ENTRY_VERSION, "RegisterVersion", "One recording: what was true from when, and known from when.",
      NUMBER(version, "in the order of recording"),
      {AT(kind), .kind = API_TEXT, .words = "said|ended|reviewed", .about = "what was recorded"},
      {AT(state), .kind = API_TEXT, .words = "known|waiting|refused", .about = "four eyes"},
      DATE(from, "legal time"), DATE(until, "first day on which it is not; null: open"),
      MOMENT(recorded, "when it was asked for"), MOMENT(known, "from when it counted"),
      BOOL(is_mistake, "the one before never was so"), TEXT(by, "who"), TEXT(confirmed_by, "second person"),
      TEXT(unit, "of who"), TEXT(purpose, "for which"), TEXT(reason, "why"), TEXT(law, "pack and version"),
      TEXT(authority, "that says so; empty: ours"), TEXT(method, "how it is known"),
      TEXT(evidence, "number of a document or file"), TEXT(confidence, "high, medium, low"),
      {AT(answers), .kind = API_ANSWERS, .about = "what it said"});
#undef IN
#define IN struct entry_fault
INNER(ENTRY_FAULT, "RegisterFault", "Somebody says that the entry is wrong.", ID(fault, "the report"),
      {AT(state), .kind = API_TEXT, .words = "open|answered", .about = "where it stands"},
      TEXT(body, "what is wrong"), TEXT(answer, "what came of it"),
      {AT(outcome), .kind = API_TEXT, .words = "corrected|not_wrong|erased|passed_on|",
       .about = "in one word"},
      TEXT(by_name, "who says so"), TEXT(answered_by_name, "who answered"), MOMENT(reported, "when"),
      MOMENT(due, "to be answered before"), MOMENT(answered, "when"));
#undef IN
#define IN struct api_entry
SHAPE(SHAPE_ENTRY, "RegisterEntry", "An entry as of a day and a moment.",
      {.name = "entry",
       .at = offsetof(IN, head),
       .kind = API_INSIDE,
       .shape = &ENTRY_ROW,
       .about = "what it says"},
      BOOL(holds, "on that day"), TEXT(relation, "of who asks to it"),
      TEXT(hidden, "classes that are left out"), ID(case_id, "case that it is about"),
      TEXT(case_no, "number of that case"), ID(person, "linked person"), DATE(due, "when its time is over"),
      TEXT(due_then, "what the law does then"), DATE(review, "next review"),
      ID(waiting, "version that waits for a second person"),
      LIST(values, &ENTRY_VALUE, "with where they come from"),
      LIST(versions, &ENTRY_VERSION, "newest first; only when `history` is asked for"),
      LIST(faults, &ENTRY_FAULT, "reports of mistakes"));
#undef IN
#define IN struct register_done
SHAPE(SHAPE_REGISTER_DONE, "RegisterDone", "What was done.", ID(entry, "the entry"),
      NUMBER(version, "of it afterwards; send it back as `seen`"), ID(fault, "the report of a mistake"),
      TEXT(reference, "for people"), BOOL(is_waiting, "a second person must confirm"));
