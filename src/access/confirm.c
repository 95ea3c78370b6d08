// confirm.c - a factor given again inside an open session. What opens an account (contacts, password,
// factors, printed codes) may be changed only soon after one: a telephone left on the table must not cost the
// account.
#include "access/internal.h"

enum { OPEN = 1u << SESSION_OPEN };

static bool needs_second(const struct account_row *account) {
    return account_is_staff(account) || account_factors(account);
}

enum status factor_is_fresh(struct access *x, const struct actor *actor, struct problem *p) {
    struct db *db;
    struct session_own own;
    if (!actor->account) return STATUS_REFUSED;
    enum status st = reading_begin(x, &db);
    if (st) return st;
    st = session_own(db, actor->account, actor->session, &own);
    reading_end(x, db);
    if (st == STATUS_NOT_FOUND) return problem_sign_in_over(p);
    // Somebody who sets up their first factors has none to give again; that session is short.
    if (st || own.state == SESSION_ENROL) return st;
    if (env_now(x->env).ms - own.factor_at.ms <= x->options.fresh_ms) return STATUS_OK;
    if (p) *p = (struct problem){.field = "", .rule = "factor_stale", .text_key = "problem.factor.stale"};
    return STATUS_EXPIRED;
}

enum status session_confirm_ways(struct access *x, struct text token, struct arena *a,
                                 struct confirm_ways *out) {
    struct holder h;
    enum status st = holder_find(x, NULL, token, OPEN, a, &h, NULL);
    if (st) return st;
    unsigned factors = account_factors(&h.account);
    if (h.account.recovery_codes) factors |= FACTOR_RECOVERY;
    *out = (struct confirm_ways){
        .has_password = h.account.password.n > 0,
        .needs_second = needs_second(&h.account),
        .printed_code_is_enough = h.account.recovery_codes && !account_is_staff(&h.account),
        .factors = factors,
    };
    return STATUS_OK;
}

static enum status check_password(struct opening *o, const struct holder *h, struct text password,
                                  struct problem *p) {
    bool fits;
    enum status st = hasher_verify(o->x->hasher, o->x->store, h->account.password, password, &fits);
    o->password = h->account.password;
    if (st || fits) return st;
    door_failed(o->x, o->from, "second", h->limit_key, h->account.id);
    return problem(p, "password", "password_wrong", "problem.password.current");
}

enum status session_confirm(struct access *x, const struct source *from, struct text token,
                            const struct confirmation *given, struct arena *a, struct problem *p) {
    struct holder h;
    enum status st = holder_find(x, from, token, OPEN, a, &h, p);
    if (st) return st;
    // A printed code signs applicants in alone; so it confirms alone.
    bool is_by_sheet = given->factor == FACTOR_RECOVERY && !account_is_staff(&h.account);
    struct opening o = {.x = x,
                        .from = from,
                        .account = h.account.id,
                        .way = is_by_sheet ? WAY_RECOVERY : WAY_PASSWORD,
                        .token = token};
    if (!is_by_sheet) st = check_password(&o, &h, given->password, p);
    if (!st && (is_by_sheet || needs_second(&h.account)))
        st = factor_check(&o, &h, given->factor, given->challenge, given->code, a, p);
    if (st) return st;
    door_passed(x, "second", h.limit_key);
    return journal_write(x->journal, session_refresh, &o, a, p);
}

enum status session_confirm_passkey(struct access *x, const struct source *from, struct text token,
                                    struct text ceremony, struct text credential, struct arena *a,
                                    struct problem *p) {
    struct holder h;
    enum status st = holder_find(x, NULL, token, OPEN, a, &h, p);
    if (st) return st;
    struct opening o = {.x = x, .from = from, .account = h.account.id, .way = WAY_PASSKEY, .token = token};
    st = passkey_check(&o, ceremony, credential, true, a, p);
    return st ? st : journal_write(x->journal, session_refresh, &o, a, p);
}
