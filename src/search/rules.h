// rules.h - which rules compare identities: those of the pack (identity.json), else the usual ones.
#pragma once
#include "cases/cases.h"
#include "identity/compare.h"

const struct compare_rules *search_rules(struct cases *c);
