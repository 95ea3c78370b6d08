// account_events.c - what happens to accounts, and the tables that follow from it.
//
// Everything that tells who the person is, or opens the account, is in the sealed part: after the account's
// key is deleted a replay leaves those columns empty.
#include "access/internal.h"

static const struct sql ACCOUNT_ADD =
    SQL("account_add",
        "insert into account (account_id, kind, name, language, unit, public_code, created_at, is_closed, "
        "password, totp,"
        " totp_step) values (:account, :kind, :name, :language, :unit, :code, :at, 0, '', null, 0)");
static const struct sql ACCOUNT_CHANGE =
    SQL("account_change",
        "update account set name = :name, language = :language, unit = :unit, public_code = :code"
        " where account_id = :account");
static const struct sql ACCOUNT_SET_LANGUAGE =
    SQL("account_set_language", "update account set language = :language where account_id = :account");
static const struct sql ACCOUNT_CLOSE =
    SQL("account_close", "update account set is_closed = 1 where account_id = :account");
static const struct sql ACCOUNT_BLANK = SQL(
    "account_blank", "update account set is_closed = 1, name = '', password = '', totp = null, totp_step = 0"
                     " where account_id = :account");
static const struct sql ACCOUNT_SET_PASSWORD =
    SQL("account_set_password", "update account set password = :password where account_id = :account");
static const struct sql ACCOUNT_SET_TOTP =
    SQL("account_set_totp", "update account set totp = :totp, totp_step = :step where account_id = :account");
static const struct sql ACCOUNT_SET_TOTP_STEP =
    SQL("account_set_totp_step",
        "update account set totp_step = :step where account_id = :account and totp_step < :least");
static const struct sql ROLES_DROP =
    SQL("account_roles_drop", "delete from account_role where account_id = :account");
static const struct sql ROLE_ADD =
    SQL("account_role_add",
        "insert into account_role (account_id, place, role) values (:account, :place, :role)");
static const struct sql CONTACT_DROP =
    SQL("account_contact_drop", "delete from account_contact where account_id = :account and kind = :kind");
static const struct sql CONTACTS_DROP =
    SQL("account_contacts_drop", "delete from account_contact where account_id = :account");
static const struct sql CONTACT_ADD =
    SQL("account_contact_add", "insert into account_contact (account_id, kind, lookup, sealed) values "
                               "(:account, :kind, :lookup, :sealed)");
static const struct sql RECOVERY_DROP_ALL =
    SQL("account_recovery_drop_all", "delete from account_recovery where account_id = :account");
static const struct sql RECOVERY_DROP =
    SQL("account_recovery_drop",
        "delete from account_recovery where account_id = :account and code_hash = :code");
static const struct sql RECOVERY_ADD =
    SQL("account_recovery_add", "insert into account_recovery (account_id, code_hash, is_invitation, made_at)"
                                " values (:account, :code, :invitation, :at)");
static const struct sql PASSKEY_ADD =
    SQL("account_passkey_add",
        "insert into account_passkey (credential, account_id, algorithm, public_key, sign_count, label, "
        "created_at,"
        " used_at) values (:credential, :account, :algorithm, :key, :count, :label, :at, 0)");
static const struct sql PASSKEY_DROP =
    SQL("account_passkey_drop",
        "delete from account_passkey where credential = :credential and account_id = :account");
static const struct sql PASSKEYS_DROP =
    SQL("account_passkeys_drop", "delete from account_passkey where account_id = :account");
static const struct sql CLIENT_DROP =
    SQL("account_client_drop", "delete from account_client where account_id = :account");
static const struct sql PASSKEY_USED =
    SQL("account_passkey_used", "update account_passkey set sign_count = :count, used_at = :at"
                                " where credential = :credential and account_id = :account");

// Roles are one text with commas: events have no lists.
static enum status apply_roles(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &ROLES_DROP, V_INT(e->stream));
    struct text rest = event_text(e, "roles"), role;
    for (int64_t place = 0; !st && rest.n && text_cut(&rest, ',', &role); place++)
        st = DB_RUN(db, &ROLE_ADD, V_INT(e->stream), V_INT(place), V_TEXT(role));
    return st;
}

static enum status apply_created(struct db *db, const struct event *e) {
    enum status st =
        DB_RUN(db, &ACCOUNT_ADD, V_INT(e->stream), V_INT(event_int(e, "kind")), V_TEXT(event_text(e, "name")),
               V_TEXT(event_text(e, "language")), V_TEXT(event_text(e, "unit")),
               V_TEXT_OR_NULL(event_text(e, "code")), V_INT(e->at.ms));
    return st ? st : apply_roles(db, e);
}

static enum status apply_changed(struct db *db, const struct event *e) {
    enum status st =
        DB_RUN(db, &ACCOUNT_CHANGE, V_TEXT(event_text(e, "name")), V_TEXT(event_text(e, "language")),
               V_TEXT(event_text(e, "unit")), V_TEXT_OR_NULL(event_text(e, "code")), V_INT(e->stream));
    return st ? st : apply_roles(db, e);
}

static enum status apply_language(struct db *db, const struct event *e) {
    return DB_RUN(db, &ACCOUNT_SET_LANGUAGE, V_TEXT(event_text(e, "language")), V_INT(e->stream));
}

static enum status apply_closed(struct db *db, const struct event *e) {
    return DB_RUN(db, &ACCOUNT_CLOSE, V_INT(e->stream));
}

static enum status apply_erased(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &ACCOUNT_BLANK, V_INT(e->stream));
    if (!st) st = DB_RUN(db, &CONTACTS_DROP, V_INT(e->stream));
    if (!st) st = DB_RUN(db, &RECOVERY_DROP_ALL, V_INT(e->stream));
    if (!st) st = DB_RUN(db, &PASSKEYS_DROP, V_INT(e->stream));
    if (!st) st = DB_RUN(db, &CLIENT_DROP, V_INT(e->stream));
    return st;
}

static enum status apply_contact(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &CONTACT_DROP, V_INT(e->stream), V_INT(event_int(e, "kind")));
    if (st || !event_has(e, "lookup")) return st; // erased
    return DB_RUN(db, &CONTACT_ADD, V_INT(e->stream), V_INT(event_int(e, "kind")),
                  V_BYTES(event_bytes(e, "lookup")), V_BYTES(event_bytes(e, "sealed")));
}

static enum status apply_password(struct db *db, const struct event *e) {
    return DB_RUN(db, &ACCOUNT_SET_PASSWORD, V_TEXT(event_text(e, "hash")), V_INT(e->stream));
}

static enum status apply_totp(struct db *db, const struct event *e) {
    if (!event_has(e, "secret")) return STATUS_OK;
    return DB_RUN(db, &ACCOUNT_SET_TOTP, V_BYTES(event_bytes(e, "secret")), V_INT(event_int(e, "step")),
                  V_INT(e->stream));
}

static enum status apply_totp_removed(struct db *db, const struct event *e) {
    return DB_RUN(db, &ACCOUNT_SET_TOTP, V_NULL, V_INT(0), V_INT(e->stream));
}

// `hashes` holds one hash after the other.
static enum status apply_recovery(struct db *db, const struct event *e) {
    struct bytes all = event_bytes(e, "hashes");
    enum status st = DB_RUN(db, &RECOVERY_DROP_ALL, V_INT(e->stream));
    for (size_t at = 0; !st && at + HASH_BYTES <= all.n; at += HASH_BYTES)
        st = DB_RUN(db, &RECOVERY_ADD, V_INT(e->stream), V_BYTES(((struct bytes){all.p + at, HASH_BYTES})),
                    V_INT(event_bool(e, "invitation")), V_INT(e->at.ms));
    return st;
}

static enum status apply_passkey(struct db *db, const struct event *e) {
    if (!event_has(e, "credential")) return STATUS_OK;
    return DB_RUN(db, &PASSKEY_ADD, V_BYTES(event_bytes(e, "credential")), V_INT(e->stream),
                  V_INT(event_int(e, "algorithm")), V_BYTES(event_bytes(e, "key")),
                  V_INT(event_int(e, "count")), V_TEXT(event_text(e, "label")), V_INT(e->at.ms));
}

static enum status apply_passkey_removed(struct db *db, const struct event *e) {
    return DB_RUN(db, &PASSKEY_DROP, V_BYTES(event_bytes(e, "credential")), V_INT(e->stream));
}

// What was used up by signing in or confirming is used up on replay too.
static enum status apply_signed_in(struct db *db, const struct event *e) {
    enum status st = STATUS_OK;
    if (event_has(e, "totp_step"))
        st = DB_RUN(db, &ACCOUNT_SET_TOTP_STEP, V_INT(event_int(e, "totp_step")), V_INT(e->stream),
                    V_INT(event_int(e, "totp_step")));
    if (!st && event_has(e, "recovery"))
        st = DB_RUN(db, &RECOVERY_DROP, V_INT(e->stream), V_BYTES(event_bytes(e, "recovery")));
    if (!st && event_has(e, "credential"))
        st = DB_RUN(db, &PASSKEY_USED, V_INT(event_int(e, "sign_count")), V_INT(e->at.ms),
                    V_BYTES(event_bytes(e, "credential")), V_INT(e->stream));
    return st;
}

const struct event_type ACCOUNT_CREATED = {"account_created", apply_created};
const struct event_type ACCOUNT_CHANGED = {"account_changed", apply_changed};
const struct event_type ACCOUNT_LANGUAGE_SET = {"account_language_set", apply_language};
const struct event_type ACCOUNT_CLOSED = {"account_closed", apply_closed};
const struct event_type ACCOUNT_ERASED = {"account_erased", apply_erased};
const struct event_type CONTACT_SET = {"account_contact_set", apply_contact};
const struct event_type PASSWORD_SET = {"account_password_set", apply_password};
const struct event_type TOTP_ENROLLED = {"account_totp_enrolled", apply_totp};
const struct event_type TOTP_REMOVED = {"account_totp_removed", apply_totp_removed};
const struct event_type RECOVERY_CODES_MADE = {"account_recovery_codes_made", apply_recovery};
const struct event_type PASSKEY_ADDED = {"account_passkey_added", apply_passkey};
const struct event_type PASSKEY_REMOVED = {"account_passkey_removed", apply_passkey_removed};
const struct event_type SIGNED_IN = {"signed_in", apply_signed_in};
const struct event_type FACTOR_CONFIRMED = {"factor_confirmed", apply_signed_in};
const struct event_type SIGNED_OUT = {"signed_out", NULL};
const struct event_type SIGN_IN_DELAYED = {"sign_in_delayed", NULL};
const struct event_type PASSKEY_REFUSED = {"passkey_refused", NULL};

const struct event_type *const access_event_types[] = {
    &ACCESS_READ,      &ACCESS_REFUSED,       &TRACKING_ISSUED, &ACCOUNT_CREATED,
    &ACCOUNT_CHANGED,  &ACCOUNT_LANGUAGE_SET, &ACCOUNT_CLOSED,  &ACCOUNT_ERASED,
    &CONTACT_SET,      &PASSWORD_SET,         &TOTP_ENROLLED,   &TOTP_REMOVED,
    &PASSKEY_ADDED,    &RECOVERY_CODES_MADE,  &PASSKEY_REMOVED, &SIGNED_IN,
    &FACTOR_CONFIRMED, &SIGNED_OUT,           &SIGN_IN_DELAYED, &PASSKEY_REFUSED,
    &CLIENT_SET,       &TOKEN_GIVEN,          &TOKEN_REVOKED,   NULL};

struct events *account_event(struct write *w, const struct event_type *type, int64_t account,
                             struct event_draft **draft) {
    struct events *list = events_new(w->arena);
    *draft = events_add(list, type, account, account);
    return list;
}
