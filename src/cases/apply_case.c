// apply_case.c - events about the case as a whole, its persons, numbers and assignment.
#include <stdio.h>

#include "base/cbor.h"
#include "cases/internal.h"
#include "store/outbox.h"

static const struct sql CASE_INSERT =
    SQL("case_insert",
        "insert into case_file (case_id, procedure, pack_version, person_id, account_id, officer_id, unit, "
        "status, task, "
        "track,"
        " language, channel, channel_rule, phrase, is_draft, is_closed, is_erased, is_vulnerable, is_minor, "
        "unread, family_name,"
        " given_names, latin_name, birth, sex, nationality, made_at, made_on, made_at_place, registered_at, "
        "lodged_at,"
        " decided_at, notified_at, closed_at, due_at, due_kind, changed_at, version, sections)"
        " values (:case, :procedure, :pack, :person, :account, 0, '', 'RECEIVED', '', '', :language, "
        ":channel, '', :phrase,"
        " 1, 0, 0, 0, 0, 0, '', '', '', '', '', '', 0, '', '', 0, 0, 0, 0, 0, :none, '', :at, :seq, '')");
static const struct sql CASE_SECTIONS =
    SQL("case_sections", "update case_file set sections = :sections where case_id = :case");
static const struct sql ANSWERS_SAVE =
    SQL("answers_save",
        "insert into answers (case_id, section, data, saved_at) values (:case, :section, :data, :at)"
        " on conflict (case_id, section) do update set data = excluded.data, saved_at = excluded.saved_at");
static const struct sql CASE_HEADER = SQL(
    "case_header", "update case_file set family_name = :family, given_names = :given, latin_name = :latin,"
                   " birth = :birth, sex = :sex, nationality = :nationality, is_minor = :minor,"
                   " is_vulnerable = :vulnerable where case_id = :case");
static const struct sql CASE_MADE =
    SQL("case_made", "update case_file set case_no = :no, is_draft = 0, made_at = :at, status = 'RECEIVED'"
                     " where case_id = :case");
static const struct sql CASE_REGISTERED =
    SQL("case_registered", "update case_file set registered_at = :at, made_on = :on, made_at_place = :place"
                           " where case_id = :case");
static const struct sql CASE_LODGED =
    SQL("case_lodged", "update case_file set lodged_at = :at where case_id = :case");
static const struct sql CASE_ASSIGN =
    SQL("case_assign", "update case_file set officer_id = :officer, unit = :unit where case_id = :case");
static const struct sql CASE_CHANNEL = SQL(
    "case_channel", "update case_file set channel = :channel, channel_rule = :rule where case_id = :case");
static const struct sql CASE_CARRIED = SQL(
    "case_carried", "update case_file set made_at = :made, made_on = :on, lodged_at = :lodged, decided_at "
                    "= :decided, closed_at = :closed, is_closed = 1, status = 'CLOSED' where case_id = "
                    ":case");
static const struct sql PERSONS_DELETE = SQL("persons_delete", "delete from person where case_id = :case");
static const struct sql PERSON_INSERT =
    SQL("person_insert",
        "insert into person (person_id, case_id, position, role, family_name, given_names, latin_name,"
        " mrz_name, original_name, script, birth, birth_place, sex, nationalities, civil_status,"
        " is_stateless) values (:person, :case, :position, :role, :family, :given, :latin, :mrz,"
        " :original, :script, :birth, :place, :sex, :nationalities, :civil, :stateless)");
static const struct sql KEYS_DELETE =
    SQL("case_keys_delete", "delete from case_key where case_id = :case and kind = :kind");
static const struct sql KEY_INSERT =
    SQL("case_key_insert",
        "insert into case_key (kind, key, case_id) values (:kind, :key, :case) on conflict do nothing");
static const struct sql NUMBER_INSERT = SQL(
    "file_number_insert", "insert into file_number (case_id, number, origin) values (:case, :number, :origin)"
                          " on conflict do nothing");

enum status case_news(struct db *db, const struct event *e, const char *kind) {
    char key[40];
    int64_t account = event_int(e, "account");
    if (!account) return STATUS_OK;
    snprintf(key, sizeof key, "event:%lld", (long long)e->seq);
    struct outbox_item item = {.key = text_of(key),
                               .kind = text_of(kind),
                               .recipient = account,
                               .about = e->stream,
                               .payload = bytes_of(T("")),
                               .due = e->at};
    return outbox_add(db, &item);
}

enum status apply_application_started(struct db *db, const struct event *e) {
    return DB_RUN(db, &CASE_INSERT, V_INT(e->stream), V_TEXT(event_text(e, "procedure")),
                  V_INT(event_int(e, "pack")), V_INT(event_int(e, "person")), V_INT(event_int(e, "account")),
                  V_TEXT(event_text(e, "language")), V_TEXT(event_text(e, "channel")),
                  V_TEXT(event_text(e, "phrase")), V_INT(DUE_NONE), V_INT(e->at.ms), V_INT(e->seq));
}

// A list of section and answers, section and answers ...; nothing after an erasure.
static enum status save_parts(struct db *db, const struct event *e, struct bytes parts) {
    struct cbor_reader r = cbor_reader(parts);
    struct cbor_item head = {0}, section, answers;
    enum status st = parts.n ? cbor_next(&r, &head) : STATUS_OK;
    for (int64_t i = 0; i + 1 < head.integer && !st; i += 2) {
        st = cbor_next(&r, &section);
        if (!st) st = cbor_next(&r, &answers);
        if (!st)
            st = DB_RUN(db, &ANSWERS_SAVE, V_INT(e->stream), V_TEXT(section.text), V_BYTES(answers.bytes),
                        V_INT(e->at.ms));
    }
    return st;
}

enum status apply_answers_saved(struct db *db, const struct event *e) {
    enum status st = save_parts(db, e, event_bytes(e, "parts"));
    if (!st) st = DB_RUN(db, &CASE_SECTIONS, V_TEXT(event_text(e, "sections")), V_INT(e->stream));
    return st ? st : case_touch(e);
}

// One person: an array of 14 texts and integers, as persons.c writes it.
static enum status insert_person(struct db *db, const struct event *e, struct cbor_reader *r,
                                 int64_t position) {
    struct cbor_item head, f[14];
    enum status st = cbor_next(r, &head);
    if (!st && (head.kind != CBOR_ARRAY || head.integer != 14)) st = STATUS_CORRUPT;
    for (int i = 0; i < 14 && !st; i++) st = cbor_next(r, &f[i]);
    if (st) return st;
    return DB_RUN(db, &PERSON_INSERT, V_INT(f[0].integer), V_INT(e->stream), V_INT(position),
                  V_TEXT(f[1].text), V_TEXT(f[2].text), V_TEXT(f[3].text), V_TEXT(f[4].text),
                  V_TEXT(f[5].text), V_TEXT(f[6].text), V_TEXT(f[7].text), V_TEXT(f[8].text),
                  V_TEXT(f[9].text), V_TEXT(f[10].text), V_TEXT(f[11].text), V_TEXT(f[12].text),
                  V_INT(f[13].integer));
}

static enum status insert_keys(struct db *db, const struct event *e, struct text kind, struct bytes list) {
    struct cbor_reader r = cbor_reader(list);
    struct cbor_item head, key;
    enum status st = list.n ? cbor_next(&r, &head) : STATUS_OK;
    for (int64_t i = 0; list.n && !st && i < head.integer; i++) {
        st = cbor_next(&r, &key);
        if (!st) st = DB_RUN(db, &KEY_INSERT, V_TEXT(kind), V_TEXT(key.text), V_INT(e->stream));
    }
    return st;
}

enum status apply_persons_recorded(struct db *db, const struct event *e) {
    struct bytes list = event_bytes(e, "persons");
    struct cbor_reader r = cbor_reader(list);
    struct cbor_item head = {0};
    enum status st = DB_RUN(db, &PERSONS_DELETE, V_INT(e->stream));
    if (!st) st = DB_RUN(db, &KEYS_DELETE, V_INT(e->stream), V_TEXT(T("name")));
    if (!st && list.n) st = cbor_next(&r, &head);
    for (int64_t i = 0; !st && i < head.integer; i++) st = insert_person(db, e, &r, i);
    if (!st) st = insert_keys(db, e, T("name"), event_bytes(e, "keys"));
    if (!st) st = case_touch(e);
    if (st) return st;
    return DB_RUN(db, &CASE_HEADER, V_TEXT(event_text(e, "family_name")),
                  V_TEXT(event_text(e, "given_names")), V_TEXT(event_text(e, "latin_name")),
                  V_TEXT(event_text(e, "birth")), V_TEXT(event_text(e, "sex")),
                  V_TEXT(event_text(e, "nationality")), V_INT(event_int(e, "is_minor")),
                  V_INT(event_int(e, "is_vulnerable")), V_INT(e->stream));
}

static const struct sql PACK_SET =
    SQL("case_pack", "update case_file set pack_version = :pack where case_id = :case");

enum status apply_pack_chosen(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &PACK_SET, V_INT(event_int(e, "pack_version")), V_INT(e->stream));
    return st ? st : case_touch(e);
}

enum status apply_application_made(struct db *db, const struct event *e) {
    struct text number = event_text(e, "case_no");
    enum status st = DB_RUN(db, &CASE_MADE, V_TEXT(number), V_INT(e->at.ms), V_INT(e->stream));
    if (!st) st = case_touch(e);
    return st ? st
              : DB_RUN(db, &KEY_INSERT, V_TEXT(T("number")), V_TEXT(event_text(e, "number_key")),
                       V_INT(e->stream));
}

enum status apply_application_withdrawn(struct db *db, const struct event *e) {
    (void)db;
    return case_touch(e);
}

enum status apply_application_registered(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &CASE_REGISTERED, V_INT(e->at.ms), V_TEXT(event_text(e, "made_on")),
                            V_TEXT(event_text(e, "place")), V_INT(e->stream));
    return st ? st : case_touch(e);
}

enum status apply_completeness_checked(struct db *db, const struct event *e) {
    enum status st = STATUS_OK;
    if (event_bool(e, "lodged")) st = DB_RUN(db, &CASE_LODGED, V_INT(e->at.ms), V_INT(e->stream));
    return st ? st : case_touch(e);
}

enum status apply_case_assigned(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &CASE_ASSIGN, V_INT(event_int(e, "officer")), V_TEXT(event_text(e, "unit")),
                            V_INT(e->stream));
    return st ? st : case_touch(e);
}

enum status apply_channel_set(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &CASE_CHANNEL, V_TEXT(event_text(e, "channel")),
                            V_TEXT(event_text(e, "rule")), V_INT(e->stream));
    return st ? st : case_touch(e);
}

enum status apply_file_number_added(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &NUMBER_INSERT, V_INT(e->stream), V_TEXT(event_text(e, "number")),
                            V_TEXT(event_text(e, "origin")));
    if (!st)
        st = DB_RUN(db, &KEY_INSERT, V_TEXT(T("number")), V_TEXT(event_text(e, "key")), V_INT(e->stream));
    return st ? st : case_touch(e);
}

enum status apply_case_carried_over(struct db *db, const struct event *e) {
    enum status st =
        DB_RUN(db, &CASE_CARRIED, V_INT(event_int(e, "made_at")), V_TEXT(event_text(e, "made_on")),
               V_INT(event_int(e, "lodged_at")), V_INT(event_int(e, "decided_at")),
               V_INT(event_int(e, "closed_at")), V_INT(e->stream));
    return st ? st : case_touch(e);
}
