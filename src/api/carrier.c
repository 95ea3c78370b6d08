// carrier.c - lists of passengers and crew: handed in by carriers, looked at by officers before the arrival.
#include "api/registers.h"
#include "api/shape_macros.h"
#include "border/lists.h"
#include "web/pages/kept_file.h"

// ---- handing in

struct fault_answer {
    struct text severity, segment, rule, value, expected, message;
    int64_t position;
};
struct fault_answers {
    struct fault_answer *items;
    size_t count, capacity;
};
struct list_answer {
    int64_t id, people;
    struct text status, kind, reference, sender, number, carrier, port_from, port_to, departs, arrives;
    struct fault_answers faults;
};
struct received_answer {
    struct text status;
    struct {
        struct list_answer *items;
        size_t count, capacity;
    } lists;
    struct fault_answers faults;
};
#define IN struct fault_answer
INNER(FAULT, "CarrierListFault", "A rule that the list breaks, and the way out.",
      {AT(severity), .kind = API_TEXT, .words = "error|warning",
       .about = "with an error the list is refused"},
      TEXT(segment, "tag: DTM"),
      NUMBER(position, "of the segment in its message, UNH is 1; 0: of the interchange"),
      TEXT(rule, "stable word: segment_count"), TEXT(value, "as it was sent; never a person's data"),
      TEXT(expected, "what would be right, or an example"), TEXT(message, "in words, with the way out"));
#undef IN
#define IN struct list_answer
#define STATUS_SAY "refused: send the whole list again; whom it names is looked at all the same"
INNER(RECEIVED, "CarrierListReceived", "One list, as it was read.",
      {AT(id), .kind = API_ID, .about = "null: not kept"},
      {AT(status), .kind = API_TEXT, .words = "accepted|refused", .about = STATUS_SAY},
      {AT(kind), .kind = API_TEXT, .words = "PAXLST|PNRGOV|other", .about = "other: not kept"},
      TEXT(reference, "of the message (UNH)"), TEXT(sender, "of the interchange (UNB)"),
      TEXT(number, "of flight or voyage"), TEXT(carrier, "code"), TEXT(port_from, "code"),
      TEXT(port_to, "code"), TEXT(departs, "local time, as it was sent"),
      TEXT(arrives, "local time, as it was sent"), NUMBER(people, "that were read"),
      LIST(faults, &FAULT, "of this list"));
#undef IN
#define IN struct received_answer
SHAPE(SHAPE_CARRIER_RECEIVED, "CarrierReceived", "What was read of a file of lists. Never whom it concerns.",
      {AT(status), .kind = API_TEXT, .words = "accepted|refused", .about = STATUS_SAY},
      LIST(lists, &RECEIVED, "in their order"), LIST(faults, &FAULT, "of the envelope"));
#undef IN

const struct upload_sink API_CARRIER_SINK = {kept_file_begin, kept_file_bytes, kept_file_end,
                                             CARRIER_FILE_MAX};

static void say_faults(struct request *q, const struct list_faults *from, struct fault_answers *to) {
    for (size_t i = 0; i < from->count; i++) {
        const struct list_fault *f = &from->items[i];
        size_t n = 0;
        while (n < PROBLEM_ARGS_MAX && f->p.args[n].name) n++;
        *ARENA_PUSH(q->arena, to) =
            (struct fault_answer){.severity = f->is_error ? T("error") : T("warning"),
                                  .segment = text_of(f->p.field),
                                  .position = f->p.line,
                                  .rule = text_of(f->p.rule),
                                  .value = f->p.args[2].value,
                                  .expected = f->p.args[3].value,
                                  .message = page_text(q, f->p.text_key, f->p.args, n)};
    }
}

static struct list_answer say_list(struct request *q, const struct passenger_list *l, int64_t id) {
    const struct list_leg none = {0};
    const struct list_leg *first = l->legs.count ? &l->legs.items[0] : &none;
    const struct list_leg *last = l->legs.count ? &l->legs.items[l->legs.count - 1] : &none;
    struct list_answer o = {.id = id,
                            .people = (int64_t)l->people.count,
                            .status = passenger_list_is_refused(l) ? T("refused") : T("accepted"),
                            .kind = list_kind_word(l->kind),
                            .reference = l->reference,
                            .sender = l->sender,
                            .number = last->number,
                            .carrier = last->carrier,
                            .port_from = first->from,
                            .port_to = last->to,
                            .departs = first->departs,
                            .arrives = last->arrives};
    say_faults(q, &l->faults, &o.faults);
    return o;
}

static enum status keep_answer(struct write *w, void *context, const struct carrier_received *got) {
    struct api_once *once = context;
    struct request *q = once->call->q;
    struct received_answer out = {.status = passenger_lists_are_refused(&got->lists) ? T("refused")
                                                                                     : T("accepted")};
    for (size_t i = 0; i < got->lists.count; i++)
        *ARENA_PUSH(q->arena, &out.lists) = say_list(q, &got->lists.items[i], got->ids[i]);
    say_faults(q, &got->lists.faults, &out.faults);
    return api_once_keep(w, once, &SHAPE_CARRIER_RECEIVED, &out);
}

enum status api_carrier_hand_in(struct api_call *c) {
    const struct kept_file *kept = c->q->upload;
    struct api_once once;
    struct carrier_received *got = ARENA_NEW(c->q->arena, struct carrier_received);
    if (!c->app->border) return api_fail(c, 404);
    if (!kept || !kept->is_whole) return api_fail(c, 415);
    struct text file = out_done(&((struct kept_file *)kept)->bytes);
    if (!api_once_begin(c, hash_of(bytes_of(file)), &once)) return STATUS_OK;
    struct carrier_around around = {&once, once.around.before, keep_answer};
    enum status st =
        carrier_lists_receive(c->app->border, c->actor, file, &around, c->q->arena, got, &c->problem);
    return st ? api_failed(c, st) : api_done(c, &once);
}

// ---- looking

struct arrivals_answer {
    struct carrier_list *items;
    size_t count, capacity;
};
struct hit_answer {
    int64_t entry, score;
    bool by_number;
    struct text state;
};
struct person_answer {
    int64_t line;
    struct text role, family, given, nationality, document, issuer, seat;
    struct date birth;
    struct {
        struct hit_answer *items;
        size_t count, capacity;
    } hits;
};
struct one_answer {
    struct carrier_list head;
    struct {
        struct person_answer *items;
        size_t count, capacity;
    } people;
};
#define IN struct carrier_list
INNER(HEAD, "CarrierList", "A list that was handed in.", {AT(id), .kind = API_ID, .about = "of the list"},
      TEXT(kind, "PAXLST or PNRGOV"), TEXT(sender, "of the interchange"), TEXT(number, "of flight or voyage"),
      TEXT(carrier, "code"), TEXT(port_from, "code"), TEXT(port_to, "code"),
      TEXT(departs, "local time, as it was sent"), TEXT(arrives, "local time, as it was sent"),
      NUMBER(people, "on the list"), NUMBER(matched, "people that were held against the alerts so far"),
      NUMBER(hits, "candidates"), NUMBER(open, "candidates that nobody has compared"),
      NUMBER(errors, "rules that it breaks"), NUMBER(warnings, "of its reader"), MOMENT(received, "when"),
      MOMENT(erased, "null: its people are still kept"));
#undef IN
#define IN struct arrivals_answer
SHAPE(SHAPE_CARRIER_LISTS, "CarrierLists", "Lists of those who arrive, the next first.",
      {.name = "lists", .kind = API_LIST, .at = 0, .shape = &HEAD, .about = "at most 200"});
#undef IN
#define IN struct hit_answer
INNER(HIT, "CarrierHit",
      "An entry of the register of alerts that may be about this person: a candidate, never a match.",
      {AT(entry), .kind = API_ID, .about = "of the register `alert`"}, NUMBER(score, "of 1000"),
      BOOL(by_number, "the number of the document is the same"),
      {AT(state), .kind = API_TEXT, .words = "open|same|not_same|cleared",
       .about = "what people said; cleared: on an earlier list it was found not to be the same"});
#undef IN
#define IN struct person_answer
INNER(PERSON, "CarrierPerson", "Somebody on a list, as the carrier said it.", NUMBER(line, "from 0"),
      TEXT(role, "passenger, crew, transit_passenger, transit_crew or other"), TEXT(family, "name"),
      TEXT(given, "names"), DATE(birth, "may be partial"), TEXT(nationality, "code"),
      TEXT(document, "number"), TEXT(issuer, "code"), TEXT(seat, "may be empty"),
      LIST(hits, &HIT, "the most alike first"));
#undef IN
#define IN struct one_answer
SHAPE(SHAPE_CARRIER_LIST, "CarrierListOpened", "A list with its people. The look leaves a trace.",
      {.name = "list", .kind = API_INSIDE, .at = offsetof(IN, head), .shape = &HEAD, .about = "its head"},
      LIST(people, &PERSON, "on it"));
#undef IN

enum status api_carrier_lists(struct api_call *c) {
    const struct api_arrivals *in = c->in;
    struct carrier_lists all;
    if (!c->app->border) return api_fail(c, 404);
    if (in->from.year && !date_is_full(in->from)) {
        api_mistake(c->q, "from", "date", "problem.api.date");
        return api_fail(c, 422);
    }
    struct date day = in->from.year ? in->from : border_day_now(c->app->border, c->q->now);
    enum status st = carrier_lists_of(c->app->border, c->actor, day, c->q->arena, &all, &c->problem);
    struct arrivals_answer out = {all.items, all.count, 0};
    return st ? api_failed(c, st) : api_answer(c, &SHAPE_CARRIER_LISTS, &out);
}

static void say_person(struct arena *a, const struct carrier_person *x, struct person_answer *o) {
    *o = (struct person_answer){.line = x->line,
                                .role = x->role,
                                .family = x->who.family,
                                .given = x->who.given,
                                .nationality = x->who.nationality,
                                .document = x->who.number,
                                .issuer = x->who.issuer,
                                .seat = x->seat,
                                .birth = x->who.birth};
    for (size_t i = 0; i < x->hit_count; i++)
        *ARENA_PUSH(a, &o->hits) =
            (struct hit_answer){x->hits[i].entry, x->hits[i].score, x->hits[i].by_number, x->hits[i].state};
}

enum status api_carrier_list(struct api_call *c) {
    struct one_answer out = {0};
    struct carrier_people people;
    struct text faults;
    int64_t id;
    if (!c->app->border || !request_param_id(c->q, "list", &id)) return api_fail(c, 404);
    enum status st = carrier_list_open(c->app->border, c->actor, id, c->q->arena, &out.head, &people, &faults,
                                       &c->problem);
    for (size_t i = 0; i < people.count && !st; i++)
        say_person(c->q->arena, &people.items[i], ARENA_PUSH(c->q->arena, &out.people));
    return st ? api_failed(c, st) : api_answer(c, &SHAPE_CARRIER_LIST, &out);
}
