// mappings.c - for the data-protection officer: what the privacy service must erase, what keeps it, whose
// receipts are missing, and who read last. No case, no channel, no person whom the data are about.
#include "privacy/privacy.h"

#include "base/encode.h"
#include "exchange/member.h"
#include "web/app.h"
#include "web/pages.h"

enum { DUE_COUNTED = 10000, MISSING_SHOWN = 100, READINGS_SHOWN = 20 };

struct ask_line {
    const char *wish_key;
    struct date until;
    struct text asked_by, ground, confirmed_by;
};
struct missing_line {
    struct text authority, name;
    struct date asked_on;
};
struct reading_line {
    struct moment at;
    const char *purpose_key;
    struct text who, ground;
};
struct mappings_view {
    int64_t due, held;
    struct date oldest;
    struct {
        struct ask_line *items;
        size_t count, capacity;
    } asks;
    struct {
        struct missing_line *items;
        size_t count, capacity;
    } missing;
    struct {
        struct reading_line *items;
        size_t count, capacity;
    } readings;
};
#define V struct ask_line
VIEW(ASK_LINE, VIEW_C(V, wish_key), VIEW_DATE(V, until), VIEW_TEXT(V, asked_by), VIEW_TEXT(V, ground),
     VIEW_TEXT(V, confirmed_by));
#undef V
#define V struct missing_line
VIEW(MISSING_LINE, VIEW_TEXT(V, authority), VIEW_TEXT(V, name), VIEW_DATE(V, asked_on));
#undef V
#define V struct reading_line
VIEW(READING_LINE, VIEW_MOMENT(V, at), VIEW_C(V, purpose_key), VIEW_TEXT(V, who), VIEW_TEXT(V, ground));
#undef V
#define V struct mappings_view
VIEW(MAPPINGS_VIEW, VIEW_INT64(V, due), VIEW_INT64(V, held), VIEW_DATE(V, oldest),
     VIEW_LIST(V, asks, &ASK_LINE), VIEW_LIST(V, missing, &MISSING_LINE),
     VIEW_LIST(V, readings, &READING_LINE));
#undef V
static const struct page_template MAPPINGS = {"mappings", &MAPPINGS_VIEW};

static enum status fill_due(struct request *q, const struct privacy_reader *by, struct mappings_view *v) {
    struct privacy_dues due;
    enum status st = privacy_dues(page_app(q)->privacy, by, DUE_COUNTED, q->arena, &due, NULL);
    if (st) return st;
    v->due = (int64_t)due.count;
    for (size_t i = 0; i < due.count; i++) v->held += due.items[i].is_held;
    if (due.count) v->oldest = due.items[0].delete_after;
    return STATUS_OK;
}

static enum status fill_asks(struct request *q, const struct privacy_reader *by, struct mappings_view *v) {
    static const char *const WISHES[] = {[PRIVACY_HOLD] = "mappings.wish.hold",
                                         [PRIVACY_RELEASE] = "mappings.wish.release",
                                         [PRIVACY_ERASE] = "mappings.wish.erase",
                                         [PRIVACY_LEAVE] = "mappings.wish.leave"};
    struct privacy_asks asks;
    enum status st = privacy_asks(page_app(q)->privacy, by, q->arena, &asks, NULL);
    for (size_t i = 0; !st && i < asks.count; i++) {
        const struct privacy_asked *a = &asks.items[i];
        *ARENA_PUSH(q->arena, &v->asks) =
            (struct ask_line){WISHES[a->wish], a->until, a->asked_by, a->ground, a->confirmed_by};
    }
    return st;
}

static enum status load_directory(struct request *q, struct members *out) {
    struct store *s = journal_store(cases_journal(page_app(q)->cases));
    struct db *db;
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = members_load(db, q->arena, out);
    store_reader_release(s, db);
    return st;
}

static struct text name_of(struct request *q, const struct members *all, uint32_t code) {
    const struct member *m = member_of(all, code);
    return m ? TEXT_JOIN(q->arena, m->name, text_printf(q->arena, " (%u)", code))
             : text_printf(q->arena, "%u", code);
}

static enum status fill_missing(struct request *q, const struct privacy_reader *by, struct mappings_view *v) {
    struct privacy_receipts all;
    struct members directory;
    enum status st = load_directory(q, &directory);
    if (st) return st;
    st = privacy_receipts(page_app(q)->privacy, by, true, MISSING_SHOWN, q->arena, &all, NULL);
    for (size_t i = 0; !st && i < all.count; i++) {
        const struct privacy_receipt *r = &all.items[i];
        *ARENA_PUSH(q->arena, &v->missing) = (struct missing_line){
            name_of(q, &directory, r->authority), hex_encode(q->arena, channel_bytes(&r->name)), r->asked_on};
    }
    return st;
}

// The newest first. That somebody looked is an entry too.
static enum status fill_readings(struct request *q, const struct privacy_reader *by,
                                 struct mappings_view *v) {
    static const char *const PURPOSES[] = {[PRIVACY_FOR_EXCHANGE] = "mappings.purpose.exchange",
                                           [PRIVACY_FOR_ACCESS] = "mappings.purpose.access",
                                           [PRIVACY_FOR_CORRECTION] = "mappings.purpose.correction",
                                           [PRIVACY_FOR_COURT] = "mappings.purpose.court",
                                           [PRIVACY_FOR_SUPERVISION] = "mappings.purpose.supervision",
                                           [PRIVACY_FOR_OPERATION] = "mappings.purpose.operation"};
    struct privacy *s = page_app(q)->privacy;
    struct privacy_evidences all;
    int64_t last = 0;
    enum status st = privacy_evidence_last(s, &last);
    int64_t after = last > READINGS_SHOWN ? last - READINGS_SHOWN : 0;
    if (!st) st = privacy_evidence_list(s, by, after, READINGS_SHOWN, q->arena, &all, NULL);
    for (size_t i = st ? 0 : all.count; i-- > 0;) {
        const struct privacy_evidence *e = &all.items[i];
        *ARENA_PUSH(q->arena, &v->readings) =
            (struct reading_line){e->at, PURPOSES[e->purpose], e->who, e->ground};
    }
    return st;
}

static enum status mappings_page(struct request *q, struct response *r) {
    const struct actor *actor = page_actor(q);
    struct mappings_view v = {0};
    struct privacy_reader by = {text_printf(q->arena, "account %lld", (long long)actor->account),
                                PRIVACY_MAY_AUDIT, PRIVACY_FOR_SUPERVISION,
                                page_text(q, "mappings.ground", NULL, 0)};
    if (!page_app(q)->privacy) return STATUS_NOT_FOUND;
    if (!actor_has_role(actor, T("data_protection_officer"))) {
        r->problem = (struct problem){.field = "", .rule = "access_role", .text_key = "problem.access.role"};
        return STATUS_REFUSED;
    }
    enum status st = fill_due(q, &by, &v);
    if (!st) st = fill_asks(q, &by, &v);
    if (!st) st = fill_missing(q, &by, &v);
    if (!st) st = fill_readings(q, &by, &v);
    return st ? st : page_show(q, r, &MAPPINGS, &v);
}

static const struct route ROUTES[] = {
    {GET, "/registers/mappings", mappings_page, NEEDS(STAFF)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&MAPPINGS, NULL};
const struct page_module MAPPINGS_PAGES = {ROUTES, TEMPLATES};
