// door.c - asking the limits before a secret is looked at, and telling them how it went.
#include <inttypes.h>

#include "access/internal.h"

enum status door_ask_source(struct access *x, const struct source *from, struct arena *a, struct problem *p) {
    int64_t wait;
    enum status st = limits_wait(x, "source", from->address, &wait);
    return st ? st : wait ? problem_wait(p, "", a, wait) : STATUS_OK;
}

enum status door_ask(struct access *x, const struct source *from, const char *space, struct text key,
                     struct arena *a, struct problem *p) {
    enum status st = from ? door_ask_source(x, from, a, p) : STATUS_OK;
    int64_t wait = 0;
    if (!st) st = limits_take(x, space, key, &wait);
    return st ? st : wait ? problem_wait(p, "", a, wait) : STATUS_OK;
}

struct delayed {
    int64_t account;
    const char *space;
    int64_t failures;
};

static enum status record_delayed(struct write *w, void *argument, struct problem *p) {
    (void)p;
    struct delayed *d = argument;
    struct events *list = events_new(w->arena);
    struct event_draft *e = events_add(list, &SIGN_IN_DELAYED, d->account, 0);
    draft_text(e, "door", text_of(d->space));
    draft_int(e, "failures", d->failures);
    return write_events(w, 0, list);
}

void door_failed_source(struct access *x, const struct source *from) {
    enum status st = limits_failed(x, "source", from->address);
    (void)st; // the refusal stands whether or not it could be counted
}

void door_failed(struct access *x, const struct source *from, const char *space, struct text key,
                 int64_t account) {
    int64_t failures;
    enum status st = limits_failures(x, space, key, &failures);
    door_failed_source(x, from);
    // At 4, 8, 16 ...: the log cannot be filled by knocking. Unknown names leave the same event (stream 0),
    // so that the time of the answer tells nothing.
    if (st || failures < 4 || (failures & (failures - 1))) return;
    struct delayed d = {account, space, failures};
    struct arena a = {0};
    st = journal_write(x->journal, record_delayed, &d, &a, NULL);
    (void)st; // the refusal stands whether or not it could be recorded
    arena_free(&a);
}

void door_passed(struct access *x, const char *space, struct text key) {
    access_limit_passed(x, space, key);
}

struct text door_account_key(struct arena *a, int64_t account) {
    return text_printf(a, "account:%" PRId64, account);
}

enum status door_try_code(struct access *x, const struct source *from, enum challenge_purpose purpose,
                          struct text challenge, struct text code, struct arena *a, struct challenge *out,
                          struct problem *p) {
    bool fits = false;
    enum status st = door_ask_source(x, from, a, p);
    if (!st) st = challenge_try(x, purpose, challenge, code, a, out, &fits);
    if (st == STATUS_EXPIRED) return problem_code_expired(p);
    if (st) return st;
    if (fits) return STATUS_OK;
    door_failed_source(x, from);
    return problem_code_wrong(p);
}
