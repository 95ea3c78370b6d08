// paper.h - letters as accessible PDF: tagged, in the reading order and direction of each language, same
// input same bytes. Knows nothing of what a letter says.
#pragma once
#include "base/env.h"
#include "base/problem.h"
#include "base/text.h"

enum {
    PAPER_PAGES_MAX = 100, // the longest reasoned decisions have 60
    PAPER_BLOCKS_MAX = 4000,
    PAPER_TEXT_MAX = 64 * 1024, // bytes of one block
    PAPER_CELLS_MAX = 8,
    PAPER_LINES_MAX = 6, // of the recipient's and the authority's address: a window shows no more
    PAPER_QR_MAX = 1000  // bytes in a QR code: still readable from a 3 cm print
};

enum paper_direction {
    PAPER_AUTO,
    PAPER_LTR,
    PAPER_RTL
}; // AUTO: by language, else by the first strong letter

enum paper_kind {
    PAPER_HEADING_1, // one a language; the first is the subject line
    PAPER_HEADING_2,
    PAPER_PARAGRAPH,
    PAPER_LIST_ITEM,  // neighbours form one list
    PAPER_KEY_VALUE,  // cells[0] = key, cells[1] = value; neighbours form one table
    PAPER_TABLE_HEAD, // cells = column titles
    PAPER_TABLE_ROW,  // cells; neighbours form one table
    PAPER_SPACER,     // one blank line
    PAPER_SIGNATURE,  // room to sign, then `text` (name) and cells[0] (function), if any
    PAPER_QR,         // `text` encoded as given, cells[0] printed under it, `alt` read aloud
    PAPER_CODE,       // `text` in monospace type: zones, codes, keys to type
    PAPER_RULE // from here the next language: a new page when its direction is the other one, else a thin
               // line
};

// Text is UTF-8; scripts may be mixed. "\n" breaks a line. Values put into a sentence of the other direction
// (a case number, an address in Arabic text) belong between U+2068 and U+2069, so that they keep their own
// order.
struct paper_block {
    enum paper_kind kind;
    struct text language; // BCP 47; empty = the document's
    enum paper_direction direction;
    struct text text;
    struct text cells[PAPER_CELLS_MAX];
    size_t cell_count;
    struct text alt; // PAPER_QR: must not be empty
};

struct paper_pair {
    struct text label, value;
};

struct paper {
    struct text title; // shown by readers as the window title
    struct text author;
    struct text language;  // BCP 47 of the whole
    struct text authority; // letterhead, with the lines beside it
    struct text authority_lines[PAPER_LINES_MAX];
    size_t authority_line_count;
    struct text return_line; // small, above the recipient in the window
    struct text recipient[PAPER_LINES_MAX];
    size_t recipient_count;
    struct paper_pair reference[PAPER_LINES_MAX]; // case number, date, telephone
    size_t reference_count;
    struct text reference_short; // in the footer of every page: the case number
    struct text page_pattern;    // "Page {page} of {pages}"; empty = none
    struct moment created;       // in the file's metadata; the only clock it sees
    const struct paper_block *blocks;
    size_t block_count;
};

struct paper_result {
    struct bytes pdf; // in the arena
    int pages;
};

// Sets the letter on A4 pages. STATUS_INVALID with the block's number (from 1) in p->line for what cannot be
// set (a letter that no font has, a row taller than a page, a code without alternative text),
// STATUS_TOO_LARGE beyond a limit above, STATUS_IO when the libraries fail. Same struct, same fonts, same
// library versions: same bytes. Thread-safe.
enum status paper_make(struct arena *a, const struct paper *paper, struct paper_result *out,
                       struct problem *p);
