// edifact_list.c - the envelope: interchanges, groups and messages with their references and counts.
#include "exchange/edifact_list.h"

#include "exchange/edifact_fault.h"

struct envelope {
    struct arena *arena;
    struct edifact *reader;
    struct edifact_segment *segment;
    struct passenger_lists *out;
    struct passenger_list header; // what all messages of the interchange and group share
    struct list_reader body;
    struct paxlst paxlst;
    struct pnrgov pnrgov;
    bool in_group, in_message;
    struct text group;
    size_t messages, groups, group_messages; // of this interchange
    size_t segments;                         // of the file
    size_t number;                           // of the segment in its interchange
};

struct text list_kind_word(enum list_kind k) {
    static const struct text WORDS[LIST_KIND_COUNT] = {T("PAXLST"), T("PNRGOV"), T("other")};
    return WORDS[k];
}

struct text list_role_word(enum list_role r) {
    static const struct text WORDS[LIST_ROLE_COUNT] = {T("passenger"), T("crew"), T("transit_passenger"),
                                                       T("transit_crew"), T("other")};
    return WORDS[r];
}

bool passenger_list_is_refused(const struct passenger_list *l) {
    return l->faults.errors > 0;
}

bool passenger_lists_are_refused(const struct passenger_lists *l) {
    bool refused = l->faults.errors > 0 || l->count == 0;
    for (size_t i = 0; i < l->count; i++) refused = refused || passenger_list_is_refused(&l->items[i]);
    return refused;
}

static struct text value(const struct envelope *e, size_t element, size_t component) {
    return text_trim(edifact_value(e->segment, element, component));
}

static void outer_fault(struct envelope *e, enum list_severity s, struct text tag, const char *rule,
                        struct text was, struct text expected) {
    list_fault_at(e->arena, &e->out->faults, s, tag, e->number, rule, was, expected);
}

static struct text number_text(struct envelope *e, size_t n) {
    return text_printf(e->arena, "%zu", n);
}

// "UNT+16+REF": the count may have zeros in front; the reference must be the one of the header.
static void compare(struct envelope *e, struct list_faults *to, size_t position, size_t counted,
                    struct text reference, const char *count_rule) {
    int64_t n;
    struct text tag = e->segment->tag, count = value(e, 0, 0), said = value(e, 1, 0);
    if (!text_int(count, &n) || n != (int64_t)counted)
        list_fault_at(e->arena, to, LIST_ERROR, tag, position, count_rule, count, number_text(e, counted));
    if (!text_eq(said, reference))
        list_fault_at(e->arena, to, LIST_ERROR, tag, position, "reference", said, reference);
}

// ---- messages

static void begin_message(struct envelope *e) {
    struct passenger_list *l = ARENA_PUSH(e->arena, e->out);
    *l = e->header;
    l->group = e->in_group ? e->group : T("");
    l->reference = value(e, 0, 0);
    l->type = value(e, 1, 0), l->version = value(e, 1, 1), l->release = value(e, 1, 2);
    l->agency = value(e, 1, 3), l->association = value(e, 1, 4);
    l->access_reference = value(e, 2, 0);
    l->sequence = value(e, 3, 0);
    l->is_last = text_eq(value(e, 3, 1), T("F"));
    l->kind = text_eq(l->type, T("PAXLST")) ? LIST_OF_PASSENGERS : LIST_NOT_READ;
    if (text_eq(l->type, T("PNRGOV"))) l->kind = LIST_OF_BOOKINGS;
    l->announced_passengers = l->announced_crew = l->announced_bookings = -1;
    l->segments = 1;
    e->in_message = true;
    e->messages++, e->group_messages++;
    e->body.arena = e->arena, e->body.list = l, e->body.segment = e->segment, e->body.position = 1;
    e->paxlst = (struct paxlst){.r = &e->body};
    e->pnrgov = (struct pnrgov){.r = &e->body};
    if (!l->reference.n) list_fault(&e->body, LIST_ERROR, "element_missing", T("0062"), T("UNH+1"));
    if (l->kind == LIST_NOT_READ)
        list_fault(&e->body, LIST_ERROR, "message_type", l->type, T("PAXLST, PNRGOV"));
}

static void body_segment(struct envelope *e) {
    e->body.position = ++e->body.list->segments;
    if (e->body.list->kind == LIST_OF_PASSENGERS)
        paxlst_segment(&e->paxlst);
    else if (e->body.list->kind == LIST_OF_BOOKINGS)
        pnrgov_segment(&e->pnrgov);
}

static void end_body(struct envelope *e) {
    if (e->body.list->kind == LIST_OF_PASSENGERS)
        paxlst_end(&e->paxlst);
    else if (e->body.list->kind == LIST_OF_BOOKINGS)
        pnrgov_end(&e->pnrgov);
    e->in_message = false;
}

static void end_message(struct envelope *e) {
    if (!e->in_message) {
        outer_fault(e, LIST_ERROR, e->segment->tag, "misplaced", T(""), T("UNH"));
        return;
    }
    struct passenger_list *l = e->body.list;
    e->body.position = ++l->segments;
    end_body(e);
    compare(e, &l->faults, l->segments, l->segments, l->reference, "segment_count");
}

static void close_message(struct envelope *e) { // something else begins before UNT
    if (!e->in_message) return;
    struct passenger_list *l = e->body.list;
    end_body(e);
    list_fault_at(e->arena, &l->faults, LIST_ERROR, T("UNT"), l->segments + 1, "segment_missing", T(""),
                  T("UNT"));
}

// ---- groups and interchanges

static void close_group(struct envelope *e) {
    close_message(e);
    if (e->in_group) outer_fault(e, LIST_ERROR, T("UNE"), "segment_missing", T(""), T("UNE"));
    e->in_group = false;
}

static void begin_group(struct envelope *e) {
    close_group(e);
    e->in_group = true, e->groups++, e->group_messages = 0;
    e->group = value(e, 4, 0);
}

static void end_group(struct envelope *e) {
    close_message(e);
    if (!e->in_group)
        outer_fault(e, LIST_ERROR, T("UNE"), "misplaced", T(""), T("UNG"));
    else
        compare(e, &e->out->faults, e->number, e->group_messages, e->group, "message_count");
    e->in_group = false;
}

static void end_interchange(struct envelope *e) {
    close_group(e);
    compare(e, &e->out->faults, e->number, e->groups ? e->groups : e->messages, e->header.interchange,
            e->groups ? "group_count" : "message_count");
    if (!e->messages) outer_fault(e, LIST_ERROR, T("UNH"), "segment_missing", T(""), T("UNH"));
}

static void begin_interchange(struct envelope *e) {
    struct passenger_list *h = &e->header;
    *h = (struct passenger_list){
        .syntax = value(e, 0, 0), .sender = value(e, 1, 0), .receiver = value(e, 2, 0)};
    h->interchange = value(e, 4, 0);
    e->in_group = e->in_message = false;
    e->messages = e->groups = e->group_messages = 0;
    e->out->interchanges++;
    struct list_reader undated = {.arena = e->arena};
    struct text day = value(e, 3, 0);
    e->body.sent = (struct date){0};
    if (!list_date(&undated, day, LIST_NEAREST, &e->body.sent))
        outer_fault(e, LIST_WARNING, T("UNB"), "date", day, T("210713:0631"));
    h->prepared = list_time(&undated, TEXT_JOIN(e->arena, day, value(e, 3, 1)));
    if (!h->interchange.n)
        outer_fault(e, LIST_ERROR, T("UNB"), "element_missing", T("0020"), T("UNB ... +1402010600"));
    if (!h->sender.n)
        outer_fault(e, LIST_WARNING, T("UNB"), "element_missing", T("0004"), T("UNB+UNOA:4+SENDER"));
    if (!h->receiver.n)
        outer_fault(e, LIST_WARNING, T("UNB"), "element_missing", T("0010"), T("UNB+UNOA:4+SENDER+RECEIVER"));
    if (e->reader->advice == EDIFACT_UNA_BROKEN)
        outer_fault(e, LIST_WARNING, T("UNA"), "service_string", T(""), T("UNA:+.? '"));
}

// False when the interchange has ended.
static bool take(struct envelope *e) {
    static const struct {
        const char *tag;
        void (*take)(struct envelope *);
    } SERVICE[] = {{"UNG", begin_group}, {"UNT", end_message}, {"UNE", end_group}, {"UNZ", end_interchange}};
    struct text tag = e->segment->tag;
    if (text_eq(tag, T("UNH"))) {
        close_message(e);
        if (e->out->count < LIST_MESSAGES_MAX) begin_message(e);
        return e->in_message;
    }
    for (size_t i = 0; i < sizeof SERVICE / sizeof *SERVICE; i++) {
        if (!text_eq(tag, text_of(SERVICE[i].tag))) continue;
        SERVICE[i].take(e);
        return !text_eq(tag, T("UNZ"));
    }
    if (e->in_message)
        body_segment(e);
    else
        outer_fault(e, LIST_ERROR, text_head(tag, 10), "misplaced", T(""), T("UNH"));
    return true;
}

// What cannot be cut into elements is told, and the rest is read.
static void too_big(struct envelope *e) {
    struct text max = text_printf(e->arena, "%d", EDIFACT_SEGMENT_MAX);
    struct list_faults *to = e->in_message ? &e->body.list->faults : &e->out->faults;
    size_t position = e->in_message ? ++e->body.list->segments : e->number;
    list_fault_at(e->arena, to, LIST_ERROR, e->segment->tag, position, "segment_too_long", T(""), max);
}

static void unfinished(struct envelope *e, bool cut) {
    close_group(e);
    if (cut) outer_fault(e, LIST_ERROR, text_head(e->segment->raw, 3), "terminator", T(""), T("'"));
    outer_fault(e, LIST_ERROR, T("UNZ"), "segment_missing", T(""), T("UNZ"));
}

static void read_interchange(struct envelope *e) {
    for (e->number = 1; e->segments < EDIFACT_SEGMENTS_MAX; e->number++, e->segments++) {
        size_t before = e->reader->at;
        enum edifact_read got = edifact_next(e->reader, e->segment);
        if (got == EDIFACT_END || got == EDIFACT_CUT) {
            unfinished(e, got == EDIFACT_CUT);
            return;
        }
        bool is_unb = text_eq(e->segment->tag, T("UNB"));
        if (got == EDIFACT_TOO_BIG)
            too_big(e);
        else if (e->number == 1)
            begin_interchange(e);
        else if (is_unb) { // a new one, and the end of this one is missing
            e->reader->at = before;
            unfinished(e, false);
            return;
        } else if (!take(e))
            return;
    }
    unfinished(e, false);
    outer_fault(e, LIST_ERROR, T("UNZ"), "too_many", T("segments"), number_text(e, EDIFACT_SEGMENTS_MAX));
}

enum status passenger_lists_read(struct arena *a, struct text in, struct passenger_lists *out,
                                 struct problem *p) {
    *out = (struct passenger_lists){0};
    struct edifact reader;
    enum status st = edifact_open(&reader, a, in, p);
    if (st) return st;
    struct envelope *e = ARENA_NEW(a, struct envelope);
    e->arena = a, e->reader = &reader, e->out = out;
    e->segment = ARENA_NEW(a, struct edifact_segment);
    while (e->segments < EDIFACT_SEGMENTS_MAX && out->count < LIST_MESSAGES_MAX && edifact_find(&reader))
        read_interchange(e);
    return out->interchanges ? STATUS_OK : problem(p, "file", "no_interchange", "edifact.no_interchange");
}
