// document_look.c - what was given of a document, read, judged and recorded.
#include "web/app.h"
#include "web/pages/document_check.h"

static enum document_result result_of(enum verdict v) {
    static const enum document_result OF[] = {[VERDICT_GENUINE] = DOCUMENT_GENUINE,
                                              [VERDICT_PLAUSIBLE] = DOCUMENT_PLAUSIBLE,
                                              [VERDICT_DOUBTFUL] = DOCUMENT_DOUBTFUL,
                                              [VERDICT_FALSE] = DOCUMENT_FALSE};
    return OF[v];
}

// A zone whose state or number cannot be read names no document: there is nothing to remember then.
static enum status record(struct request *q, const struct look *look, struct document_looked_at *d,
                          struct problem *p) {
    const struct mrz *m = &d->zone;
    struct document_check c = {.document = {m->issuer, m->document_code, m->number, m->expiry},
                               .result = result_of(d->judged.verdict)};
    int n = 0;
    if (d->has_zone) c.checks[n++] = "zone";
    if (d->has_seal) c.checks[n++] = "seal";
    for (size_t i = 0; i < d->judged.count && i < DOCUMENT_WORDS_MAX; i++)
        c.anomalies[i] = d->judged.anomalies[i];
    enum status st =
        cases_check_document(page_app(q)->cases, page_actor(q), look, &c, q->arena, &d->earlier, p);
    d->has_earlier = !st;
    return st == STATUS_INVALID ? STATUS_OK : st;
}

enum status document_look(struct request *q, struct text lines, struct text seal, const struct look *look,
                          struct document_looked_at *d, struct problem *p) {
    struct date today = zone_date(page_app(q)->zone, q->now);
    *d = (struct document_looked_at){0};
    enum status may = cases_may_check_document(page_app(q)->cases, page_actor(q), look, p);
    if (may) return may;
    if (!lines.n && !seal.n) return problem(p, "lines", "nothing", "problem.document.nothing");
    if (seal.n) {
        if (document_seal_read(q->arena, seal, &d->seal, p)) return STATUS_INVALID;
        d->has_seal = true;
        d->seal_result = document_seal_check(q, &d->seal);
    }
    struct text zone = lines.n ? lines : d->seal.zone;
    if (zone.n) {
        if (mrz_read(q->arena, zone, today, &d->zone, p)) return p->field = "lines", STATUS_INVALID;
        d->has_zone = true;
    }
    struct evidence e = {.zone = d->has_zone ? &d->zone : NULL,
                         .seal = d->has_seal ? &d->seal : NULL,
                         .seal_result = d->seal_result};
    document_judge(&e, today, &d->judged);
    return d->has_zone ? record(q, look, d, p) : STATUS_OK;
}
