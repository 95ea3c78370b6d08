// edifact_pnrgov.c - the body of a PNRGOV message, as far as the flight, its bookings, and who is in them.
//
// MSG, ORG, TVL and EQN tell the flight; then SRC begins each booking, RCI is its locator, TIF a traveller.
// Documents are free text of the airlines (SSR DOCS), after the traveller or with a reference to one.
#include "exchange/edifact_fault.h"

static bool is(const struct pnrgov *m, const char *tag) {
    return text_eq(m->r->segment->tag, text_of(tag));
}
static struct text get(const struct pnrgov *m, size_t e, size_t c) {
    return list_get(m->r, e, c);
}

// "12JUL64", as airlines write dates.
static bool airline_date(const struct pnrgov *m, struct text t, enum list_century c, struct date *out) {
    static const char MONTHS[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
    if (t.n != 7) return false;
    for (size_t i = 0; i < 12; i++) {
        if (!text_eq_nocase(text_slice(t, 2, 5), (struct text){MONTHS + 3 * i, 3})) continue;
        struct text turned = text_printf(m->r->arena, "%.2s%02zu%.2s", t.p + 5, i + 1, t.p);
        return list_date(m->r, turned, c, out);
    }
    return false;
}

// DDMMYY and HHMM of TVL.
static struct text travel_time(const struct pnrgov *m, struct text day, struct text time) {
    if (day.n != 6) return (struct text){0};
    struct text turned = text_printf(m->r->arena, "%.2s%.2s%.2s" TEXT_FMT, day.p + 4, day.p + 2, day.p,
                                     TEXT_ARG(time.n == 4 ? time : T("")));
    return list_time(m->r, turned);
}

// TVL+121210:0915:121210:1300+LHR+JFK+DL+324; before the first booking, else it is an itinerary.
static void flight(struct pnrgov *m) {
    if (m->has_booking) {
        m->in_journey = true, m->person = NULL;
        return;
    }
    m->has_flight = true;
    struct list_leg *leg = list_add_leg(m->r);
    if (!leg) return;
    struct text arrival = get(m, 0, 3).n ? get(m, 0, 3) : get(m, 0, 2);
    struct text day = get(m, 0, 3).n ? get(m, 0, 2) : get(m, 0, 0);
    leg->departs = travel_time(m, get(m, 0, 0), get(m, 0, 1));
    if (arrival.n) leg->arrives = travel_time(m, day, arrival);
    leg->from = get(m, 1, 0), leg->to = get(m, 2, 0);
    leg->carrier = get(m, 3, 0);
    leg->number = TEXT_JOIN(m->r->arena, leg->carrier, get(m, 4, 0));
    if (!leg->from.n || !leg->to.n || !get(m, 4, 0).n)
        list_fault(m->r, LIST_ERROR, "element_missing", T("C328, 3225"), T("TVL+121210:0915+LHR+JFK+DL+324"));
}

// Check-in tells the travellers of the booking once more, behind its TVL.
static bool same_traveller(struct pnrgov *m) {
    struct list_people *all = &m->r->list->people;
    for (size_t i = m->booking_first; m->in_journey && i < all->count; i++) {
        m->person = &all->items[i];
        if (text_eq(m->person->family, get(m, 0, 0)) && text_eq(m->person->given, get(m, 1, 0))) return true;
    }
    m->person = NULL;
    return false;
}

static void traveller(struct pnrgov *m) {
    if (!m->has_booking) {
        list_fault(m->r, LIST_ERROR, "misplaced", T(""), T("SRC"));
        return;
    }
    if (same_traveller(m)) return;
    struct list_person *p = m->person = list_add_person(m->r);
    if (!p) return;
    p->role = LIST_PASSENGER, p->role_code = get(m, 1, 1);
    p->family = get(m, 0, 0), p->given = get(m, 1, 0);
    if (!p->family.n) list_fault(m->r, LIST_ERROR, "name_missing", T(""), T("C211"));
    list_add_value(m->r, &p->references, T("AVF"), m->locator);
    list_add_value(m->r, &p->references, T("ABO"), get(m, 1, 2));
}

static bool has_reference(const struct list_person *p, struct text kind, struct text value) {
    for (size_t i = 0; i < p->references.count; i++)
        if (text_eq(p->references.items[i].kind, kind) && text_eq(p->references.items[i].value, value))
            return true;
    return false;
}

// Free text is broken over lines anywhere, which may leave a space in a name.
static bool same_name(struct text a, struct text b) {
    size_t i = 0, k = 0;
    for (;;) {
        while (i < a.n && a.p[i] == ' ') i++;
        while (k < b.n && b.p[k] == ' ') k++;
        if (i == a.n || k == b.n) return i == a.n && k == b.n;
        if (!text_eq_nocase((struct text){a.p + i++, 1}, (struct text){b.p + k++, 1})) return false;
    }
}

// Whose document it is: the traveller that it refers to, the one of that name, or the one whose group it is
// in.
static struct list_person *owner(struct pnrgov *m, const struct pnrgov_document *d) {
    struct list_people *all = &m->r->list->people;
    struct list_person *group = d->person < all->count ? &all->items[d->person] : NULL, *family = NULL;
    for (size_t i = m->booking_first; d->reference.n && i < all->count; i++)
        if (has_reference(&all->items[i], T("ABO"), d->reference)) return &all->items[i];
    struct text given = text_head(d->part[9], 3);
    for (size_t i = m->booking_first; i < all->count; i++) {
        struct list_person *p = &all->items[i];
        if (!same_name(p->family, d->part[8])) continue;
        if (given.n && text_eq_nocase(text_head(p->given, 3), given)) return p;
        if (!family || p == group) family = p;
    }
    return group ? group : family;
}

static void warn(struct pnrgov *m, const struct pnrgov_document *d, const char *rule, const char *expected) {
    list_fault_at(m->r->arena, &m->r->list->faults, LIST_WARNING, T("SSR"), d->position, rule, T("DOCS"),
                  text_of(expected));
}

static void add_document(struct pnrgov *m, const struct pnrgov_document *from, struct list_person *p) {
    const struct text *part = from->part;
    for (size_t i = 0; i < p->documents.count; i++)
        if (text_eq(p->documents.items[i].number, part[3])) return; // said again for each stretch
    struct list_document *d = part[3].n ? list_add_document(m->r, p) : NULL;
    if (!d) return;
    d->type = part[1], d->issuer = part[2], d->number = part[3];
    if (part[7].n && !airline_date(m, part[7], LIST_NEAREST, &d->expiry)) warn(m, from, "date", "23AUG19");
}

static void give_document(struct pnrgov *m, const struct pnrgov_document *d) {
    struct list_person *p = owner(m, d);
    if (!p) {
        warn(m, d, "misplaced", "TIF");
        return;
    }
    if (!p->nationality.n) p->nationality = d->part[4];
    if (!p->sex && d->part[6].n) p->sex = list_sex(d->part[6]);
    if (!p->birth.year && d->part[5].n && !airline_date(m, d->part[5], LIST_BIRTH, &p->birth))
        warn(m, d, "date", "12JUL64");
    add_document(m, d, p);
}

// A document may stand before its traveller (an infant's, with the mother), so all are given at the end.
static void end_booking(struct pnrgov *m) {
    for (size_t i = 0; i < m->documents.count; i++) give_document(m, &m->documents.items[i]);
    m->documents.count = 0;
}

// /P/GBR/123456789/GBR/12JUL64/M/23AUG19/SMITH/JOHN/ROBERT
static void document(struct pnrgov *m) {
    struct text rest = {0};
    for (size_t c = 8; c < 12 && !rest.n; c++) rest = get(m, 0, c);
    if (!rest.n || !text_starts(rest, T("/")) || m->documents.count >= LIST_PEOPLE_MAX) return;
    struct pnrgov_document *d = ARENA_PUSH(m->r->arena, &m->documents);
    *d = (struct pnrgov_document){.reference = get(m, 1, 2), .position = m->r->position, .person = SIZE_MAX};
    if (m->person) d->person = (size_t)(m->person - m->r->list->people.items);
    for (size_t i = 0; i < PNRGOV_DOCS_PARTS && text_cut(&rest, '/', &d->part[i]); i++)
        d->part[i] = text_trim(d->part[i]);
}

static void special_service(struct pnrgov *m) {
    if (text_eq(get(m, 0, 0), T("DOCS"))) document(m);
}

static void begin_booking(struct pnrgov *m) {
    end_booking(m);
    m->bookings++, m->has_booking = true, m->in_journey = false;
    m->booking_first = m->r->list->people.count;
    m->person = NULL, m->locator = (struct text){0};
}

static void locator(struct pnrgov *m) {
    if (m->has_booking && !m->locator.n) m->locator = get(m, 0, 1);
}

static void count(struct pnrgov *m) {
    int64_t n;
    if (m->has_booking) return;
    if (text_int(get(m, 0, 0), &n) && n >= 0)
        m->r->list->announced_bookings = n;
    else
        list_fault(m->r, LIST_ERROR, "number", get(m, 0, 0), T("EQN+160"));
}

static void message_function(struct pnrgov *m) {
    if (m->has_message) return;
    m->has_message = true;
    m->r->list->function = get(m, 0, 1);
}

static void sender(struct pnrgov *m) {
    if (!m->has_booking && !m->r->list->reporting.n) m->r->list->reporting = get(m, 0, 0);
}

void pnrgov_segment(struct pnrgov *m) {
    static const struct {
        const char *tag;
        void (*read)(struct pnrgov *);
    } SEGMENTS[] = {
        {"MSG", message_function}, {"ORG", sender},  {"TVL", flight},    {"EQN", count},
        {"SRC", begin_booking},    {"RCI", locator}, {"TIF", traveller}, {"SSR", special_service}};
    static const char OTHERS[] =
        " ABI ADD APD CRI DAT EBD FAR FOP FTI IFT LTS MON PTK REF RPI SAC SSD TBD TKT TRA "
        "TRI TXD EQI TRF CNX ERC ";
    for (size_t i = 0; i < sizeof SEGMENTS / sizeof *SEGMENTS; i++)
        if (is(m, SEGMENTS[i].tag)) {
            SEGMENTS[i].read(m);
            return;
        }
    size_t at;
    struct text word = TEXT_JOIN(m->r->arena, T(" "), m->r->segment->tag, T(" "));
    if (!text_find(text_of(OTHERS), word, &at))
        list_fault(m->r, LIST_WARNING, "segment_unknown", text_head(m->r->segment->tag, 10), T("PNRGOV"));
}

void pnrgov_end(struct pnrgov *m) {
    end_booking(m);
    struct passenger_list *l = m->r->list;
    const struct {
        bool is_there;
        struct text tag;
    } NEEDED[] = {{m->has_message, T("MSG")},
                  {l->reporting.n > 0, T("ORG")},
                  {m->has_flight, T("TVL")},
                  {m->has_booking, T("SRC")}};
    for (size_t i = 0; i < sizeof NEEDED / sizeof *NEEDED; i++)
        if (!NEEDED[i].is_there)
            list_fault_at(m->r->arena, &l->faults, LIST_ERROR, NEEDED[i].tag, m->r->position,
                          "segment_missing", T(""), NEEDED[i].tag);
    if (l->announced_bookings >= 0 && l->announced_bookings != (int64_t)m->bookings)
        list_fault_at(m->r->arena, &l->faults, LIST_WARNING, T("EQN"), m->r->position, "booking_count",
                      text_printf(m->r->arena, "%lld", (long long)l->announced_bookings),
                      text_printf(m->r->arena, "%zu", m->bookings));
}
