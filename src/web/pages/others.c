#include "web/pages/others.h"

#include "pack/pack.h"
#include "privacy/privacy.h"

#define RECEIPT struct other_receipt
VIEW(RECEIPT_VIEW, VIEW_TEXT(RECEIPT, name), VIEW_MOMENT(RECEIPT, at), VIEW_BOOL(RECEIPT, is_there),
     VIEW_BOOL(RECEIPT, is_refused));
#define LINE struct other_line
static const struct view_field LINE_FIELDS[] = {VIEW_TEXT(LINE, what),
                                                VIEW_TEXT(LINE, code),
                                                VIEW_TEXT(LINE, from),
                                                VIEW_TEXT(LINE, silence),
                                                VIEW_TEXT(LINE, rule),
                                                VIEW_TEXT(LINE, met_what),
                                                VIEW_TEXT(LINE, proof),
                                                VIEW_MOMENT(LINE, at),
                                                VIEW_MOMENT(LINE, met_at),
                                                VIEW_DATE(LINE, due),
                                                VIEW_INT(LINE, days_left),
                                                VIEW_INT(LINE, confirmed),
                                                VIEW_BOOL(LINE, is_ours),
                                                VIEW_BOOL(LINE, is_day),
                                                VIEW_BOOL(LINE, is_awaited),
                                                VIEW_BOOL(LINE, is_late),
                                                VIEW_BOOL(LINE, is_met),
                                                VIEW_BOOL(LINE, is_last_day),
                                                VIEW_BOOL(LINE, is_warning),
                                                VIEW_BOOL(LINE, is_rejected),
                                                VIEW_BOOL(LINE, is_recorded),
                                                VIEW_LIST(LINE, receipts, &RECEIPT_VIEW),
                                                {0}};
const struct view OTHER_LINE_VIEW = {"other_line", LINE_FIELDS};

// ---- reading

// The law of today: channels run on it, and it knows the newest types.
static const struct exchange_law *law_of(struct request *q) {
    const struct pack *pack = cases_pack(page_app(q)->cases);
    return pack ? pack_exchange(pack) : NULL;
}

static struct privacy_reader reader_of(struct request *q) {
    const struct actor *actor = page_actor(q);
    bool is_staff = actor->kind == ACTOR_STAFF;
    return (struct privacy_reader){
        .who = text_printf(q->arena, "account %lld", (long long)actor->account),
        .powers = PRIVACY_MAY_MAP,
        .purpose = is_staff ? PRIVACY_FOR_EXCHANGE : PRIVACY_FOR_ACCESS,
        .ground = page_text(q, is_staff ? "others.ground.staff" : "others.ground.person", NULL, 0)};
}

static struct case_events_ask ask_of(struct request *q, int64_t case_id, const struct case_file *file) {
    struct app *app = page_app(q);
    return (struct case_events_ask){.privacy = app->privacy,
                                    .by = reader_of(q),
                                    .law = law_of(q),
                                    .own = case_id,
                                    .hidden = file->hidden,
                                    .today = zone_date(app->zone, q->now)};
}

enum status others_read(struct request *q, int64_t case_id, const struct case_file *file,
                        struct case_events *out, struct problem *p) {
    const struct case_events_ask ask = ask_of(q, case_id, file);
    *out = (struct case_events){0};
    if (!ask.privacy || !ask.law) return STATUS_OK;
    return case_events_read(cases_journal(page_app(q)->cases), &ask, q->arena, out, p);
}

// ---- in words

static struct text words(struct request *q, struct text key) {
    return key.n ? page_words_of(q, cases_pack(page_app(q)->cases), key) : key;
}

// A person reads it in words of their own, where the pack has them.
static struct text type_words(struct request *q, const struct exchange_type *t) {
    if (!t) return page_text(q, "others.unknown", NULL, 0);
    if (page_actor(q)->kind != ACTOR_STAFF) {
        struct text key = TEXT_JOIN(q->arena, T("exchange.own."), t->name), own = words(q, key);
        if (!text_eq(own, key)) return own;
    }
    return words(q, exchange_type_key(q->arena, t));
}

static struct text name_of(struct request *q, const struct case_events *all, uint32_t code) {
    const struct member *m = member_of(&all->members, code);
    return m && m->name.n ? m->name : text_printf(q->arena, "%u", code);
}

static void fill_due(struct request *q, const struct case_event *e, struct other_line *line) {
    struct date today = zone_date(page_app(q)->zone, q->now);
    if (e->due == CASE_EVENT_NO_DUE) return;
    line->due = e->due_day;
    line->days_left = (int)(date_to_days(e->due_day) - date_to_days(today));
    line->is_day = e->due == CASE_EVENT_DAY;
    line->is_awaited = e->due == CASE_EVENT_AWAITED;
    line->is_last_day = line->is_awaited && line->days_left == 0;
    line->is_late = e->due == CASE_EVENT_LATE;
    line->is_met = e->due == CASE_EVENT_MET;
    if (line->is_awaited) line->silence = words(q, exchange_silence_key(q->arena, e->item.type));
    if (!line->is_met) return;
    if (e->met_by) line->met_what = type_words(q, e->met_by);
    line->met_at = e->met_at;
}

static void fill_receipts(struct request *q, const struct case_events *all, const struct case_event *e,
                          struct other_line *line) {
    for (size_t i = 0; i < e->item.to_count; i++) {
        const struct channel_delivery *d = &e->item.to[i];
        *ARENA_PUSH(q->arena, &line->receipts) =
            (struct other_receipt){name_of(q, all, d->member), d->at, d->has_receipt, d->is_refused};
    }
}

struct other_line *other_line_of(struct request *q, const struct case_events *all, const struct case_event *e,
                                 struct text href) {
    struct other_line *line = ARENA_NEW(q->arena, struct other_line);
    const struct channel_item *item = &e->item;
    *line = (struct other_line){.what = type_words(q, item->type),
                                .from = name_of(q, all, item->sender),
                                .at = item->at,
                                .is_ours = e->is_ours,
                                .is_warning = item->mark == CHANNEL_WARN,
                                .is_rejected = item->mark == CHANNEL_REJECT,
                                .is_recorded = e->proof.is_recorded,
                                .confirmed = (int)e->proof.confirmed};
    if (item->code) line->code = words(q, exchange_code_key(q->arena, item->type, item->code));
    if (item->mark) line->rule = words(q, TEXT_JOIN(q->arena, T("exchange.rule."), item->rule));
    line->proof = text_printf(q->arena, TEXT_FMT "/proof/%lld", TEXT_ARG(href), (long long)item->place);
    fill_due(q, e, line);
    fill_receipts(q, all, e, line);
    return line;
}

// ---- the proof

// The event ":place", opened; only when it is one of those that whoever asks may see.
static enum status open_event(struct request *q, int64_t case_id, const struct case_file *file,
                              int64_t *place, struct case_events *all, struct problem *p) {
    struct case_events_ask ask = ask_of(q, case_id, file);
    *all = (struct case_events){0};
    if (!request_param_id(q, "place", place) || !ask.privacy || !ask.law) return STATUS_NOT_FOUND;
    ask.open_place = *place;
    enum status st = case_events_read(cases_journal(page_app(q)->cases), &ask, q->arena, all, p);
    return st ? st : case_event_at(all, *place) && all->opened.event.n ? STATUS_OK : STATUS_NOT_FOUND;
}

static struct text file_name(struct request *q, struct text case_no, int64_t place, const char *ending) {
    return text_printf(q->arena, TEXT_FMT "-%lld.%s", TEXT_ARG(case_no), (long long)place, ending);
}

static enum status bundle_of(struct request *q, int64_t place, const struct key *opening, struct text *file) {
    struct journal *j = cases_journal(page_app(q)->cases);
    struct db *db;
    enum status st = store_reader(journal_store(j), &db);
    if (st) return st;
    st = proof_bundle_opened(j, db, place, opening, q->arena, file);
    store_reader_release(journal_store(j), db);
    return st;
}

enum status other_proof(struct request *q, struct response *r, int64_t case_id,
                        const struct case_file *file) {
    struct case_events all;
    struct text bundle;
    int64_t place;
    enum status st = open_event(q, case_id, file, &place, &all, &r->problem);
    if (!st) st = bundle_of(q, place, &all.opened.key, &bundle);
    key_wipe(&all.opened.key);
    if (st) return st;
    response_download(q, r, file_name(q, file->head.case_no, place, "tlog-proof"),
                      T("text/plain; charset=utf-8"), false);
    out_text(&r->body, bundle);
    return STATUS_OK;
}

enum status other_message(struct request *q, struct response *r, int64_t case_id,
                          const struct case_file *file) {
    struct case_events all;
    int64_t place;
    enum status st = open_event(q, case_id, file, &place, &all, &r->problem);
    key_wipe(&all.opened.key);
    if (st) return st;
    response_download(q, r, file_name(q, file->head.case_no, place, "cbor"), T("application/cbor"), false);
    out_text(&r->body, text_of_bytes(all.opened.event));
    return STATUS_OK;
}
