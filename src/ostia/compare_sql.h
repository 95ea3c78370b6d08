// compare_sql.h - two database files side by side: are their projections the same. Knows SQLite; the other
// engine will bring its own.
#pragma once
#include "base/text.h"

// Compares every projection of the two files, row by row in order of the primary key. STATUS_CONFLICT:
// `finding` names the first difference (table, key, column; never a value). *rows: how many were compared.
enum status projections_compare(const char *live, const char *fresh, struct arena *a, int64_t *rows,
                                struct text *finding);

// Replaces all projections of `live` by those of `fresh`, in one transaction.
enum status projections_replace(const char *live, const char *fresh, struct arena *a, struct text *finding);
