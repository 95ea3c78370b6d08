// document_chip.c - files of a passport's chip, as a reader saved them: did its state sign them, and who
// vouches for the signer?
#include <dirent.h>
#include <stdio.h>

#include "web/app.h"
#include "web/pages.h"
#include "web/pages/document_check.h"

enum { CHIP_UPLOAD_MAX = 4 * 1024 * 1024, TRUST_FILES_MAX = 500 }; // SOD, face, fingers and the small groups

struct chip_line {
    struct text group, word, value;
    const char *colour;
};
struct chip_lines {
    struct chip_line *items;
    size_t count, capacity;
};
struct chip_page {
    struct text verdict, state, csca, signer, algorithm, revocation;
    const char *colour, *state_colour;
    struct date signer_from, signer_to;
    int64_t trusted;
    bool is_checked, is_expired;
    struct chip_lines groups, values;
};
#define V struct chip_line
VIEW(CHIP_LINE, VIEW_TEXT(V, group), VIEW_TEXT(V, word), VIEW_TEXT(V, value), VIEW_C(V, colour));
#undef V
#define V struct chip_page
VIEW(CHIP_VIEW, VIEW_TEXT(V, verdict), VIEW_TEXT(V, state), VIEW_TEXT(V, csca), VIEW_TEXT(V, signer),
     VIEW_TEXT(V, algorithm), VIEW_TEXT(V, revocation), VIEW_C(V, colour), VIEW_C(V, state_colour),
     VIEW_DATE(V, signer_from), VIEW_DATE(V, signer_to), VIEW_INT64(V, trusted), VIEW_BOOL(V, is_checked),
     VIEW_BOOL(V, is_expired), VIEW_LIST(V, groups, &CHIP_LINE), VIEW_LIST(V, values, &CHIP_LINE));
#undef V
static const struct page_template CHIP = {"document_chip", &CHIP_VIEW};

// ---- the files of a form

struct chip_upload {
    struct out parts[CHIP_FILES_MAX];
    size_t count;
};

static enum status chip_begin(struct request *q, struct text field, struct text name, struct text media,
                              void **file) {
    (void)field, (void)name, (void)media;
    struct chip_upload *u = q->upload ? q->upload : ARENA_NEW(q->arena, struct chip_upload);
    q->upload = u;
    if (u->count == CHIP_FILES_MAX) return STATUS_TOO_LARGE;
    u->parts[u->count] = (struct out){.arena = q->arena};
    *file = &u->parts[u->count++];
    return STATUS_OK;
}

static enum status chip_bytes(struct request *q, void *file, struct bytes chunk) {
    (void)q;
    out_text(file, text_of_bytes(chunk));
    return STATUS_OK;
}

static enum status chip_end(struct request *q, void *file, bool is_complete) {
    struct chip_upload *u = q->upload;
    struct out *part = file;
    if (!is_complete || !part->n) u->count--; // a field that was left empty
    return STATUS_OK;
}
static const struct upload_sink CHIP_SINK = {chip_begin, chip_bytes, chip_end, CHIP_UPLOAD_MAX};

// ---- whom the authority trusts: master lists, certificates, and what they revoked, as files of one folder

static struct bytes file_in(struct arena *a, struct text folder, const char *name) {
    FILE *f = fopen(text_c(a, TEXT_JOIN(a, folder, T("/"), text_of(name))), "re");
    struct out o = {.arena = a};
    char part[64 * 1024];
    size_t n;
    if (!f) return (struct bytes){0};
    while (o.n < MASTERLIST_BYTES_MAX && (n = fread(part, 1, sizeof part, f)))
        out_text(&o, (struct text){part, n});
    fclose(f);
    return bytes_of(out_done(&o));
}

// A list of revoked ones needs its issuer: it comes in the second round.
static void trust_file(struct trust *t, struct bytes file, struct date today, bool is_second) {
    struct arena a = {0};
    struct masterlist m;
    enum status ignored = STATUS_OK;
    if (is_second)
        ignored = trust_add_crl(t, file);
    else if (trust_add(t, file))
        masterlist_read(&a, file, t, today, t, &m);
    (void)ignored;
    arena_free(&a);
}

static struct trust *trust_of(struct request *q, struct date today) {
    struct trust *t = trust_new();
    struct text folder = page_app(q)->trust_folder;
    for (int round = 0; round < 2 && folder.n; round++) {
        DIR *d = opendir(text_c(q->arena, folder));
        int looked_at = 0;
        for (struct dirent *e; d && (e = readdir(d)) && looked_at < TRUST_FILES_MAX; looked_at++) {
            struct arena a = {0};
            struct bytes file = e->d_name[0] == '.' ? (struct bytes){0} : file_in(&a, folder, e->d_name);
            if (file.n) trust_file(t, file, today, round);
            arena_free(&a);
        }
        if (d) closedir(d);
    }
    return t;
}

// ---- the answer

static struct text words(struct request *q, const char *begin, const char *end) {
    return page_text_or(q, TEXT_JOIN(q->arena, text_of(begin), text_of(end)), text_of(end));
}

static const char *colour_of(enum verdict v) {
    static const char *const OF[] = {"green", "blue", "yellow", "red"};
    return OF[v];
}

static void fill(struct request *q, const struct chip *c, const struct judged *j, struct chip_page *v) {
    static const char *const GROUP[] = {"", "green", "red", "grey", "yellow"};
    v->is_checked = true, v->is_expired = j->is_expired;
    v->verdict = words(q, "document.verdict.", verdict_word(j->verdict));
    v->colour = colour_of(j->verdict);
    v->state = words(q, "document.chip.", chip_result_word(c->result));
    v->csca = c->csca, v->signer = c->signer, v->algorithm = c->algorithm;
    v->signer_from = c->signer_from, v->signer_to = c->signer_to;
    v->revocation = words(q, "document.chip.crl.", c->crl_is_old ? "old" : c->crl_known ? "known" : "none");
    for (int i = 1; i <= CHIP_GROUPS; i++)
        if (c->group[i] != CHIP_GROUP_NONE)
            *ARENA_PUSH(q->arena, &v->groups) =
                (struct chip_line){.group = text_printf(q->arena, "DG%d", i),
                                   .word = words(q, "document.chip.group.", chip_group_word(c->group[i])),
                                   .colour = GROUP[c->group[i]]};
    for (size_t i = 0; i < c->count; i++)
        *ARENA_PUSH(q->arena, &v->values) =
            (struct chip_line){.group = text_printf(q->arena, "DG%d", c->items[i].group),
                               .word = words(q, "document.feature.", c->items[i].word),
                               .value = c->items[i].value};
}

// What the chip says of the document is remembered as a check of it, without a name.
static enum status remember(struct request *q, const struct look *look, const struct mrz *m,
                            const struct judged *j, struct problem *p) {
    static const enum document_result OF[] = {DOCUMENT_GENUINE, DOCUMENT_PLAUSIBLE, DOCUMENT_DOUBTFUL,
                                              DOCUMENT_FALSE};
    struct document_check c = {.document = {m->issuer, m->document_code, m->number, m->expiry},
                               .result = OF[j->verdict],
                               .checks = {"chip"}};
    struct earlier_checks earlier;
    for (size_t i = 0; i < j->count && i < DOCUMENT_WORDS_MAX; i++) c.anomalies[i] = j->anomalies[i];
    enum status st = cases_check_document(page_app(q)->cases, page_actor(q), look, &c, q->arena, &earlier, p);
    return st == STATUS_INVALID ? STATUS_OK : st;
}

static enum status check_files(struct request *q, const struct chip_upload *u, const struct look *look,
                               struct chip_page *v, struct problem *p) {
    struct date today = zone_date(page_app(q)->zone, q->now);
    struct chip_file files[CHIP_FILES_MAX];
    struct judged judged;
    struct chip *c = ARENA_NEW(q->arena, struct chip);
    struct mrz *zone = ARENA_NEW(q->arena, struct mrz);
    size_t n = 0;
    for (size_t i = 0; u && i < u->count; i++) {
        files[n] = chip_file_of(bytes_of(out_done(&((struct chip_upload *)u)->parts[i])));
        n += files[n].kind != CHIP_UNKNOWN;
    }
    if (!n) return problem(p, "chip", "no_chip", "problem.document.no_chip");
    struct trust *t = trust_of(q, today);
    v->trusted = (int64_t)trust_count(t);
    chip_check(q->arena, files, n, t, today, c);
    trust_free(t);
    bool has_zone = c->zone.n && !mrz_read(q->arena, c->zone, today, zone, NULL);
    struct evidence e = {.zone = has_zone ? zone : NULL, .chip = c};
    document_judge(&e, today, &judged);
    fill(q, c, &judged, v);
    return has_zone ? remember(q, look, zone, &judged, p) : STATUS_OK;
}

// ---- handlers

static enum status chip_page(struct request *q, struct response *r) {
    struct chip_page v = {.colour = "", .state_colour = ""};
    return page_show(q, r, &CHIP, &v);
}

static enum status check(struct request *q, struct response *r) {
    struct chip_page v = {.colour = "", .state_colour = ""};
    struct look look = document_look_usual(q);
    enum status st = cases_may_check_document(page_app(q)->cases, page_actor(q), &look, &r->problem);
    if (!st) st = check_files(q, q->upload, &look, &v, &r->problem);
    if (st && st != STATUS_INVALID) return st;
    if (st) page_problem(q, &r->problem);
    return page_show(q, r, &CHIP, &v);
}

static const struct route ROUTES[] = {
    {GET, "/documents/chip", chip_page, NEEDS(STAFF)},
    {POST, "/documents/chip", check, NEEDS(STAFF), RATE_UPLOAD, &CHIP_SINK},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&CHIP, NULL};
const struct page_module DOCUMENT_CHIP_PAGES = {ROUTES, TEMPLATES};
