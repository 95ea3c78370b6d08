// account.c - accounts are made: by applicants themselves, for staff by an operator.
#include <string.h>

#include "access/internal.h"

enum {
    SIGN_IN_NAME_GROUPS = 3,
    RECOVERY_GROUPS = 4,
    NAME_MAX_BYTES = 200,
    CODE_MAX_BYTES = 32,
    UNIT_MAX_BYTES = 64
};

static const struct sql PUBLIC_CODE_OWNER =
    SQL("account_public_code_owner", "select account_id from account where public_code = :code");

// ---- making ----

struct bytes recovery_make(const struct access *x, struct arena *a, int64_t account, size_t count,
                           struct text *codes) {
    uint8_t *all = arena_alloc(a, count * HASH_BYTES);
    for (size_t i = 0; i < count; i++) {
        codes[i] = code_random(a, x->env, RECOVERY_GROUPS);
        struct hash h = secret_hash(x, account, codes[i]);
        memcpy(all + i * HASH_BYTES, h.b, HASH_BYTES);
    }
    return (struct bytes){all, count * HASH_BYTES};
}

void draft_contact(struct access *x, struct write *w, struct events *list, int64_t account,
                   enum contact_kind kind, struct text normal) {
    struct event_draft *d = events_add(list, &CONTACT_SET, account, account);
    struct hash lookup = contact_lookup(x, kind, normal);
    draft_int(d, "kind", kind);
    draft_personal_bytes(d, "lookup", bytes_copy(w->arena, hash_bytes(&lookup)));
    draft_personal_bytes(d, "sealed", contact_seal(x, w->arena, normal));
}

struct making {
    struct access *x;
    int64_t by;
    enum actor_kind kind;
    struct text name, language, unit, public_code, roles;
    enum contact_kind contact_kind;
    struct text contact; // normal; empty when there is none
    struct text challenge;
    struct text sign_in_name;
    const char *password; // hash; "" = none
    struct bytes totp;    // sealed; empty = none
    size_t recovery_count;
    bool is_invitation;
    struct text recovery[RECOVERY_CODES];
    struct arena *arena; // of the caller
    int64_t account;
};

static void draft_account(const struct making *m, struct events *list, const struct event_type *type) {
    struct event_draft *d = events_add(list, type, m->account, m->account);
    draft_int(d, "kind", m->kind);
    draft_text(d, "language", m->language);
    draft_text(d, "unit", m->unit);
    draft_text(d, "code", m->public_code);
    draft_text(d, "roles", m->roles);
    draft_personal_text(d, "name", m->name);
}

static void draft_credentials(struct write *w, struct making *m, struct events *list) {
    draft_contact(m->x, w, list, m->account, CONTACT_NAME, m->sign_in_name);
    if (m->contact.n) draft_contact(m->x, w, list, m->account, m->contact_kind, m->contact);
    if (m->password[0])
        draft_personal_text(events_add(list, &PASSWORD_SET, m->account, m->account), "hash",
                            text_of(m->password));
    if (m->totp.n) {
        struct event_draft *d = events_add(list, &TOTP_ENROLLED, m->account, m->account);
        draft_personal_bytes(d, "secret", m->totp);
        draft_int(d, "step", 0);
    }
    if (!m->recovery_count) return;
    struct event_draft *d = events_add(list, &RECOVERY_CODES_MADE, m->account, m->account);
    draft_personal_bytes(d, "hashes",
                         recovery_make(m->x, m->arena, m->account, m->recovery_count, m->recovery));
    draft_bool(d, "invitation", m->is_invitation);
}

static enum status check_free(struct write *w, const struct making *m, struct problem *p) {
    int64_t owner = 0;
    enum status st = STATUS_NOT_FOUND;
    if (m->contact.n) {
        struct hash lookup = contact_lookup(m->x, m->contact_kind, m->contact);
        st = account_by_lookup(w->db, &lookup, &owner);
        if (!st)
            return m->by || !m->challenge.n ? problem(p, "email", "email_taken", "problem.staff.email_taken")
                                            : problem_code_wrong(p);
        if (st != STATUS_NOT_FOUND) return st;
    }
    if (!m->public_code.n) return STATUS_OK;
    st = DB_INT(w->db, &owner, &PUBLIC_CODE_OWNER, V_TEXT(m->public_code));
    if (st == STATUS_NOT_FOUND || (!st && owner == m->account)) return STATUS_OK;
    return st ? st : problem(p, "public_code", "public_code_taken", "problem.staff.public_code_taken");
}

static enum status make_account(struct write *w, void *argument, struct problem *p) {
    struct making *m = argument;
    enum status st = STATUS_OK;
    if (m->challenge.n) st = challenge_use(w, m->challenge);
    if (st == STATUS_EXPIRED) return problem_code_expired(p);
    if (!st) st = check_free(w, m, p);
    if (st) return st;
    m->account = write_id(w);
    st = write_subject(w, m->account);
    if (st) return st;
    struct events *list = events_new(w->arena);
    draft_account(m, list, &ACCOUNT_CREATED);
    draft_credentials(w, m, list);
    return write_events(w, m->by ? m->by : m->account, list);
}

static enum status hash_new_password(struct access *x, struct text password, struct text like,
                                     char hash[PASSWORD_HASH_MAX], struct problem *p) {
    hash[0] = 0;
    if (!password.n) return STATUS_OK;
    enum status st = password_check(password, like, p);
    return st ? st : hasher_hash(x->hasher, x->store, password, hash);
}

enum status access_create_account(struct access *x, const struct source *from, const struct new_account *n,
                                  struct arena *a, struct account_made *out, struct problem *p) {
    char hash[PASSWORD_HASH_MAX];
    struct challenge c = {0};
    bool is_representative = n->kind == ACTOR_REPRESENTATIVE;
    struct making m = {.x = x,
                       .kind = is_representative ? ACTOR_REPRESENTATIVE : ACTOR_APPLICANT,
                       .roles = is_representative ? T("representative") : T("applicant"),
                       .password = hash,
                       .challenge = n->challenge,
                       .recovery_count = RECOVERY_CODES,
                       .arena = a,
                       .language = text_slice(n->language, 0, LANGUAGE_BYTES_MAX)};
    // Looked at first, so that a password that must be changed does not use up tries of the code.
    enum status st = n->password.n ? password_check(n->password, T(""), p) : STATUS_OK;
    if (st) return st;
    if (n->challenge.n || n->code.n) {
        st = door_try_code(x, from, CHALLENGE_SIGN_UP, n->challenge, n->code, a, &c, p);
        if (!st) st = contact_unseal(x, a, c.sealed, &m.contact);
        if (st) return st;
        m.contact_kind = c.contact_kind;
    }
    m.sign_in_name = code_random(a, x->env, SIGN_IN_NAME_GROUPS);
    st = hash_new_password(x, n->password, m.contact, hash, p);
    if (!st) st = journal_write(x->journal, make_account, &m, a, p);
    if (st) return st;
    *out = (struct account_made){.account = m.account, .sign_in_name = m.sign_in_name};
    memcpy(out->recovery_codes, m.recovery, sizeof out->recovery_codes);
    return STATUS_OK;
}

// ---- staff ----

bool word_ok(struct text t) {
    for (size_t i = 0; i < t.n; i++)
        if (!((t.p[i] >= 'a' && t.p[i] <= 'z') || t.p[i] == '_' || (t.p[i] >= '0' && t.p[i] <= '9')))
            return false;
    return t.n > 0 && t.n <= ACCESS_WORD_MAX;
}

static enum status join_roles(const struct new_staff *n, struct arena *a, struct text *out,
                              struct problem *p) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < n->role_count; i++) {
        if (!word_ok(n->roles[i])) return problem(p, "roles", "role_unknown", "problem.staff.roles");
        if (i) out_byte(&o, ',');
        out_text(&o, n->roles[i]);
    }
    *out = out_done(&o);
    return n->role_count && n->role_count <= ACTOR_ROLES_MAX
               ? STATUS_OK
               : problem(p, "roles", "role_count", "problem.staff.roles");
}

bool line_ok(struct text t, size_t max) {
    for (size_t i = 0; i < t.n; i++)
        if ((unsigned char)t.p[i] < ' ') return false;
    return text_trim(t).n > 0 && t.n <= max && text_is_utf8(t);
}

static enum status read_staff(const struct new_staff *n, struct arena *a, struct making *m,
                              struct problem *p) {
    m->kind = n->kind == ACTOR_PARTNER ? ACTOR_PARTNER : ACTOR_STAFF;
    m->name = text_trim(n->name);
    m->unit = text_trim(n->unit);
    m->public_code = text_trim(n->public_code);
    m->language = text_slice(n->language, 0, LANGUAGE_BYTES_MAX);
    if (!line_ok(m->name, NAME_MAX_BYTES)) return problem(p, "name", "required", "problem.staff.name");
    if (!line_ok(m->public_code, CODE_MAX_BYTES))
        return problem(p, "public_code", "required", "problem.staff.public_code");
    if (m->unit.n && !line_ok(m->unit, UNIT_MAX_BYTES))
        return problem(p, "unit", "unit_long", "problem.staff.unit");
    return join_roles(n, a, &m->roles, p);
}

enum status access_create_staff(struct access *x, int64_t by, const struct new_staff *n, struct arena *a,
                                struct staff_made *out, struct problem *p) {
    char hash[PASSWORD_HASH_MAX];
    struct making m = {.x = x, .by = by, .password = hash, .arena = a};
    enum status st = read_staff(n, a, &m, p);
    if (!st) st = contact_read(a, n->email, "email", &m.contact_kind, &m.contact, p);
    if (!st && m.contact_kind != CONTACT_EMAIL)
        st = problem(p, "email", "contact_invalid", "problem.contact.invalid");
    if (!st) st = hash_new_password(x, n->password, m.contact, hash, p);
    if (st) return st;
    if (n->totp_secret.n) m.totp = seal(a, x->env, &x->contact_key, n->totp_secret, bytes_of(T("totp")));
    m.is_invitation = true;
    m.recovery_count = n->password.n ? 0 : 1;
    m.sign_in_name = code_random(a, x->env, SIGN_IN_NAME_GROUPS);
    st = journal_write(x->journal, make_account, &m, a, p);
    if (!st) *out = (struct staff_made){m.account, m.sign_in_name, m.recovery[0]};
    return st;
}

static enum status invite(struct write *w, void *argument, struct problem *p) {
    (void)p;
    struct making *m = argument;
    struct account_row row;
    struct event_draft *d;
    enum status st = account_load(w->db, m->account, w->arena, &row);
    if (st) return st;
    if (row.is_closed || (row.kind != ACTOR_STAFF && row.kind != ACTOR_PARTNER)) return STATUS_NOT_FOUND;
    struct events *list = account_event(w, &RECOVERY_CODES_MADE, m->account, &d);
    draft_personal_bytes(d, "hashes", recovery_make(m->x, m->arena, m->account, 1, m->recovery));
    draft_bool(d, "invitation", true);
    st = write_events(w, m->by, list);
    return st ? st : account_delete_session_rows(w->db, m->account, 0);
}

enum status access_invite_staff(struct access *x, int64_t by, int64_t account, struct arena *a,
                                struct text *invitation) {
    struct making m = {.x = x, .by = by, .account = account, .password = "", .arena = a};
    enum status st = journal_write(x->journal, invite, &m, a, NULL);
    *invitation = st ? T("") : m.recovery[0];
    return st;
}

static enum status change_staff(struct write *w, void *argument, struct problem *p) {
    struct making *m = argument;
    struct account_row row;
    enum status st = account_load(w->db, m->account, w->arena, &row);
    if (st) return st;
    if (row.kind != ACTOR_STAFF && row.kind != ACTOR_PARTNER) return STATUS_NOT_FOUND;
    m->kind = row.kind;
    if (!m->language.n) m->language = row.language;
    st = check_free(w, m, p);
    if (st) return st;
    struct events *list = events_new(w->arena);
    draft_account(m, list, &ACCOUNT_CHANGED);
    return write_events(w, m->by, list);
}

enum status access_change_staff(struct access *x, int64_t by, int64_t account, const struct new_staff *n,
                                struct arena *a, struct problem *p) {
    struct making m = {.x = x, .by = by, .account = account, .password = "", .arena = a};
    enum status st = read_staff(n, a, &m, p);
    return st ? st : journal_write(x->journal, change_staff, &m, a, p);
}
