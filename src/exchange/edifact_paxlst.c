// edifact_paxlst.c - the body of a PAXLST message: who reports, the journey, each person with documents.
//
// Groups by the segment that begins them: NAD+MS (or CTA) the reporting party, TDT a part of the journey,
// any other NAD a person, DOC a document of that person. The US form has UNS+D and a PDT for each person.
#include "exchange/edifact_fault.h"

static bool is(const struct paxlst *m, const char *tag) {
    return text_eq(m->r->segment->tag, text_of(tag));
}
static struct text get(const struct paxlst *m, size_t e, size_t c) {
    return list_get(m->r, e, c);
}

// UNTDID 3035, as the implementation guide uses it.
static enum list_role role_of(struct text code) {
    static const struct {
        const char *code;
        enum list_role role;
    } ROLES[] = {{"FL", LIST_PASSENGER},          {"FM", LIST_CREW},       {"DDU", LIST_TRANSIT_PASSENGER},
                 {"DDT", LIST_TRANSIT_CREW},      {"PAX", LIST_PASSENGER}, {"CRW", LIST_CREW},
                 {"ITI", LIST_TRANSIT_PASSENGER}, {"VW", LIST_PASSENGER}};
    for (size_t i = 0; i < sizeof ROLES / sizeof *ROLES; i++)
        if (text_eq(code, text_of(ROLES[i].code))) return ROLES[i].role;
    return LIST_OTHER_PERSON;
}

static void add_words(struct list_reader *r, struct text *to, const struct edifact_segment *s, size_t element,
                      size_t from, size_t until) {
    for (size_t c = from; c < until; c++) {
        struct text word = text_trim(edifact_value(s, element, c));
        if (word.n) *to = to->n ? TEXT_JOIN(r->arena, *to, T(" "), word) : word;
    }
}

// NAD+FL+++FAMILY:GIVEN:SECOND+street+town+region+postcode+country
static void begin_person(struct paxlst *m) {
    struct list_person *p = list_add_person(m->r);
    m->person = p, m->document = NULL, m->leg = NULL;
    if (!p) return;
    const struct edifact_segment *s = m->r->segment;
    p->role_code = get(m, 0, 0);
    p->role = role_of(p->role_code);
    p->family = get(m, 3, 0);
    add_words(m->r, &p->given, s, 3, 1, 3); // the fourth and fifth are further parts, then a format code
    for (size_t e = 4; e < s->element_count; e++) add_words(m->r, &p->address, s, e, 0, e == 4 ? 4 : 1);
    if (!p->family.n && !p->given.n) list_fault(m->r, LIST_ERROR, "name_missing", T(""), T("C080"));
    if (p->role == LIST_OTHER_PERSON)
        list_fault(m->r, LIST_WARNING, "code_unknown", p->role_code, T("FL, FM, DDU, DDT"));
}

static void name_and_address(struct paxlst *m) {
    if (!text_eq(get(m, 0, 0), T("MS"))) {
        begin_person(m);
        return;
    }
    add_words(m->r, &m->r->list->reporting, m->r->segment, 3, 0, 5);
    if (!m->r->list->reporting.n) m->r->list->reporting = get(m, 1, 0);
    m->person = NULL;
}

// CTA++:HELP DESK+202 555 1212:TE+...:FX in the US form; CTA+IC+:NAME in the other.
static void contact_person(struct paxlst *m) {
    if (!m->r->list->reporting.n) m->r->list->reporting = get(m, 1, 1).n ? get(m, 1, 1) : get(m, 1, 0);
}

static void contacts(struct paxlst *m, size_t from) {
    struct list_values *to = m->person ? &m->person->contacts : &m->r->list->contacts;
    for (size_t e = from; e < m->r->segment->element_count; e++)
        list_add_value(m->r, to, get(m, e, 1), get(m, e, 0));
}

// TDT+20+TK334+++TK: the number may have the carrier in front; a ship has its name in the eighth element.
static void begin_leg(struct paxlst *m) {
    m->has_journey = true;
    m->person = NULL, m->document = NULL, m->place = (struct text){0};
    m->leg = list_add_leg(m->r);
    if (!m->leg) return;
    m->leg->number = get(m, 1, 0);
    m->leg->carrier = get(m, 4, 0).n ? get(m, 4, 0) : m->is_us ? get(m, 3, 0) : (struct text){0};
    m->leg->vessel = get(m, 7, 3).n ? get(m, 7, 3) : get(m, 7, 0);
    if (!m->leg->number.n && !m->leg->carrier.n && !m->leg->vessel.n)
        list_fault(m->r, LIST_ERROR, "element_missing", T("8028"), T("TDT+20+TK334"));
}

// A further stretch under the same number: MIA-IAD, IAD-JFK behind one TDT.
static void next_leg(struct paxlst *m) {
    struct list_leg was = *m->leg, *leg = list_add_leg(m->r);
    if (!leg) return;
    *leg =
        (struct list_leg){.number = was.number, .carrier = was.carrier, .vessel = was.vessel, .from = was.to};
    m->leg = leg;
}

// US: two letters of the country before the three of the airport.
static struct text port(const struct paxlst *m, struct text t) {
    return m->is_us && t.n == 5 ? text_slice(t, 2, 5) : t;
}

static void leg_place(struct paxlst *m) {
    struct text code = get(m, 0, 0), place = port(m, get(m, 1, 0));
    if (text_eq(code, T("005")) || text_eq(code, T("008"))) m->is_us = true, place = port(m, place);
    if (!place.n) {
        list_fault(m->r, LIST_ERROR, "element_missing", T("3225"), T("LOC+125+VIE"));
        return;
    }
    if (text_eq(code, T("125")) || text_eq(code, T("005"))) {
        if (m->leg->from.n && m->leg->to.n) next_leg(m);
        m->leg->from = place;
    } else if (text_eq(code, T("87")) || text_eq(code, T("008"))) {
        m->leg->to = place;
    }
    m->place = place;
}

static void leg_time(struct paxlst *m) {
    // DTM+136+yymmdd+hhmm in the US form
    struct text code = get(m, 0, 0), value = get(m, 0, 1);
    if (!value.n && get(m, 1, 0).n) value = TEXT_JOIN(m->r->arena, get(m, 1, 0), get(m, 2, 0));
    struct text time = list_time(m->r, value);
    if (time.p == value.p && value.n) list_fault(m->r, LIST_WARNING, "date", value, T("2107131200:201"));
    if (text_eq(code, T("189")) || text_eq(code, T("136"))) {
        if (m->leg->departs.n && m->leg->to.n) next_leg(m), m->leg->from = m->place;
        m->leg->departs = time;
        if (!m->leg->from.n) m->leg->from = m->place;
    } else if (text_eq(code, T("232")) || text_eq(code, T("132"))) {
        m->leg->arrives = time;
        if (!m->leg->to.n) m->leg->to = m->place;
    }
}

static void person_place(struct paxlst *m) {
    struct text code = get(m, 0, 0), place = get(m, 1, 0);
    struct list_person *p = m->person;
    static const struct {
        const char *code;
        size_t at;
    } PLACES[] = {{"22", offsetof(struct list_person, cleared_at)},
                  {"174", offsetof(struct list_person, residence)},
                  {"178", offsetof(struct list_person, embarks)},
                  {"179", offsetof(struct list_person, debarks)}};
    if (text_eq(code, T("180"))) { // LOC+180+ABC:::TOWN
        p->birth_country = place;
        p->birth_place = get(m, 1, 3);
        return;
    }
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++)
        if (text_eq(code, text_of(PLACES[i].code))) *(struct text *)((char *)p + PLACES[i].at) = place;
}

static void place(struct paxlst *m) {
    if (m->document && text_eq(get(m, 0, 0), T("91"))) {
        if (!m->document->issuer.n)
            m->document->issuer = get(m, 1, 0); // a second one is the region
        else if (text_eq(get(m, 1, 1), T("162")))
            m->document->issuer = get(m, 1, 0);
    } else if (m->person) {
        person_place(m);
    } else if (m->leg) {
        leg_place(m);
    } else
        list_fault(m->r, LIST_ERROR, "misplaced", T(""), T("TDT, NAD, DOC"));
}

static void person_date(struct paxlst *m) {
    struct text code = get(m, 0, 0), value = get(m, 0, 1);
    bool is_birth = text_eq(code, T("329"));
    struct date d;
    if (!list_date(m->r, value, is_birth ? LIST_BIRTH : LIST_NEAREST, &d)) {
        list_fault(m->r, LIST_WARNING, "date", code, is_birth ? T("DTM+329:720907") : T("DTM+36:301231"));
        return;
    }
    if (is_birth)
        m->person->birth = d;
    else if (m->document && text_eq(code, T("36")))
        m->document->expiry = d;
    else if (m->document && text_eq(code, T("182")))
        m->document->issued = d;
}

static void date_time(struct paxlst *m) {
    if (m->person)
        person_date(m);
    else if (m->leg)
        leg_time(m);
}

static void reference(struct paxlst *m) {
    struct text kind = get(m, 0, 0), value = get(m, 0, 1);
    if (m->person) {
        list_add_value(m->r, &m->person->references, kind, value);
        return;
    }
    list_add_value(m->r, &m->r->list->references, kind, value);
    if (!m->has_journey && ++m->references == 2) list_fault(m->r, LIST_WARNING, "repeated", T(""), T("1"));
}

static void document(struct paxlst *m) {
    m->document = NULL;
    if (!m->person) {
        list_fault(m->r, LIST_ERROR, "misplaced", T(""), T("NAD"));
        return;
    }
    struct list_document *d = m->document = list_add_document(m->r, m->person);
    if (!d) return;
    d->type = get(m, 0, 0), d->number = get(m, 1, 0);
    if (!d->number.n)
        list_fault(m->r, LIST_WARNING, "element_missing", T("1004"), T("DOC+P:110:111+C01X00T47"));
}

static void attribute(struct paxlst *m) {
    if (!text_eq(get(m, 0, 0), T("2"))) return;
    m->person->sex = list_sex(get(m, 2, 0));
}

static void measure(struct paxlst *m) {
    int64_t n;
    if (text_eq(get(m, 0, 0), T("CT")) && text_int(get(m, 2, 1), &n) && n >= 0 && n <= 999)
        m->person->bag_count = n;
}

// FTX+BAG+++tag:count
static void free_text(struct paxlst *m) {
    if (text_eq(get(m, 0, 0), T("BAG")) && !text_eq(get(m, 3, 0), T("NULL")))
        list_add_value(m->r, &m->person->bags, get(m, 3, 1), get(m, 3, 0));
}

static void indicator(struct paxlst *m) {
    if (!text_eq(get(m, 0, 0), T("4"))) return;
    if (text_eq(get(m, 1, 0), T("173"))) m->person->is_verified = true;
    if (text_eq(get(m, 1, 0), T("174"))) m->person->is_not_verified = true;
}

static void nationality(struct paxlst *m) {
    if (!m->person->nationality.n) m->person->nationality = get(m, 1, 0);
}

static void employment(struct paxlst *m) {
    m->person->crew_function = get(m, 1, 0).n ? get(m, 1, 0) : get(m, 3, 0);
}

// PDT+P/123456789:300101:US+FAMILY:GIVEN:M:640712:M+PAX+GBLHR:USIAD
static void us_person(struct paxlst *m) {
    m->is_us = true;
    struct list_person *p = list_add_person(m->r);
    m->person = p, m->document = NULL;
    if (!p) return;
    p->family = get(m, 1, 0);
    add_words(m->r, &p->given, m->r->segment, 1, 1, 3);
    if (get(m, 1, 3).n && !list_date(m->r, get(m, 1, 3), LIST_BIRTH, &p->birth))
        list_fault(m->r, LIST_WARNING, "date", T("PDT"), T("640712"));
    p->sex = list_sex(get(m, 1, 4));
    p->role_code = get(m, 2, 0), p->role = role_of(p->role_code);
    p->embarks = port(m, get(m, 3, 0)), p->debarks = port(m, get(m, 3, 1));
    if (!p->family.n) list_fault(m->r, LIST_ERROR, "name_missing", T(""), T("PDT"));
    struct text rest = get(m, 0, 0), type;
    if (!text_cut(&rest, '/', &type) || !rest.p || !rest.n) return;
    struct list_document *d = list_add_document(m->r, p);
    if (!d) return;
    d->type = type, d->number = rest, d->issuer = get(m, 0, 2);
    if (get(m, 0, 1).n && !list_date(m->r, get(m, 0, 1), LIST_NEAREST, &d->expiry))
        list_fault(m->r, LIST_WARNING, "date", T("PDT"), T("301231"));
}

static void control_count(struct paxlst *m) {
    struct text code = get(m, 0, 0), value = get(m, 0, 1);
    if (!value.n) value = get(m, 1, 0); // CNT+41+8: both as elements, seen from crew systems
    int64_t n;
    if (!text_int(value, &n) || n < 0) {
        list_fault(m->r, LIST_ERROR, "number", value, T("CNT+42:160"));
        return;
    }
    if (text_eq(code, T("41")))
        m->r->list->announced_crew = n;
    else
        m->r->list->announced_passengers = n;
    m->person = NULL, m->document = NULL, m->leg = NULL;
}

static void document_code(struct paxlst *m) {
    m->has_document = true;
    m->r->list->document = get(m, 0, 0);
    m->r->list->function = get(m, 1, 0);
    if (!m->r->list->document.n) list_fault(m->r, LIST_ERROR, "element_missing", T("1001"), T("BGM+745"));
}

void paxlst_segment(struct paxlst *m) {
    static const struct {
        const char *tag;
        void (*read)(struct paxlst *);
        bool needs_person;
    } SEGMENTS[] = {{"BGM", document_code, false},  {"NAD", name_and_address, false},
                    {"CTA", contact_person, false}, {"TDT", begin_leg, false},
                    {"LOC", place, false},          {"DTM", date_time, false},
                    {"RFF", reference, false},      {"DOC", document, false},
                    {"ATT", attribute, true},       {"MEA", measure, true},
                    {"FTX", free_text, true},       {"GEI", indicator, true},
                    {"NAT", nationality, true},     {"EMP", employment, true},
                    {"PDT", us_person, false},      {"CNT", control_count, false}};
    // Known to the message, and nothing in them that we need.
    static const char *const OTHERS[] = {"CPI", "QTY", "GID", "AUT", "UNS", "FTX",
                                         "MOA", "PNA", "ADR", "PDI", "CST"};
    if (is(m, "COM")) {
        contacts(m, 0);
        return;
    }
    for (size_t i = 0; i < sizeof SEGMENTS / sizeof *SEGMENTS; i++) {
        if (!is(m, SEGMENTS[i].tag)) continue;
        if (!SEGMENTS[i].needs_person || m->person)
            SEGMENTS[i].read(m);
        else
            list_fault(m->r, LIST_ERROR, "misplaced", T(""), T("NAD"));
        if (is(m, "CTA")) contacts(m, 2);
        return;
    }
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        if (is(m, OTHERS[i])) return;
    list_fault(m->r, LIST_ERROR, "segment_unknown", text_head(m->r->segment->tag, 10), T("PAXLST"));
}

static size_t count_people(const struct passenger_list *l, bool crew) {
    size_t n = 0;
    for (size_t i = 0; i < l->people.count; i++) {
        enum list_role r = l->people.items[i].role;
        n += (r == LIST_CREW || r == LIST_TRANSIT_CREW) == crew;
    }
    return n;
}

static void missing(struct paxlst *m, enum list_severity s, struct text tag) {
    list_fault_at(m->r->arena, &m->r->list->faults, s, tag, m->r->position, "segment_missing", T(""), tag);
}

// CNT counts the whole flight; a part of a list has fewer.
static void compare_counts(struct paxlst *m) {
    struct passenger_list *l = m->r->list;
    bool is_part = l->sequence.n && !(l->is_last && text_eq(l->sequence, T("01")));
    int64_t announced = 0;
    if (l->announced_passengers >= 0) announced += l->announced_passengers;
    if (l->announced_crew >= 0) announced += l->announced_crew;
    bool says = l->announced_passengers >= 0 || l->announced_crew >= 0;
    if (!says) {
        missing(m, LIST_WARNING, T("CNT"));
        return;
    }
    // One of both may count all who are aboard, so each is compared alone, then the sum.
    size_t crew = count_people(l, true), passengers = count_people(l, false);
    bool fits = announced == (int64_t)(crew + passengers) ||
                (l->announced_passengers == (int64_t)passengers && l->announced_crew < 0) ||
                (l->announced_crew == (int64_t)crew && l->announced_passengers < 0);
    if (is_part || fits) return;
    list_fault_at(m->r->arena, &l->faults, LIST_ERROR, T("CNT"), m->r->position, "people_count",
                  text_printf(m->r->arena, "%lld", (long long)announced),
                  text_printf(m->r->arena, "%zu", crew + passengers));
}

void paxlst_end(struct paxlst *m) {
    struct passenger_list *l = m->r->list;
    if (!m->has_document) missing(m, m->is_us ? LIST_WARNING : LIST_ERROR, T("BGM"));
    if (!m->has_journey) missing(m, LIST_ERROR, T("TDT"));
    for (size_t i = 0; i < l->legs.count; i++)
        if (!l->legs.items[i].from.n || !l->legs.items[i].to.n) {
            missing(m, LIST_WARNING, T("LOC"));
            break;
        }
    if (!m->is_us) compare_counts(m);
}
