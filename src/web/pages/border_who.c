// border_who.c - a traveller in the hidden fields of a form: between the answer, the comparison and the
// record.
#include "web/pages.h"
#include "web/pages/border.h"

#define V struct border_who
const struct view BORDER_WHO = {"BORDER_WHO", (const struct view_field[]){VIEW_TEXT(V, family),
                                                                          VIEW_TEXT(V, given),
                                                                          VIEW_TEXT(V, number),
                                                                          VIEW_TEXT(V, issuer),
                                                                          VIEW_TEXT(V, nationality),
                                                                          VIEW_TEXT(V, doc_type),
                                                                          VIEW_TEXT(V, sex),
                                                                          VIEW_TEXT(V, birth_iso),
                                                                          VIEW_TEXT(V, expiry_iso),
                                                                          VIEW_BOOL(V, is_wrong),
                                                                          {0}}};
#undef V

static struct date day_of(struct text t) {
    struct date d;
    return date_parse(t, &d) ? (struct date){0} : d;
}

void border_who_read(struct request *q, struct traveller *w) {
    struct text sex = form_text(q, "sex");
    *w = (struct traveller){.family = form_text(q, "family"),
                            .given = form_text(q, "given"),
                            .number = form_text(q, "number"),
                            .issuer = form_text(q, "issuer"),
                            .nationality = form_text(q, "nationality"),
                            .doc_type = form_text(q, "doc_type"),
                            .birth = day_of(form_text(q, "birth_iso")),
                            .expiry = day_of(form_text(q, "expiry_iso")),
                            .sex = sex.n ? sex.p[0] : 0,
                            .checks_wrong = form_has(q, "is_wrong")};
}

void border_who_carry(struct request *q, const struct traveller *w, struct border_who *out) {
    *out = (struct border_who){.family = w->family,
                               .given = w->given,
                               .number = w->number,
                               .issuer = w->issuer,
                               .nationality = w->nationality,
                               .doc_type = w->doc_type,
                               .birth_iso = border_day(q, w->birth),
                               .expiry_iso = border_day(q, w->expiry),
                               .is_wrong = w->checks_wrong};
    if (w->sex) out->sex = text_copy(q->arena, (struct text){&w->sex, 1});
}
