// regex.h - regular expressions of XPath 3.1 (F&O 5.6), run by PCRE2 with limits.
#pragma once
#include "rules/eval.h"

struct regex;
// NULL, with a diagnostic, for a bad pattern or flag. `flags` may hold s, m, i, x. Free it with regex_free.
struct regex *regex_new(struct eval *e, struct text pattern, struct text flags);
void regex_free(struct regex *r);
enum { REGEX_GROUPS_MAX = 100 };
// The next match at or after `from`: spans[2 * g], spans[2 * g + 1] of group g, SIZE_MAX when it took no
// part. -1 when there is none or a limit was reached; else the number of groups, the whole match included.
int regex_match(struct eval *e, struct regex *r, struct text subject, size_t from,
                size_t spans[2 * REGEX_GROUPS_MAX]);
