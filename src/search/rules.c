#include "search/rules.h"

const struct compare_rules *search_rules(struct cases *c) {
    (void)c;
    return &COMPARE_RULES;
}
