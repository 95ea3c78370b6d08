// rules.h - which rules compare identities.
#pragma once
#include "cases/cases.h"
#include "identity/compare.h"

const struct compare_rules *search_rules(struct cases *c);
