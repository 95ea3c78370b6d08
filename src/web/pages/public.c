// public.c - what anybody may ask without signing in: is a letter genuine, is a message ours, where does a
// case stand.
//
// None of these pages tells anything personal, and each answers a wrong question like an unknown one.
#include "base/encode.h"
#include "web/app.h"
#include "web/pages.h"

enum { LOOKUP_CODE_BYTES_MAX = 400 }; // a QR token has some 130

// ---- letters

struct verify_view {
    struct text code;
    struct date issued;
    const char *kind_key;
    bool is_answer, is_valid, is_replaced, is_expired, is_unknown;
};
#define V struct verify_view
VIEW(VERIFY_VIEW, VIEW_TEXT(V, code), VIEW_DATE(V, issued), VIEW_C(V, kind_key), VIEW_BOOL(V, is_answer),
     VIEW_BOOL(V, is_valid), VIEW_BOOL(V, is_replaced), VIEW_BOOL(V, is_expired), VIEW_BOOL(V, is_unknown));
#undef V
static const struct page_template VERIFY_PAGE = {"public_verify", &VERIFY_VIEW};
static const struct page_template MESSAGE_PAGE = {"public_message", NULL};

// What a letter is in one general word. A decision is only "a decision": its outcome is nobody's business
// here.
static const char *kind_key_of(struct request *q, struct text letter) {
    static const struct {
        const char *kind, *key;
    } KINDS[] = {{"decision", "verify.kind.decision"},       {"receipt", "verify.kind.receipt"},
                 {"request", "verify.kind.request"},         {"invitation", "verify.kind.invitation"},
                 {"certificate", "verify.kind.certificate"}, {"leaflet", "verify.kind.leaflet"}};
    const struct letter_template *t = NULL;
    struct procedure_list all;
    cases_procedures(page_app(q)->cases, &all);
    for (size_t i = 0; i < all.count && !t; i++) t = pack_letter(all.packs[i], letter);
    for (size_t i = 0; t && i < sizeof KINDS / sizeof *KINDS; i++)
        if (text_eq(t->kind, text_of(KINDS[i].kind))) return KINDS[i].key;
    return "verify.kind.notice";
}

static enum status check_letter(struct request *q, struct text asked, struct verify_view *v) {
    struct letter_check found;
    if (asked.n > LOOKUP_CODE_BYTES_MAX) asked.n = 0; // no code of ours is that long: unknown
    enum status st = cases_verify_letter(page_app(q)->cases, asked, q->arena, &found);
    if (st) return st;
    v->is_answer = true;
    v->is_valid = found.validity == LETTER_VALID;
    v->is_replaced = found.validity == LETTER_REPLACED;
    v->is_expired = found.validity == LETTER_EXPIRED;
    v->is_unknown = found.validity == LETTER_UNKNOWN;
    v->issued = found.issued;
    v->kind_key = v->is_unknown ? NULL : kind_key_of(q, found.kind);
    return STATUS_OK;
}

// The code comes typed (?code=) or by the QR code of the letter (?t=).
static enum status verify_page(struct request *q, struct response *r) {
    struct problem p = {0};
    struct text token = query_text(q, "t"), code = query_text(q, "code"), was_sent;
    size_t at = 0;
    struct verify_view v = {.code = code};
    enum status st = STATUS_OK;
    if (token.n || code.n) {
        st = check_letter(q, token.n ? token : code, &v);
    } else if (fields_next(&q->query, "code", &at, &was_sent) &&
               problem(&p, "code", "required", "verify.code.missing")) {
        page_problem(q, &p);
    }
    return st ? st : page_show(q, r, &VERIFY_PAGE, &v);
}

static enum status message_page(struct request *q, struct response *r) {
    return page_show(q, r, &MESSAGE_PAGE, NULL);
}

static enum status old_check_address(struct request *q, struct response *r) {
    return response_redirect(q, r, T("/verify"));
}

// For programs that check letters without the network.
static enum status letter_key(struct request *q, struct response *r) {
    struct text key = base64url_encode(q->arena, cases_letter_key(page_app(q)->cases, q->arena));
    r->cache = CACHE_REVALIDATE;
    return response_json(
        r, TEXT_JOIN(q->arena, T("{\"algorithm\":\"Ed25519\",\"public_key\":\""), key,
                     T("\",\"token\":\"CODE.DATE.LETTER.SIGNATURE\",\"signed\":\"CODE.DATE.LETTER\"}\n")));
}

// ---- status of a case

struct track_view {
    struct text code, status_key, explain_key, other_authority;
    struct date_parts birth;
    struct moment since;
    struct date due;
    bool is_found;
};
#define V struct track_view
VIEW(TRACK_VIEW, VIEW_TEXT(V, code), VIEW_TEXT(V, status_key), VIEW_TEXT(V, explain_key),
     VIEW_TEXT(V, other_authority), VIEW_STRUCT(V, birth, &DATE_PARTS_VIEW), VIEW_MOMENT(V, since),
     VIEW_DATE(V, due), VIEW_BOOL(V, is_found));
#undef V
static const struct page_template TRACK_PAGE = {"public_track", &TRACK_VIEW};

static enum status track_page(struct request *q, struct response *r) {
    struct track_view v = {0};
    return page_show(q, r, &TRACK_PAGE, &v);
}

// The limit counts tries of one code in all its spellings, from everywhere; RATE_LOOKUP counts those of one
// address.
static enum status track_find(struct request *q, struct text code, struct date birth,
                              struct tracked_case *found, struct problem *p) {
    struct app *app = page_app(q);
    int64_t wait_ms;
    uint64_t number = tracking_limit_key(journal_store(cases_journal(app->cases)), code);
    struct text key = text_printf(q->arena, "%016llx", (unsigned long long)number);
    enum status st = access_limit_ask(app->access, "tracking", key, &wait_ms);
    if (st && !wait_ms) return st;
    if (st) {
        enum status invalid = problem(p, "", "wait", "track.wait");
        problem_arg(p, "minutes", text_printf(q->arena, "%lld", (long long)(wait_ms + 59999) / 60000));
        return invalid;
    }
    st = cases_track(app->cases, code, birth, q->arena, found);
    if (!st) access_limit_passed(app->access, "tracking", key);
    return st == STATUS_NOT_FOUND ? problem(p, "code", "no_match", "track.no_match") : st;
}

static enum status track_read(struct request *q, struct track_view *v, struct date *birth) {
    struct problem p = {0};
    v->code = form_text(q, "code");
    if (!v->code.n && problem(&p, "code", "required", "track.code.missing")) page_problem(q, &p);
    if (form_date(q, "birth_date", &v->birth, birth, &p))
        page_problem(q, &p);
    else if (!birth->year && problem(&p, "birth_date", "required", "track.birth.missing"))
        page_problem(q, &p);
    return q->problem_count ? STATUS_INVALID : STATUS_OK;
}

static enum status track_answer(struct request *q, struct response *r) {
    struct track_view v = {0};
    struct tracked_case found = {0};
    struct date birth = {0};
    struct problem p = {0};
    enum status st = track_read(q, &v, &birth);
    if (st) return page_show(q, r, &TRACK_PAGE, &v);
    st = track_find(q, v.code, birth, &found, &p);
    if (st && st != STATUS_INVALID) return st;
    if (st) {
        page_problem(q, &p);
        return page_show(q, r, &TRACK_PAGE, &v);
    }
    v.is_found = true;
    v.status_key = TEXT_JOIN(q->arena, T("track.status."), found.status);
    v.explain_key = TEXT_JOIN(q->arena, T("track.explain."), found.status);
    v.other_authority = found.other_authority;
    v.since = found.since;
    v.due = page_last_day(q, found.due);
    return page_show(q, r, &TRACK_PAGE, &v);
}

static const struct route ROUTES[] = {
    {GET, "/verify", verify_page, NEEDS(ANYONE), RATE_LOOKUP},
    {GET, "/check", old_check_address, NEEDS(ANYONE)},
    {GET, "/is-this-message-real", message_page, NEEDS(ANYONE)},
    {GET, "/.well-known/ostia-letter-key", letter_key, NEEDS(ANYONE)},
    {GET, "/track", track_page, NEEDS(ANYONE)},
    {POST, "/track", track_answer, NEEDS(ANYONE), RATE_LOOKUP},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&VERIFY_PAGE, &MESSAGE_PAGE, &TRACK_PAGE, NULL};
const struct page_module PUBLIC_PAGES = {ROUTES, TEMPLATES};
