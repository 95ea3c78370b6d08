// apply_offers.c - what can be applied for: the procedures that are in force, in their packs' own words.
#include "web/pages/apply.h"

enum { OWN_LINES_MAX = 9 }; // more than these nobody reads before an application

#define V struct offer
static const struct view_field OFFER_FIELDS[] = {
    VIEW_TEXT(V, id), VIEW_TEXT(V, title), VIEW_TEXT(V, about), VIEW_TEXT(V, href), {0}};
const struct view OFFER_VIEW = {"offer", OFFER_FIELDS};
#undef V
static const struct view_field LINE_FIELDS[] = {VIEW_TEXT(struct own_line, words), {0}};
const struct view OWN_LINE_VIEW = {"own_line", LINE_FIELDS};

struct text offer_text(struct request *q, const struct pack *pack, struct text key) {
    return catalog_has(pack_catalog(pack), key) ? page_words_of(q, pack, key) : (struct text){0};
}

struct offers offers_of(struct request *q, bool by_staff, const char *path) {
    struct procedure_list all;
    struct offers offers = {0};
    if (!page_app(q)) return offers; // a server of pages alone
    cases_procedures(page_app(q)->cases, &all);
    for (size_t i = 0; i < all.count; i++) {
        const struct pack *p = all.packs[i];
        if (!(by_staff ? pack_opened_by_staff(p) : pack_opened_by_person(p))) continue;
        struct text title = offer_text(q, p, T("pack.apply"));
        *ARENA_PUSH(q->arena, &offers) =
            (struct offer){pack_id(p), title.n ? title : page_words_of(q, p, pack_title_key(p)),
                           offer_text(q, p, T("pack.about")), TEXT_JOIN(q->arena, text_of(path), pack_id(p))};
    }
    return offers;
}

struct own_lines offer_own_lines(struct request *q, const struct pack *pack) {
    struct own_lines lines = {0};
    for (int i = 1; i <= OWN_LINES_MAX; i++) {
        struct text words = offer_text(q, pack, text_printf(q->arena, "pack.own.%d", i));
        if (!words.n) break;
        ARENA_PUSH(q->arena, &lines)->words = words;
    }
    return lines;
}
