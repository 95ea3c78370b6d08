// lists_person.c - one person of a list as a line of JSON.
#include "base/json.h"
#include "border/lists_inside.h"

static void put(struct json_out *j, const char *key, struct text value) {
    if (!value.n) return;
    json_key(j, key);
    json_put_text(j, value);
}

static struct text reference_of(const struct list_person *p, const char *kind) {
    for (size_t i = 0; i < p->references.count; i++)
        if (text_eq(p->references.items[i].kind, text_of(kind))) return p->references.items[i].value;
    return (struct text){0};
}

// A passport goes before anything else that a carrier names.
static const struct list_document *document_of(const struct list_person *p) {
    for (size_t i = 0; i < p->documents.count; i++)
        if (text_starts(p->documents.items[i].type, T("P"))) return &p->documents.items[i];
    return p->documents.count ? &p->documents.items[0] : NULL;
}

struct text person_said(struct arena *a, const struct list_person *p) {
    struct out o = {.arena = a};
    struct json_out j = {.out = &o};
    const struct list_document *d = document_of(p);
    json_begin_object(&j);
    put(&j, "role", list_role_word(p->role));
    put(&j, "family", p->family);
    put(&j, "given", p->given);
    if (p->sex) put(&j, "sex", (struct text){&p->sex, 1});
    put(&j, "birth", date_print(a, p->birth));
    put(&j, "nationality", p->nationality);
    put(&j, "seat", reference_of(p, "SEA"));
    put(&j, "booking", reference_of(p, "AVF"));
    if (d) {
        put(&j, "doc_type", d->type);
        put(&j, "number", d->number);
        put(&j, "issuer", d->issuer);
        put(&j, "expiry", date_print(a, d->expiry));
    }
    json_end_object(&j);
    return out_done(&o);
}

bool person_read(struct arena *a, struct text said, struct carrier_person *out) {
    json_t *j;
    if (json_read(said, EDIFACT_SEGMENT_MAX * 4, &j, NULL)) return false;
    struct traveller *w = &out->who;
    const struct {
        const char *key;
        struct text *to;
    } TEXTS[] = {{"role", &out->role},       {"seat", &out->seat},   {"booking", &out->booking},
                 {"family", &w->family},     {"given", &w->given},   {"nationality", &w->nationality},
                 {"doc_type", &w->doc_type}, {"number", &w->number}, {"issuer", &w->issuer}};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        *TEXTS[i].to = text_copy(a, json_text(j, TEXTS[i].key, T("")));
    struct text sex = json_text(j, "sex", T(""));
    w->sex = sex.n ? sex.p[0] : 0;
    if (date_parse(json_text(j, "birth", T("")), &w->birth)) w->birth = (struct date){0};
    if (date_parse(json_text(j, "expiry", T("")), &w->expiry)) w->expiry = (struct date){0};
    json_decref(j);
    return true;
}
