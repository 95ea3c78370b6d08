// exchange_check.c - what authorities may tell each other: words for people, and classes for access.
#include "pack/access_rules.h"
#include "pack/exchange_law.h"
#include "pack/pack_inside.h"

static enum status check_codes(const struct checking *c, const struct exchange_type *t) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < t->code_count && !st; i++)
        st = pack_check_text(c, t->name, exchange_code_key(c->r.a, t, &t->codes[i]));
    return st;
}

static enum status check_class(const struct checking *c, const struct exchange_type *t) {
    if (access_word_find(&c->pack->access.classes, t->attribute_class)) return STATUS_OK;
    return pack_check_wrong(c, "access_word_unknown", t->name, t->attribute_class);
}

enum status pack_check_exchange(struct checking *c) {
    const struct exchange_law *law = &c->pack->exchange_own; // that of a needed pack was checked there
    enum status st = STATUS_OK;
    c->file = T("exchange");
    for (size_t i = 0; i < law->count && !st; i++) {
        const struct exchange_type *t = &law->items[i];
        st = pack_check_text(c, t->name, exchange_type_key(c->r.a, t));
        if (!st) st = pack_check_text(c, t->name, exchange_silence_key(c->r.a, t));
        if (!st) st = check_codes(c, t);
        if (!st) st = check_class(c, t);
    }
    return st;
}
