// regex.h - regular expressions of XPath (F&O 7.6, with the flag q of F&O 3.0), run by PCRE2 with limits.
#pragma once
#include "rules/eval.h"

struct regex;
// NULL, with a diagnostic, for a bad pattern or flag. `flags` may hold s, m, i, x, q. Free it with
// regex_free.
struct regex *regex_new(struct eval *e, struct text pattern, struct text flags);
void regex_free(struct regex *r);
int regex_groups(const struct regex *r); // groups that the pattern counts
// True when the pattern matches the empty string, which replace and split refuse.
bool regex_matches_nothing(struct eval *e, struct regex *r);
enum { REGEX_GROUPS_MAX = 100 };
// The next match at or after `from`: spans[2 * g], spans[2 * g + 1] of group g, SIZE_MAX when it took no
// part. -1 when there is none, REGEX_LIMIT when a limit was reached; else the number of groups, the whole
// match included. Begin with `from` 0.
enum { REGEX_LIMIT = -2 };
int regex_match(struct eval *e, struct regex *r, struct text subject, size_t from,
                size_t spans[2 * REGEX_GROUPS_MAX]);
