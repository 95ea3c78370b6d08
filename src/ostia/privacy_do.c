// privacy_do.c - the work of `ostia privacy`: what is due, holds, receipts, access, keys, evidence.
#include <string.h>

#include "base/encode.h"
#include "ostia/privacy.h"

enum { LINES_MAX = 100000 }; // of one list: who has more asks again when these are done

static int end(struct arena *a, enum status st, const struct problem *p, FILE *out) {
    int exit_code = st ? say_problem(out, st, p) : EXIT_DONE;
    arena_free(a);
    return exit_code;
}

// Who called was told why.
static int refused(struct arena *a) {
    arena_free(a);
    return EXIT_WRONG;
}

static bool read_case(const struct call *c, int64_t *own, struct problem *p) {
    if (text_int(text_of(c->arguments[0]), own) && *own > 0) return true;
    (void)problem(p, "case", "case", "problem.privacy.case");
    return false;
}

static void say_day(struct arena *a, FILE *out, struct date d) {
    fprintf(out, TEXT_FMT, TEXT_ARG(d.year ? date_print(a, d) : T("-")));
}

static void say_hex(struct arena *a, FILE *out, struct bytes b) {
    fprintf(out, TEXT_FMT, TEXT_ARG(hex_encode(a, b)));
}

// ---- deletion

int privacy_due_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct privacy_reader by;
    struct privacy_dues due;
    size_t held = 0;
    if (!privacy_caller(h, c, PRIVACY_FOR_OPERATION, &a, &by, out)) return refused(&a);
    enum status st = privacy_dues(h->privacy, &by, LINES_MAX, &a, &due, &p);
    for (size_t i = 0; i < due.count && !st; i++) {
        const struct privacy_due *d = &due.items[i];
        say_day(&a, out, d->delete_after);
        fprintf(out, " %s ", d->is_held ? "held" : "due ");
        say_hex(&a, out, (struct bytes){d->mapping, sizeof d->mapping});
        fprintf(out, "\n");
        held += d->is_held;
    }
    if (!st) fprintf(out, "%zu due, %zu of them held\n", due.count, held);
    return end(&a, st, &p, out);
}

int privacy_delete_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct privacy_reader by;
    size_t deleted = 0;
    if (!privacy_caller(h, c, PRIVACY_FOR_OPERATION, &a, &by, out)) return refused(&a);
    enum status st = privacy_delete_due(h->privacy, &by, SIZE_MAX, &deleted, &p);
    fprintf(out, "%zu mappings were erased\n", deleted);
    return end(&a, st, &p, out);
}

int privacy_receipts_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct privacy_reader by;
    struct privacy_receipts all;
    size_t missing = 0;
    if (!privacy_caller(h, c, PRIVACY_FOR_OPERATION, &a, &by, out)) return refused(&a);
    enum status st = privacy_receipts(h->privacy, &by, !call_has(c, "all"), LINES_MAX, &a, &all, &p);
    for (size_t i = 0; i < all.count && !st; i++) {
        const struct privacy_receipt *r = &all.items[i];
        say_hex(&a, out, channel_bytes(&r->name));
        fprintf(out, " authority %u asked ", r->authority);
        say_day(&a, out, r->asked_on);
        fprintf(out, " erased ");
        say_day(&a, out, r->erased_on);
        fprintf(out, "\n");
        missing += !r->erased_on.year;
    }
    if (!st) fprintf(out, "%zu receipts are missing\n", missing);
    return end(&a, st, &p, out);
}

// ---- two people

static int ask(struct house *h, const struct call *c, enum privacy_wish wish, struct date until, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct privacy_reader by;
    int64_t own = 0, number = 0;
    if (!privacy_caller(h, c, PRIVACY_FOR_COURT, &a, &by, out)) return refused(&a);
    enum status st = wish == PRIVACY_LEAVE || read_case(c, &own, &p) ? STATUS_OK : STATUS_INVALID;
    if (!st) st = privacy_ask(h->privacy, &by, wish, own, until, &number, &p);
    if (!st)
        fprintf(out, "request %lld: another operator must confirm it within %d days\n", (long long)number,
                PRIVACY_ASK_DAYS);
    return end(&a, st, &p, out);
}

int privacy_hold_perform(struct house *h, const struct call *c, FILE *out) {
    struct date until = {0};
    const char *typed = call_option(c, "until");
    struct problem p = {0};
    if (!typed || date_parse(text_of(typed), &until) || !date_is_full(until))
        return say_problem(out, problem(&p, "until", "until", "problem.privacy.until"), &p);
    return ask(h, c, PRIVACY_HOLD, until, out);
}

int privacy_release_perform(struct house *h, const struct call *c, FILE *out) {
    return ask(h, c, PRIVACY_RELEASE, (struct date){0}, out);
}

int privacy_erase_perform(struct house *h, const struct call *c, FILE *out) {
    return ask(h, c, PRIVACY_ERASE, (struct date){0}, out);
}

int privacy_leave_perform(struct house *h, const struct call *c, FILE *out) {
    return ask(h, c, PRIVACY_LEAVE, (struct date){0}, out);
}

int privacy_confirm_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct privacy_reader by;
    int64_t number;
    if (!privacy_caller(h, c, PRIVACY_FOR_COURT, &a, &by, out)) return refused(&a);
    enum status st = text_int(text_of(c->arguments[0]), &number)
                         ? STATUS_OK
                         : problem(&p, "request", "ask_unknown", "problem.privacy.ask_unknown");
    if (!st) st = privacy_confirm(h->privacy, &by, number, &p);
    if (!st) fprintf(out, "request %lld is confirmed\n", (long long)number);
    return end(&a, st, &p, out);
}

static const char *wish_name(enum privacy_wish wish) {
    static const char *const NAMES[] = {[PRIVACY_HOLD] = "hold",
                                        [PRIVACY_RELEASE] = "release",
                                        [PRIVACY_ERASE] = "erase",
                                        [PRIVACY_LEAVE] = "leave"};
    return NAMES[wish];
}

int privacy_requests_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct privacy_reader by;
    struct privacy_asks all;
    if (!privacy_caller(h, c, PRIVACY_FOR_OPERATION, &a, &by, out)) return refused(&a);
    enum status st = privacy_asks(h->privacy, &by, &a, &all, &p);
    for (size_t i = 0; i < all.count && !st; i++) {
        const struct privacy_asked *r = &all.items[i];
        fprintf(out, "%lld %s until ", (long long)r->ask, wish_name(r->wish));
        say_day(&a, out, r->until);
        fprintf(out, ", asked by " TEXT_FMT " (" TEXT_FMT "), ", TEXT_ARG(r->asked_by), TEXT_ARG(r->ground));
        if (r->is_confirmed)
            fprintf(out, "confirmed by " TEXT_FMT "\n", TEXT_ARG(r->confirmed_by));
        else
            fprintf(out, "waits for a second person\n");
    }
    return end(&a, st, &p, out);
}

// ---- a person's rights

static void say_mapping(struct arena *a, FILE *out, const struct privacy_mapping *m) {
    say_hex(a, out, channel_bytes(&m->channel));
    fprintf(out, " %s%s, since " TEXT_FMT ", erased after ", m->state == PRIVACY_OPEN ? "open" : "closed",
            m->is_restricted ? ", restricted" : "", TEXT_ARG(moment_print(a, m->opened_at)));
    say_day(a, out, m->delete_after);
    fprintf(out, ", authorities");
    for (size_t i = 0; i < m->member_count; i++) fprintf(out, " %u", m->members[i]);
    fprintf(out, ", " TEXT_FMT "\n", TEXT_ARG(m->ground));
}

static void say_evidence(struct arena *a, FILE *out, const struct privacy_evidence *e) {
    fprintf(out, "%lld " TEXT_FMT " %s by " TEXT_FMT, (long long)e->seq, TEXT_ARG(moment_print(a, e->at)),
            e->act, TEXT_ARG(e->who.n ? e->who : T("(forgotten)")));
    if (e->ground.n) fprintf(out, " (" TEXT_FMT ")", TEXT_ARG(e->ground));
    fprintf(out, "\n");
}

int privacy_access_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct privacy_reader by;
    struct privacy_mappings all = {0};
    struct privacy_evidences evidence = {0};
    int64_t own = 0;
    if (!privacy_caller(h, c, PRIVACY_FOR_ACCESS, &a, &by, out)) return refused(&a);
    enum status st = read_case(c, &own, &p) ? STATUS_OK : STATUS_INVALID;
    if (!st) st = privacy_channels_of(h->privacy, &by, own, &a, &all, &p);
    if (st == STATUS_NOT_FOUND) (void)problem(&p, "case", "unknown", "problem.privacy.unknown");
    if (!st) st = privacy_evidence_of(h->privacy, &by, own, LINES_MAX, &a, &evidence, &p);
    for (size_t i = 0; i < all.count && !st; i++) say_mapping(&a, out, &all.items[i]);
    for (size_t i = 0; i < evidence.count && !st; i++) say_evidence(&a, out, &evidence.items[i]);
    for (size_t i = 0; i < all.count; i++) privacy_mapping_wipe(&all.items[i]);
    return end(&a, st, &p, out);
}

int privacy_restrict_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct privacy_reader by;
    int64_t own = 0;
    if (!privacy_caller(h, c, PRIVACY_FOR_ACCESS, &a, &by, out)) return refused(&a);
    enum status st = read_case(c, &own, &p) ? STATUS_OK : STATUS_INVALID;
    if (!st) st = privacy_restrict(h->privacy, &by, own, !call_has(c, "end"), &p);
    if (!st)
        fprintf(out, "%s\n", call_has(c, "end") ? "the restriction has ended" : "the case is restricted");
    return end(&a, st, &p, out);
}

// ---- keys and evidence

int privacy_rotate_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct privacy_reader by;
    int64_t days;
    if (!call_number(c, "keep", PRIVACY_BACKUP_DAYS, 0, PRIVACY_BACKUP_DAYS_MAX, &days, out))
        return EXIT_USAGE;
    if (!privacy_caller(h, c, PRIVACY_FOR_OPERATION, &a, &by, out)) return refused(&a);
    enum status st = privacy_renew_key(h->privacy, &by, (int)days, &p);
    if (!st && days)
        fprintf(out, "all rows have a new key; backups made before open for another %lld days\n",
                (long long)days);
    if (!st && !days) fprintf(out, "all rows have a new key; no backup made before can be opened any more\n");
    return end(&a, st, &p, out);
}

static enum status list_evidence(struct house *h, const struct privacy_reader *by, FILE *out,
                                 struct problem *p) {
    enum { PAGE = 1000 };
    struct arena a = {0};
    struct privacy_evidences page;
    int64_t after = 0;
    enum status st;
    do {
        arena_reset(&a);
        st = privacy_evidence_list(h->privacy, by, after, PAGE, &a, &page, p);
        for (size_t i = 0; i < page.count && !st; i++) {
            say_evidence(&a, out, &page.items[i]);
            after = page.items[i].seq;
        }
    } while (!st && page.count == PAGE);
    arena_free(&a);
    return st;
}

int privacy_audit_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct privacy_reader by;
    struct privacy_audit audit = {0};
    if (!privacy_caller(h, c, PRIVACY_FOR_SUPERVISION, &a, &by, out)) return refused(&a);
    enum status st = call_has(c, "list") ? list_evidence(h, &by, out, &p) : STATUS_OK;
    if (!st) st = privacy_audit(h->privacy, &audit);
    if (st) return end(&a, st, &p, out);
    fprintf(out, "%lld entries, head ", (long long)audit.entries);
    say_hex(&a, out, hash_bytes(&audit.head));
    fprintf(out, "\n");
    if (audit.wrong) fprintf(out, "entry %lld is not what it was\n", (long long)audit.wrong);
    arena_free(&a);
    return audit.wrong ? EXIT_WRONG : EXIT_DONE;
}
