// invitation_law.c - reading invitations.json, and holding it against the rest of the pack.
#include "pack/invitation_law.h"

#include "pack/pack_inside.h"

const char *const INVITATION_TELLABLE[] = {"family_name", "given_names", "latin_name",      "birth_date",
                                           "birth_place", "sex",         "nationality",     "document_number",
                                           "case_number", NULL};

static bool is_tellable(struct text name) {
    for (const char *const *t = INVITATION_TELLABLE; *t; t++)
        if (text_eq(name, text_of(*t))) return true;
    return false;
}

static enum status read_ground(const struct reading *r, const json_t *o, void *context) {
    static const char *const KNOWN[] = {"id", "article", "purpose", "to", "tells", "keep_years", "note", NULL};
    struct invitation_law *law = context;
    struct text roles, note, *words;
    const struct invitation_ground *before = NULL;
    struct invitation_ground g = {0};
    enum status st = reading_only(r, o, KNOWN);
    if (!st) st = reading_need_text(r, o, "id", &g.id);
    if (!st) before = invitation_ground_of(law, g.id);
    if (before) st = reading_fail(r, "id", "duplicate", g.id);
    if (!st) st = reading_need_text(r, o, "article", &g.article);
    if (!st) st = reading_need_text(r, o, "purpose", &g.purpose);
    if (!st) st = reading_need_text(r, o, "to", &roles);
    if (!st && !exchange_roles_read(roles, &g.to)) st = reading_fail(r, "to", "value_unknown", roles);
    if (!st) st = reading_texts(r, o, "tells", INVITATION_TELLS_MAX, &words, &g.tell_count);
    if (!st) g.tells = words;
    for (size_t i = 0; i < g.tell_count && !st; i++)
        if (!is_tellable(g.tells[i])) st = reading_fail(r, "tells", "value_unknown", g.tells[i]);
    if (!st) st = reading_int(r, o, "keep_years", 1, INVITATION_KEEP_YEARS_MAX, &g.keep_years);
    if (!st && !g.keep_years) st = reading_fail(r, NULL, "member_missing", T("keep_years"));
    if (!st) st = reading_text(r, o, "note", &note);
    if (!st) *ARENA_PUSH(r->a, &law->grounds) = g;
    return st;
}

enum status invitation_law_read(struct arena *a, struct text in, struct invitation_law *out,
                                struct problem *p) {
    static const char *const KNOWN[] = {"grounds", "refusals", "answer_days", "note", NULL};
    const struct reading r = {a, p, T("")};
    struct text *words;
    json_t *o;
    enum status st = json_read(in, PACK_FILE_BYTES_MAX, &o, p);
    if (st) return st;
    *out = (struct invitation_law){.answer_days = INVITATION_DAYS};
    st = reading_only(&r, o, KNOWN);
    if (!st) st = reading_list(&r, o, "grounds", INVITATION_GROUNDS_MAX, read_ground, out);
    if (!st && !out->grounds.count) st = reading_fail(&r, NULL, "member_missing", T("grounds"));
    if (!st) st = reading_texts(&r, o, "refusals", INVITATION_REFUSALS_MAX, &words, &out->refusal_count);
    if (!st) out->refusals = words;
    if (!st && !out->refusal_count) st = reading_fail(&r, NULL, "member_missing", T("refusals"));
    if (!st) st = reading_int(&r, o, "answer_days", 1, INVITATION_DAYS_MAX, &out->answer_days);
    json_decref(o);
    return st;
}

// ---- held against the rest of the pack

static enum status check_ground(const struct checking *c, const struct invitation_ground *g) {
    if (!access_word_find(&c->pack->access.purposes, g->purpose))
        return pack_check_wrong(c, "access_word_unknown", g->id, g->purpose);
    if (!pack_has_article(c->pack, g->article))
        return pack_check_wrong(c, "legal_reference_unknown", g->id, g->article);
    return pack_check_text(c, g->id, TEXT_JOIN(c->r.a, T("invitation.ground."), g->id));
}

enum status pack_check_invitations(struct checking *c) {
    const struct invitation_law *law = c->pack->invitations;
    enum status st = STATUS_OK;
    c->file = T("invitations.json");
    for (size_t i = 0; law && i < law->grounds.count && !st; i++) st = check_ground(c, &law->grounds.items[i]);
    for (size_t i = 0; law && i < law->refusal_count && !st; i++)
        st = pack_check_text(c, T("refusals"), TEXT_JOIN(c->r.a, T("invitation.refusal."), law->refusals[i]));
    return st;
}

// ---- asking

const struct invitation_law *pack_invitations(const struct pack *pack) {
    return pack->invitations;
}

const struct invitation_ground *invitation_ground_of(const struct invitation_law *law, struct text id) {
    for (size_t i = 0; law && i < law->grounds.count; i++)
        if (text_eq(law->grounds.items[i].id, id)) return &law->grounds.items[i];
    return NULL;
}

bool invitation_tells(const struct invitation_ground *g, struct text name) {
    for (size_t i = 0; i < g->tell_count; i++)
        if (text_eq(g->tells[i], name)) return true;
    return false;
}

bool invitation_has_refusal(const struct invitation_law *law, struct text code) {
    for (size_t i = 0; law && i < law->refusal_count; i++)
        if (text_eq(law->refusals[i], code)) return true;
    return false;
}
