// exchange.c - what authorities told each other about a case, and the proof of one event.
#include "api/shape_macros.h"
#include "api/table.h"
#include "web/pages/others.h"
#include "web/pages/oversight.h"

struct receipt_answer {
    int64_t authority, leaf;
    struct moment at;
    bool is_there, is_refused;
};
struct event_answer {
    int64_t event, sender, confirmed, witnesses;
    struct text procedure, type, code, sender_name, state, met_by, silence, mark, rule;
    struct moment at, logged_at, met_at;
    struct date due;
    bool is_ours, is_recorded;
    struct {
        struct receipt_answer *items;
        size_t count, capacity;
    } receipts;
};
struct events_answer {
    struct {
        struct event_answer *items;
        size_t count, capacity;
    } events;
};

#define IN struct receipt_answer
INNER(RECEIPT, "EventReceipt", "What one authority answered to our event.", ID(authority, "its code"),
      MOMENT(at, "when it answered"), BOOL(is_there, "it is in its log"),
      NUMBER(leaf, "index there, when it is"), BOOL(is_refused, "it did not take it"));
#undef IN
#define IN struct event_answer
INNER(EVENT, "CaseEvent", "What one authority told the others.",
      NUMBER(event, "its number in our log: for its proof"),
      TEXT(procedure, "word of the law: responsibility"),
      TEXT(type, "TCH_SENT; empty: of a law that is no longer in force"),
      TEXT(code, "its outcome, when it has one"), MOMENT(at, "when it happened, as its sender says"),
      MOMENT(logged_at, "when it came into our log"), ID(sender, "code of the authority"),
      TEXT(sender_name, "its name in our directory"), BOOL(is_ours, "we told it"), DATE(due, "its last day"),
      TEXT(state, "of that day: day, awaited, late, met; empty: it has none"),
      TEXT(met_by, "type that met it"), MOMENT(met_at, "when"), TEXT(silence, "type that silence makes"),
      TEXT(mark, "warn, reject; empty: plausible. A mark blocks nothing"), TEXT(rule, "that gave the mark"),
      BOOL(is_recorded, "it is in our log"), NUMBER(confirmed, "so many witnesses cosigned the log with it"),
      NUMBER(witnesses, "of so many"), LIST(receipts, &RECEIPT, "of an event of ours"));
#undef IN
#define IN struct events_answer
SHAPE(SHAPE_CASE_EVENTS, "CaseEvents", "What authorities told each other about a case.",
      LIST(events, &EVENT, "the newest first; those of classes that the actor may not see are left out"));
#undef IN

static struct text name_of(const struct case_events *all, uint32_t code) {
    const struct member *m = member_of(&all->members, code);
    return m ? m->name : T("");
}

static void fill(struct api_call *c, const struct case_events *all, const struct case_event *e,
                 struct event_answer *out) {
    static const char *const STATES[] = {"", "day", "awaited", "late", "met"};
    static const char *const MARKS[] = {"", "warn", "reject"};
    const struct channel_item *item = &e->item;
    *out = (struct event_answer){.event = item->place,
                                 .sender = item->sender,
                                 .sender_name = name_of(all, item->sender),
                                 .at = item->at,
                                 .logged_at = item->logged_at,
                                 .is_ours = e->is_ours,
                                 .due = e->due_day,
                                 .state = text_of(STATES[e->due]),
                                 .met_at = e->met_at,
                                 .mark = text_of(MARKS[item->mark]),
                                 .rule = item->rule,
                                 .is_recorded = e->proof.is_recorded,
                                 .confirmed = (int64_t)e->proof.confirmed,
                                 .witnesses = (int64_t)e->proof.witnesses};
    if (item->type) {
        out->procedure = item->type->procedure;
        out->type = item->type->name;
        out->silence = item->type->silence;
    }
    if (item->code) out->code = item->code->name;
    if (e->met_by) out->met_by = e->met_by->name;
    for (size_t i = 0; i < item->to_count; i++) {
        const struct channel_delivery *d = &item->to[i];
        *ARENA_PUSH(c->q->arena, &out->receipts) = (struct receipt_answer){
            d->member, d->has_receipt ? d->leaf : 0, d->at, d->has_receipt, d->is_refused};
    }
}

static enum status open_case(struct api_call *c, int64_t *id, struct case_file *file) {
    struct api_question *in = c->in;
    if (!request_param_id(c->q, "case", id)) return STATUS_NOT_FOUND;
    c->look.reason = in->reason;
    return cases_open_file(c->app->cases, c->actor, &c->look, *id, c->q->arena, file, &c->problem);
}

enum status api_case_events(struct api_call *c) {
    struct case_file *file = ARENA_NEW(c->q->arena, struct case_file);
    struct events_answer out = {0};
    struct case_events all = {0};
    int64_t id;
    enum status st = open_case(c, &id, file);
    if (!st) st = others_read(c->q, id, file, &all, &c->problem);
    if (st) return api_failed(c, st);
    for (size_t i = 0; i < all.count; i++) fill(c, &all, &all.items[i], ARENA_PUSH(c->q->arena, &out.events));
    return api_answer(c, &SHAPE_CASE_EVENTS, &out);
}

enum status api_event_proof(struct api_call *c) {
    struct case_file *file = ARENA_NEW(c->q->arena, struct case_file);
    int64_t id;
    enum status st = open_case(c, &id, file);
    if (!st) st = other_proof(c->q, c->r, id, file);
    return st ? api_failed(c, st) : STATUS_OK;
}

enum status api_event_message(struct api_call *c) {
    struct case_file *file = ARENA_NEW(c->q->arena, struct case_file);
    int64_t id;
    enum status st = open_case(c, &id, file);
    if (!st) st = other_message(c->q, c->r, id, file);
    return st ? api_failed(c, st) : STATUS_OK;
}

// ---- for whoever watches over it

struct mark_answer {
    struct text rule, mark;
    int64_t count, this_month;
};
struct due_answer {
    struct text procedure, type;
    int64_t awaited, late;
    struct date oldest;
};
struct peer_answer {
    int64_t authority, waiting, attempts;
    struct text name;
    struct moment since;
};
struct witness_answer_row {
    struct text name;
    struct moment at;
    int64_t size, failures;
};
struct watched_answer {
    struct text origin;
    struct moment at;
    int64_t size;
    bool has_forked;
};
struct oversight_answer {
    struct {
        struct mark_answer *items;
        size_t count, capacity;
    } marks;
    struct {
        struct due_answer *items;
        size_t count, capacity;
    } deadlines;
    struct {
        struct peer_answer *items;
        size_t count, capacity;
    } peers;
    struct {
        struct witness_answer_row *items;
        size_t count, capacity;
    } witnesses;
    struct {
        struct watched_answer *items;
        size_t count, capacity;
    } watched;
    int64_t members, waiting, tried, dead, log_size;
};
#define IN struct mark_answer
INNER(MARK, "ExchangeMark", "A rule that messages broke in the last twelve months.",
      TEXT(rule, "of the pack"), TEXT(mark, "warn or reject"), NUMBER(count, "messages"),
      NUMBER(this_month, "of those in this month"));
#undef IN
#define IN struct due_answer
INNER(DUE, "ExchangeDeadline", "Deadlines that events of one type set.", TEXT(procedure, "word of the law"),
      TEXT(type, "of the event"), NUMBER(awaited, "whose last day has not passed"),
      NUMBER(late, "whose last day is over, and nothing has come"), DATE(oldest, "of those that are late"));
#undef IN
#define IN struct peer_answer
INNER(PEER, "ExchangePeer", "An authority for which messages wait.", ID(authority, "its code"),
      TEXT(name, "in our directory"), NUMBER(waiting, "messages"),
      NUMBER(attempts, "tries without an answer; 0: it was not tried yet"), MOMENT(since, "of the oldest"));
#undef IN
#define IN struct witness_answer_row
INNER(WITNESS, "ExchangeWitness", "A witness of our log.", TEXT(name, "of its key"),
      MOMENT(at, "when it last cosigned"), NUMBER(size, "of the log that it cosigned"),
      NUMBER(failures, "tries since it last went well"));
#undef IN
#define IN struct watched_answer
INNER(WATCHED, "WatchedLog", "A log of another authority that we cosign.", TEXT(origin, "name of the log"),
      MOMENT(at, "when we last cosigned it"), NUMBER(size, "entries then"),
      BOOL(has_forked, "it showed two pasts"));
#undef IN
#define IN struct oversight_answer
SHAPE(SHAPE_OVERSIGHT, "Oversight", "The exchange between authorities, as numbers.",
      LIST(marks, &MARK, "the most frequent first"), LIST(deadlines, &DUE, "by type"),
      LIST(peers, &PEER, "by code"), LIST(witnesses, &WITNESS, "of our log"),
      LIST(watched, &WATCHED, "logs of others"), NUMBER(members, "authorities in the directory"),
      NUMBER(waiting, "items that wait to leave this house, of all kinds"),
      NUMBER(tried, "of those tried before"), NUMBER(dead, "items that cannot be sent"),
      NUMBER(log_size, "entries of our log"));
#undef IN

static void fill_oversight(struct arena *a, const struct oversight *o, struct oversight_answer *out) {
    *out = (struct oversight_answer){.members = o->exchange.members,
                                     .waiting = o->outbox.waiting,
                                     .tried = o->outbox.late,
                                     .dead = o->outbox.dead,
                                     .log_size = o->log_size};
    for (size_t i = 0; i < o->exchange.marks.count; i++) {
        const struct watch_mark *m = &o->exchange.marks.items[i];
        struct text mark = m->mark == CHANNEL_REJECT ? T("reject") : T("warn");
        *ARENA_PUSH(a, &out->marks) = (struct mark_answer){m->rule, mark, m->count, m->this_month};
    }
    for (size_t i = 0; i < o->exchange.dues.count; i++) {
        const struct watch_due *d = &o->exchange.dues.items[i];
        *ARENA_PUSH(a, &out->deadlines) =
            (struct due_answer){d->type->procedure, d->type->name, d->awaited, d->late, d->oldest};
    }
    for (size_t i = 0; i < o->exchange.peers.count; i++) {
        const struct watch_peer *p = &o->exchange.peers.items[i];
        *ARENA_PUSH(a, &out->peers) =
            (struct peer_answer){p->code, p->waiting, p->attempts, p->name, p->since};
    }
    for (size_t i = 0; i < o->witnesses.count; i++) {
        const struct proof_witness *w = &o->witnesses.items[i];
        *ARENA_PUSH(a, &out->witnesses) =
            (struct witness_answer_row){w->key.name, w->cosigned_at, (int64_t)w->size, w->failures};
    }
    for (size_t i = 0; i < o->watched.count; i++) {
        const struct witnessed_row *w = &o->watched.items[i];
        *ARENA_PUSH(a, &out->watched) =
            (struct watched_answer){w->origin, w->at, (int64_t)w->size, w->has_forked};
    }
}

enum status api_oversight(struct api_call *c) {
    struct oversight o;
    struct oversight_answer out;
    enum status st = oversight_read(c->q, c->look.purpose, &o, &c->problem);
    if (st) return api_failed(c, st);
    fill_oversight(c->q->arena, &o, &out);
    return api_answer(c, &SHAPE_OVERSIGHT, &out);
}
