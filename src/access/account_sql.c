// account_sql.c - accounts, their credentials and staff as read from the tables.
#include <assert.h>
#include <string.h>

#include "access/internal.h"

enum { STAFF_MAX = 2000 };

static const struct sql ACCOUNT_LOAD = SQL(
    "account_load",
    "select kind, name, language, unit, public_code, password, totp, totp_step, created_at, is_closed,"
    " (select count(*) from account_passkey k where k.account_id = account.account_id),"
    " (select count(*) from account_recovery r where r.account_id = account.account_id),"
    " (select count(*) from account_contact c where c.account_id = account.account_id and c.kind in (1, 2))"
    " from account where account_id = :account");
static const struct sql ACCOUNT_ROLES =
    SQL("account_roles", "select role from account_role where account_id = :account order by place");
// Served by account_contact_by_lookup.
static const struct sql ACCOUNT_BY_LOOKUP =
    SQL("account_by_lookup", "select account_id from account_contact where lookup = :lookup");
static const struct sql CONTACT_OF = SQL(
    "account_contact_of", "select sealed from account_contact where account_id = :account and kind = :kind");
static const struct sql RECOVERY_FIND =
    SQL("account_recovery_find",
        "select is_invitation from account_recovery where account_id = :account and code_hash = :code"
        " and (is_invitation = 0 or made_at > :least)");
static const struct sql PASSKEY_FIND =
    SQL("account_passkey_find",
        "select credential, account_id, algorithm, public_key, sign_count, label, created_at, used_at"
        " from account_passkey where credential = :credential");
// Served by account_passkey_by_account.
static const struct sql PASSKEYS_OF =
    SQL("account_passkeys_of",
        "select credential, account_id, algorithm, public_key, sign_count, label, created_at, used_at"
        " from account_passkey where account_id = :account order by created_at");
// Served by account_by_name.
static const struct sql STAFF_LIST =
    SQL("staff_list", "select account_id, name, public_code, unit, is_closed from account a where kind = 4"
                      " and (:any_role = 1 or exists (select 1 from account_role r where r.account_id = "
                      "a.account_id and r.role = :role))"
                      " and (:any_unit = 1 or unit = :unit) and (:closed = 1 or is_closed = 0)"
                      " order by kind, name, account_id limit :limit");
static const struct sql STAFF_ONE = SQL("staff_one", "select account_id, name, public_code, unit, is_closed "
                                                     "from account where account_id = :account and kind = 4");

// Systems of partners are in no list of staff and get no case, but what they did bears their name.
static const struct sql COLLEAGUE_ONE =
    SQL("colleague_one", "select account_id, name, public_code, unit, is_closed from account"
                         " where account_id = :account and kind in (4, 6)");

static_assert(CONTACT_EMAIL == 1 && CONTACT_PHONE == 2 && ACTOR_STAFF == 4 && ACTOR_CLIENT == 6,
              "numbers in the statements above");

static enum status load_roles(struct db *db, int64_t account, struct arena *a,
                              struct text roles[ACTOR_ROLES_MAX], size_t *count) {
    struct rows r;
    *count = 0;
    enum status st = DB_QUERY(db, &r, &ACCOUNT_ROLES, V_INT(account));
    while (!st && *count < ACTOR_ROLES_MAX && rows_next(&r))
        roles[(*count)++] = text_copy(a, row_text(&r, 0));
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status account_load(struct db *db, int64_t account, struct arena *a, struct account_row *out) {
    struct rows r;
    *out = (struct account_row){.id = account};
    enum status st = DB_ONE(db, &r, &ACCOUNT_LOAD, V_INT(account));
    if (!st) {
        out->kind = (enum actor_kind)row_int(&r, 0);
        out->name = text_copy(a, row_text(&r, 1));
        out->language = text_copy(a, row_text(&r, 2));
        out->unit = text_copy(a, row_text(&r, 3));
        out->public_code = text_copy(a, row_text(&r, 4));
        out->password = text_copy(a, row_text(&r, 5));
        out->totp = bytes_copy(a, row_bytes(&r, 6));
        out->totp_step = row_int(&r, 7);
        out->created_at.ms = row_int(&r, 8);
        out->is_closed = row_int(&r, 9);
        out->passkeys = (size_t)row_int(&r, 10);
        out->recovery_codes = (size_t)row_int(&r, 11);
        out->sendable = (size_t)row_int(&r, 12);
    }
    enum status end = rows_end(&r);
    if (end) return end;
    end =
        load_roles(db, account, a, out->roles, &out->role_count); // as many questions for nobody (sign_in.c)
    return st ? st : end;
}

enum status account_by_lookup(struct db *db, const struct hash *lookup, int64_t *account) {
    *account = 0;
    return DB_INT(db, account, &ACCOUNT_BY_LOOKUP, V_BYTES(hash_bytes(lookup)));
}

unsigned account_factors(const struct account_row *row) {
    unsigned f = 0;
    if (row->totp.n) f |= FACTOR_TOTP;
    if (row->passkeys) f |= FACTOR_PASSKEY;
    if (row->sendable && row->kind != ACTOR_STAFF && row->kind != ACTOR_PARTNER) f |= FACTOR_SENT_CODE;
    if (f && row->recovery_codes) f |= FACTOR_RECOVERY;
    return f;
}

struct actor account_actor(const struct account_row *row) {
    struct actor actor = {.account = row->id,
                          .kind = row->kind,
                          .role_count = row->role_count,
                          .name = row->name,
                          .public_code = row->public_code,
                          .unit = row->unit,
                          .language = row->language};
    memcpy(actor.roles, row->roles, sizeof actor.roles);
    return actor;
}

enum status account_contact(const struct access *x, struct db *db, int64_t account, enum contact_kind kind,
                            struct arena *a, struct text *normal) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &CONTACT_OF, V_INT(account), V_INT(kind));
    if (!st) st = contact_unseal(x, a, row_bytes(&r, 0), normal);
    enum status end = rows_end(&r);
    return st ? st : end;
}

bool account_has_recovery(struct db *db, int64_t account, const struct hash *code, struct moment now,
                          bool *is_invitation, enum status *st) {
    int64_t invitation = 0;
    *st = DB_INT(db, &invitation, &RECOVERY_FIND, V_INT(account), V_BYTES(hash_bytes(code)),
                 V_INT(now.ms - INVITATION_MS));
    *is_invitation = invitation != 0;
    bool found = *st == STATUS_OK;
    if (*st == STATUS_NOT_FOUND) *st = STATUS_OK;
    return found;
}

// ---- passkeys ----

static void read_passkey(struct rows *r, struct arena *a, struct passkey_row *out) {
    *out = (struct passkey_row){.key = {.credential = bytes_copy(a, row_bytes(r, 0)),
                                        .algorithm = (int)row_int(r, 2),
                                        .public_key = bytes_copy(a, row_bytes(r, 3)),
                                        .sign_count = row_int(r, 4)},
                                .account = row_int(r, 1),
                                .label = text_copy(a, row_text(r, 5)),
                                .created_at = {row_int(r, 6)},
                                .used_at = {row_int(r, 7)}};
}

enum status passkey_by_credential(struct db *db, struct bytes credential, struct arena *a,
                                  struct passkey_row *out) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &PASSKEY_FIND, V_BYTES(credential));
    if (!st) read_passkey(&r, a, out);
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status passkeys_of(struct db *db, int64_t account, struct arena *a, struct passkey_rows *out) {
    struct rows r;
    *out = (struct passkey_rows){0};
    enum status st = DB_QUERY(db, &r, &PASSKEYS_OF, V_INT(account));
    while (!st && rows_next(&r)) read_passkey(&r, a, ARENA_PUSH(a, out));
    enum status end = rows_end(&r);
    return st ? st : end;
}

// ---- staff ----

static void read_staff(struct rows *r, struct arena *a, struct staff_row *out) {
    *out = (struct staff_row){.account = row_int(r, 0),
                              .name = text_copy(a, row_text(r, 1)),
                              .public_code = text_copy(a, row_text(r, 2)),
                              .unit = text_copy(a, row_text(r, 3)),
                              .is_closed = row_int(r, 4)};
}

enum status access_staff(struct db *db, struct text role, struct text unit, bool with_closed, struct arena *a,
                         struct staff_list *out) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &STAFF_LIST, V_INT(!role.n), V_TEXT(role), V_INT(!unit.n), V_TEXT(unit),
                              V_INT(with_closed), V_INT(STAFF_MAX));
    while (!st && rows_next(&r)) read_staff(&r, a, ARENA_PUSH(a, out));
    enum status end = rows_end(&r);
    if (!st) st = end;
    for (size_t i = 0; i < out->count && !st; i++)
        st = load_roles(db, out->items[i].account, a, out->items[i].roles, &out->items[i].role_count);
    return st;
}

static enum status load_staff(struct db *db, const struct sql *sql, int64_t account, struct arena *a,
                              struct staff_row *out) {
    struct rows r;
    enum status st = DB_ONE(db, &r, sql, V_INT(account));
    if (!st) read_staff(&r, a, out);
    enum status end = rows_end(&r);
    if (!st) st = end;
    return st ? st : load_roles(db, account, a, out->roles, &out->role_count);
}

enum status access_staff_one(struct db *db, int64_t account, struct arena *a, struct staff_row *out) {
    return load_staff(db, &STAFF_ONE, account, a, out);
}

enum status access_colleague(struct db *db, int64_t account, struct arena *a, struct staff_row *out) {
    return load_staff(db, &COLLEAGUE_ONE, account, a, out);
}
