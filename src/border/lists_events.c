// lists_events.c - events of carriers' lists, and the tables that they make.
#include "border/lists_inside.h"

static const struct sql INSERT =
    SQL("carrier_list_insert", "insert into carrier_list (list_id, received_at, received_by, kind, sender, "
                               "number, carrier, port_from, port_to,"
                               " departs, arrives, people, matched, errors, warnings, erase_day, erased_at, "
                               "faults) values (:list, :at, :by,"
                               " :kind, :sender, :number, :carrier, :from, :to, :departs, :arrives, :people, "
                               "0, :errors, :warnings, :erase, 0,"
                               " :faults)");
static const struct sql PERSON = SQL(
    "carrier_person_insert", "insert into carrier_person (list_id, line, said) values (:list, :line, :said)");
static const struct sql HIT =
    SQL("carrier_hit_insert", "insert into carrier_hit (list_id, line, entry_id, score, by_number, state, "
                              "decided_by, decided_at, reason)"
                              " values (:list, :line, :entry, :score, :number, :state, 0, 0, '')");
static const struct sql MATCHED =
    SQL("carrier_list_matched", "update carrier_list set matched = :matched where list_id = :list");
static const struct sql DECIDED = SQL(
    "carrier_hit_decide", "update carrier_hit set state = :state, decided_by = :by, decided_at = :at,"
                          " reason = :reason where list_id = :list and line = :line and entry_id = :entry");
static const struct sql ERASED[] = {
    SQL("carrier_erase_people", "delete from carrier_person where list_id = :list"),
    SQL("carrier_erase_hits", "delete from carrier_hit where list_id = :list"),
};
static const struct sql ERASED_AT =
    SQL("carrier_erase_list", "update carrier_list set erased_at = :at, faults = null where list_id = :list");

static enum status apply_received(struct db *db, const struct event *e) {
    struct bytes faults = event_bytes(e, "faults");
    enum status st =
        DB_RUN(db, &INSERT, V_INT(e->stream), V_INT(e->at.ms), V_INT(e->actor), V_TEXT(event_text(e, "kind")),
               V_TEXT(event_text(e, "sender")), V_TEXT(event_text(e, "number")),
               V_TEXT(event_text(e, "carrier")), V_TEXT(event_text(e, "from")), V_TEXT(event_text(e, "to")),
               V_TEXT(event_text(e, "departs")), V_TEXT(event_text(e, "arrives")),
               V_INT(event_int(e, "people")), V_INT(event_int(e, "errors")), V_INT(event_int(e, "warnings")),
               V_INT(event_int(e, "erase_day")), faults.n ? V_BYTES(faults) : V_NULL);
    struct text rest = text_of_bytes(event_bytes(e, "said")), one;
    for (int64_t line = 0; !st && rest.n && text_cut(&rest, '\n', &one); line++)
        st = DB_RUN(db, &PERSON, V_INT(e->stream), V_INT(line), V_BYTES(bytes_of(one)));
    return st;
}

// Each candidate is "line entry score number cleared", a line.
static enum status apply_matched(struct db *db, const struct event *e) {
    struct text rest = event_text(e, "hits"), one, word;
    enum status st = DB_RUN(db, &MATCHED, V_INT(event_int(e, "matched")), V_INT(e->stream));
    while (!st && rest.n && text_cut(&rest, '\n', &one)) {
        int64_t n[5] = {0};
        for (size_t i = 0; i < 5 && text_cut(&one, ' ', &word); i++)
            if (!text_int(word, &n[i])) return STATUS_CORRUPT;
        st = DB_RUN(db, &HIT, V_INT(e->stream), V_INT(n[0]), V_INT(n[1]), V_INT(n[2]), V_INT(n[3]),
                    V_TEXT(n[4] ? T("cleared") : T("open")));
    }
    return st;
}

static enum status apply_decided(struct db *db, const struct event *e) {
    return DB_RUN(db, &DECIDED, V_TEXT(event_text(e, "state")), V_INT(e->actor), V_INT(e->at.ms),
                  V_TEXT(event_text(e, "reason")), V_INT(e->stream), V_INT(event_int(e, "line")),
                  V_INT(event_int(e, "entry")));
}

static enum status apply_erased(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &ERASED_AT, V_INT(e->at.ms), V_INT(e->stream));
    for (size_t i = 0; i < sizeof ERASED / sizeof *ERASED && !st; i++)
        st = DB_RUN(db, &ERASED[i], V_INT(e->stream));
    return st;
}

const struct event_type CARRIER_LIST_RECEIVED = {"carrier_list_received", apply_received};
const struct event_type CARRIER_LIST_MATCHED = {"carrier_list_matched", apply_matched};
const struct event_type CARRIER_HIT_DECIDED = {"carrier_hit_decided", apply_decided};
const struct event_type TRAVELLER_CONFIRMED = {"traveller_confirmed", NULL};
const struct event_type CARRIER_LIST_ERASED = {"carrier_list_erased", apply_erased};
const struct event_type *const border_event_types[] = {&CARRIER_LIST_RECEIVED, &CARRIER_LIST_MATCHED,
                                                       &CARRIER_HIT_DECIDED,   &CARRIER_LIST_ERASED,
                                                       &TRAVELLER_CONFIRMED,   NULL};
