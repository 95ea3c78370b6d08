// dmn_index.h - which rules of a table can match its inputs, found without testing each of them.
#pragma once
#include "rules/eval.h"

struct table;
struct table_index;

// Made when a model is read. NULL when the table gains nothing. Takes its steps off `*steps`; columns for
// which there are none left are not in it.
const struct table_index *index_make(struct arena *a, const struct table *t, int64_t *steps);

// The rules left for these inputs: bit i % 64 of word i / 64.
struct index_answer {
    const uint64_t *rules;
    size_t words;
    const bool *untested; // one for each column: it was not looked at; NULL when all were
};
struct index_answer index_ask(const struct table_index *x, struct eval *e, const struct feel_value *inputs);
// The first column of a rule that the index does not know; beyond the last when it knows all.
size_t index_known(const struct table_index *x, size_t rule);
