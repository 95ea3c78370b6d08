// xes.h - the ways of cases as an event log for process-mining programs: XES (IEEE 1849-2016), XML.
//
// A trace a case, an event where a step began ("start") and ended ("complete", or "ate_abort" when it was
// taken away). No name, number or answer is in it. Cases and colleagues have pseudonyms that are good for one
// document: they are made with a key that is drawn for it and kept nowhere.
#pragma once
#include "base/date.h"
#include "store/store.h"

enum { XES_BATCH = 100 }; // cases read in one snapshot and held at once

struct xes_question {
    struct text procedure; // id of its pack; empty: all
    struct date from, to;  // days on which the case was made, both included; year 0: no end on that side
    const struct zone *zone;
};

struct xes;
// Opens a document about what `s` holds. It may be read in any thread, one at a time. The question's texts
// are copied.
enum status xes_begin(struct store *s, const struct xes_question *q, struct xes **out);
// The next piece of the document, valid until the next call; empty at its end. Memory does not grow with the
// cases.
enum status xes_next(struct xes *x, struct text *piece);
int64_t xes_traces(const struct xes *x); // written so far
void xes_end(struct xes *x);
