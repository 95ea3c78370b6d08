// Articles name legal acts by number, 2024/1348, and the acts are those of pack.json.
#include "pack/pack_inside.h"

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// The next number of an act, "2024/1348" or "1182/71", from *at on.
static bool next_act(struct text t, size_t *at, struct text *act) {
    for (size_t i = *at; i < t.n; i++) {
        if (!is_digit(t.p[i]) || (i > 0 && (is_digit(t.p[i - 1]) || t.p[i - 1] == '/'))) continue;
        size_t k = i, slash;
        while (k < t.n && is_digit(t.p[k])) k++;
        slash = k;
        if (k == t.n || t.p[k] != '/' || k - i < 2 || k - i > 4) continue;
        k++;
        while (k < t.n && is_digit(t.p[k])) k++;
        if (k - slash < 2 || k - i < 5) continue; // "24/7" is none
        *act = text_slice(t, i, k);
        *at = k;
        return true;
    }
    return false;
}

static bool is_referenced(const struct pack *pack, struct text act) {
    for (size_t i = 0; i < pack->legal.count; i++) {
        size_t at = 0;
        struct text known;
        while (next_act(pack->legal.items[i].title, &at, &known))
            if (text_eq(known, act)) return true;
    }
    return false;
}

// "GDPR Art. 12" by its id, "Charter of Fundamental Rights Art. 41" by its title.
static bool begins_with_reference(const struct pack *pack, struct text article) {
    for (size_t i = 0; i < pack->legal.count; i++)
        if (text_starts(article, pack->legal.items[i].id) || text_starts(article, pack->legal.items[i].title))
            return true;
    return false;
}

struct counting {
    const struct pack *pack;
    struct pack_findings *f;
    size_t resolved;
};

static void unknown_act(struct counting *c, const char *where, struct text act, struct text article) {
    struct problem *p =
        findings_add(c->f, PACK_SECTION_REFERENCES, PACK_BROKEN, where, "act_unknown", "report.act_unknown");
    findings_arg(c->f, p, "what", act);
    findings_arg(c->f, p, "article", article);
}

static void check_article(struct counting *c, const char *where, struct text place, struct text article) {
    size_t at = 0;
    struct text act;
    bool names_act = false;
    while (next_act(article, &at, &act)) {
        names_act = true;
        if (is_referenced(c->pack, act))
            c->resolved++;
        else
            unknown_act(c, where, act, article);
    }
    if (names_act) return;
    if (begins_with_reference(c->pack, article)) {
        c->resolved++;
        return;
    }
    struct problem *p = findings_add(c->f, PACK_SECTION_REFERENCES, PACK_UNKNOWN, where,
                                     "article_without_act", "report.article_without_act");
    findings_arg(c->f, p, "place", place);
    findings_arg(c->f, p, "article", article);
}

// Documentation of processes and annotations of decision tables: every number of an act in them.
static void check_file(struct counting *c, const struct pack_file *file) {
    struct text content = text_of_bytes(file->content), act;
    for (size_t at = 0; next_act(content, &at, &act);) {
        struct text before = text_trim(text_slice(content, at > 60 ? at - 60 : 0, at - act.n));
        struct text behind = text_slice(content, at, at + 3); // "2008/115/EC"
        bool is_act = text_ends(before, T("(EU)")) || text_ends(before, T("No")) ||
                      text_eq(behind, T("/EC")) || text_eq(behind, T("/EU"));
        if (!is_act) continue; // a date, an address of a namespace
        if (is_referenced(c->pack, act))
            c->resolved++;
        else
            unknown_act(c, text_c(c->f->arena, file->name), act, act);
    }
}

void report_references(const struct pack *pack, struct pack_findings *f) {
    struct counting c = {pack, f, 0};
    for (size_t i = 0; i < pack->deadlines.count; i++) {
        const struct deadline_rule *d = &pack->deadlines.items[i];
        check_article(&c, "deadlines.json", d->id, d->article);
        for (size_t k = 0; k < d->extension_count; k++)
            check_article(&c, "deadlines.json", d->id, d->extensions[k].article);
    }
    for (size_t i = 0; i < pack->letters.count; i++) {
        const struct letter_template *l = pack->letters.items[i];
        check_article(&c, text_c(f->arena, TEXT_JOIN(f->arena, T("letters/"), l->id)), l->id, l->legal_basis);
    }
    for (size_t i = 0; i < pack->files.count; i++) {
        struct text name = pack->files.items[i].name;
        if (text_starts(name, T("processes/")) || text_starts(name, T("decisions/")))
            check_file(&c, &pack->files.items[i]);
    }
    struct problem *p =
        findings_add(f, PACK_SECTION_REFERENCES, PACK_HOLDS, "pack.json", "count", "report.references");
    findings_arg(f, p, "count", text_printf(f->arena, "%zu", c.resolved));
    findings_arg(f, p, "acts", text_printf(f->arena, "%zu", pack->legal.count));
}
