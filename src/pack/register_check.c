// What a register says, held against the rest of the pack: words, texts, law, and that nobody is kept for
// ever by oversight.
#include "pack/pack_inside.h"

bool pack_has_article(const struct pack *pack, struct text article) {
    struct text rest = article, id;
    if (!text_cut(&rest, ':', &id)) return false;
    for (size_t i = 0; i < pack->legal.count; i++)
        if (text_eq(pack->legal.items[i].id, id)) return true;
    return false;
}

static enum status check_law(const struct checking *c, const struct pack_register *g) {
    for (size_t i = 0; i < g->legal_count; i++)
        if (!pack_has_article(c->pack, g->legal[i]))
            return pack_check_wrong(c, "legal_reference_unknown", T("register.legal"), g->legal[i]);
    for (size_t i = 0; i < g->retention_count; i++) {
        struct text article = g->retention[i].article;
        if (article.n && !pack_has_article(c->pack, article))
            return pack_check_wrong(c, "legal_reference_unknown", g->retention[i].id, article);
    }
    return STATUS_OK;
}

static enum status check_access(const struct checking *c, const struct pack_register *g) {
    const struct access_rules *known = &c->pack->access;
    for (size_t i = 0; i < g->access.count; i++) {
        const struct access_row *row = &g->access.items[i].row;
        const struct {
            const struct access_words *words;
            struct text word;
        } all[] = {{&known->roles, row->role},
                   {&known->purposes, row->purpose},
                   {&known->relations, row->relation},
                   {&known->classes, row->attribute_class}};
        for (size_t k = 0; k < sizeof all / sizeof *all; k++)
            if (!access_word_find(all[k].words, all[k].word))
                return pack_check_wrong(c, "access_word_unknown", T("register.access"), all[k].word);
    }
    return STATUS_OK;
}

static bool is_read(const struct pack_register *g, struct text class) {
    for (size_t i = 0; i < g->access.count; i++) {
        const struct access_row *row = &g->access.items[i].row;
        if (text_eq(row->action, T("read")) && text_eq(row->attribute_class, class)) return true;
    }
    return false;
}

// What nobody may ever read is not needed (R-GD-04).
static enum status check_classes(const struct checking *c, const struct pack_register *g,
                                 const struct form_field *fields, size_t count) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < count && !st; i++) {
        const struct form_field *f = &fields[i];
        if (f->attribute_class.n && !is_read(g, f->attribute_class))
            st = pack_check_wrong(c, "register_class_unread", f->path, f->attribute_class);
        if (!st) st = check_classes(c, g, f->children, f->child_count);
    }
    return st;
}

static bool has_age(const struct form_field *fields, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (fields[i].search == SEARCH_BIRTH || has_age(fields[i].children, fields[i].child_count))
            return true;
    return false;
}

static enum status check_statistics(const struct checking *c, const struct pack_register *g) {
    bool knows_birth = false;
    for (size_t i = 0; i < g->form->section_count; i++)
        knows_birth |= has_age(g->form->sections[i].fields, g->form->sections[i].field_count);
    for (size_t i = 0; i < g->statistic_count; i++) {
        const struct register_statistic *s = &g->statistics[i];
        enum status st = pack_check_text(c, s->id, s->title_key);
        for (size_t k = 0; k < s->by_count && !st; k++)
            if (text_eq(s->by[k], T("age_group")) && !knows_birth)
                st = pack_check_wrong(c, "field_unknown", s->id, s->by[k]);
        if (st) return st;
    }
    return STATUS_OK;
}

// Data about people has an end, or somebody who looks whether it is still needed (Reg. 2016/679 Art.
// 5(1)(e)).
static enum status check_time(const struct checking *c, const struct pack_register *g) {
    bool ends = g->review_field.n > 0 || g->about != REGISTER_PERSON;
    for (size_t i = 0; i < g->retention_count && !ends; i++) ends = !g->retention[i].is_permanent;
    for (size_t i = 0; i < g->access.count && !ends; i++) ends = g->access.items[i].years > 0;
    return ends ? STATUS_OK : pack_check_wrong(c, "register_without_end", T("register.retention"), g->id);
}

static enum status check_one(const struct checking *c, const struct pack_register *g) {
    enum status st = pack_check_text(c, T("register"), g->title_key);
    if (!st) st = pack_check_text(c, T("register"), g->about_key);
    if (!st) st = pack_check_form(c, g->form);
    if (!st) st = check_law(c, g);
    if (!st) st = check_access(c, g);
    for (size_t i = 0; i < g->form->section_count && !st; i++)
        st = check_classes(c, g, g->form->sections[i].fields, g->form->sections[i].field_count);
    if (!st) st = check_statistics(c, g);
    return st ? st : check_time(c, g);
}

enum status pack_check_registers(struct checking *c) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < c->pack->registers.count && !st; i++) {
        c->file = TEXT_JOIN(c->r.a, T("registers/"), c->pack->registers.items[i]->id);
        st = check_one(c, c->pack->registers.items[i]);
    }
    return st;
}
