#include "search/rules.h"

#include "pack/identity_law.h"

const struct compare_rules *search_rules(struct cases *c) {
    const struct pack *pack = cases_pack(c);
    const struct identity_law *law = pack ? pack_identity(pack) : NULL;
    return law ? &law->rules : &COMPARE_RULES;
}
