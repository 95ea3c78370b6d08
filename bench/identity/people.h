// people.h - synthetic people in several scripts, and how they are asked for: with the slips that people and
// scanners make. The same number gives the same person.
#pragma once
#include "identity/record.h"

struct people;
// Names from the pairs of spellings in `folder` (wd_*_train.tsv), as often as they are counted there. NULL
// when they are not there.
struct people *people_new(const char *folder, uint64_t seed);
void people_free(struct people *p);
// Person `number`; texts are in `a`.
void people_make(const struct people *p, uint64_t number, struct arena *a, struct identity_record *out);
// The same as somebody asks for: other script or spelling, words left out or in another order, dates that are
// partial or slipped, numbers misread or not told.
void people_ask(const struct people *p, uint64_t number, uint64_t which, struct arena *a,
                struct identity_record *out);
