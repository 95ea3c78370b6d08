// account_life.c - accounts are closed, erased, speak another language, and are read by their owners.
#include "access/internal.h"

// ---- ending, language ----

struct change {
    int64_t account, by;
    struct text text;
};

static enum status run_change(struct access *x, write_fn *fn, struct change *c) {
    struct arena a = {0};
    enum status st = journal_write(x->journal, fn, c, &a, NULL);
    arena_free(&a);
    return st;
}

static enum status must_exist(struct write *w, int64_t account) {
    struct account_row row;
    return account_load(w->db, account, w->arena, &row);
}

static enum status close_account(struct write *w, void *argument, struct problem *p) {
    (void)p;
    struct change *c = argument;
    struct event_draft *d;
    enum status st = must_exist(w, c->account);
    if (st) return st;
    struct events *list = account_event(w, &ACCOUNT_CLOSED, c->account, &d);
    if (c->text.n) draft_personal_text(d, "reason", c->text);
    st = write_events(w, c->by, list);
    return st ? st : account_delete_session_rows(w->db, c->account, 0);
}

enum status access_close_account(struct access *x, int64_t by, int64_t account, struct text reason) {
    struct change c = {account, by, text_slice(reason, 0, ACCESS_REASON_MAX)};
    return run_change(x, close_account, &c);
}

static enum status erase_account(struct write *w, void *argument, struct problem *p) {
    (void)p;
    struct change *c = argument;
    enum status st = must_exist(w, c->account);
    if (!st) st = write_subject_erase(w, c->by, c->account);
    if (st) return st;
    struct events *list = events_new(w->arena);
    events_add(list, &ACCOUNT_ERASED, c->account, 0);
    st = write_events(w, c->by, list);
    return st ? st : account_delete_session_rows(w->db, c->account, 0);
}

enum status access_erase_account(struct access *x, int64_t by, int64_t account) {
    struct change c = {account, by, T("")};
    return run_change(x, erase_account, &c);
}

static enum status set_language(struct write *w, void *argument, struct problem *p) {
    (void)p;
    struct change *c = argument;
    struct event_draft *d;
    enum status st = must_exist(w, c->account);
    if (st) return st;
    struct events *list = account_event(w, &ACCOUNT_LANGUAGE_SET, c->account, &d);
    draft_text(d, "language", c->text);
    return write_events(w, c->by, list);
}

enum status access_set_language(struct access *x, int64_t account, struct text language) {
    struct change c = {account, account, text_slice(language, 0, LANGUAGE_BYTES_MAX)};
    return run_change(x, set_language, &c);
}

// ---- reading one's own ----

static enum status optional_contact(struct access *x, struct db *db, int64_t account, enum contact_kind kind,
                                    struct arena *a, struct text *out) {
    *out = T("");
    enum status st = account_contact(x, db, account, kind, a, out);
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static void show_account(const struct account_row *row, struct account_view *out) {
    *out = (struct account_view){.account = row->id,
                                 .kind = row->kind,
                                 .name = row->name,
                                 .language = row->language,
                                 .unit = row->unit,
                                 .public_code = row->public_code,
                                 .has_password = row->password.n > 0,
                                 .has_totp = row->totp.n > 0,
                                 .is_closed = row->is_closed,
                                 .passkeys = row->passkeys,
                                 .recovery_codes_left = row->recovery_codes,
                                 .created_at = row->created_at};
}

enum status access_account(struct access *x, int64_t account, struct arena *a, struct account_view *out) {
    struct db *db;
    struct account_row row;
    enum status st = reading_begin(x, &db);
    if (st) return st;
    st = account_load(db, account, a, &row);
    if (!st) show_account(&row, out);
    if (!st) st = optional_contact(x, db, account, CONTACT_EMAIL, a, &out->email);
    if (!st) st = optional_contact(x, db, account, CONTACT_PHONE, a, &out->phone);
    if (!st) st = optional_contact(x, db, account, CONTACT_NAME, a, &out->sign_in_name);
    reading_end(x, db);
    return st;
}

enum status access_account_find(struct access *x, struct text typed, int64_t *account) {
    struct arena a = {0};
    enum contact_kind kind;
    struct text normal;
    struct db *db;
    enum status st = contact_read(&a, typed, "", &kind, &normal, NULL) ? STATUS_NOT_FOUND : STATUS_OK;
    struct hash lookup = contact_lookup(x, kind, normal);
    arena_free(&a);
    *account = 0;
    if (!st) st = reading_begin(x, &db);
    if (st) return st;
    st = account_by_lookup(db, &lookup, account);
    reading_end(x, db);
    return st;
}
