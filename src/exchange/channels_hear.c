// channels_hear.c - what came is brought to our case, once: the row that says so is written with the event of
// our log, and taken back in the transaction of the command that it becomes.
#include "base/cbor.h"
#include "base/log.h"
#include "cases/cases.h"
#include "exchange/channels_inside.h"

static const char KIND[] = "heard.event";
enum { HEARD_FIELDS = 7 };

// Only numbers of the law: what was said lies sealed in the note.
enum status hear_later(struct write *w, const struct channel_ask *of, const struct channel_item *item,
                       const uint16_t answered[2]) {
    struct out o = {.arena = w->arena};
    cbor_array(&o, HEARD_FIELDS);
    cbor_int(&o, item->type_number);
    cbor_int(&o, item->code ? item->code->number : 0);
    cbor_int(&o, item->at.ms);
    cbor_int(&o, item->due.ms);
    cbor_int(&o, of->is_restricted);
    cbor_int(&o, answered[0]);
    cbor_int(&o, answered[1]);
    struct outbox_item row = {.key = text_printf(w->arena, "heard:%016lld", (long long)w->last),
                              .kind = text_of(KIND),
                              .about = of->own,
                              .payload = bytes_of(out_done(&o)),
                              .due = w->now};
    return outbox_add(w->db, &row);
}

struct heard {
    struct text key;
    struct command command;
    bool was_restricted;
};

static bool read_heard(const struct outbox_row *row, struct heard *out) {
    struct cbor_reader r = cbor_reader(row->item.payload);
    struct cbor_item item;
    int64_t values[HEARD_FIELDS];
    if (cbor_next(&r, &item) || item.kind != CBOR_ARRAY || item.integer != HEARD_FIELDS) return false;
    for (size_t i = 0; i < HEARD_FIELDS; i++) {
        if (cbor_next(&r, &item) || item.kind != CBOR_INT) return false;
        values[i] = item.integer;
    }
    *out = (struct heard){.key = row->item.key,
                          .was_restricted = values[4] != 0,
                          .command = {.kind = COMMAND_HEAR_EVENT,
                                      .case_id = row->item.about,
                                      .hear_event = {.type = (uint16_t)values[0],
                                                     .code = (uint16_t)values[1],
                                                     .answers_type = (uint16_t)values[5],
                                                     .answers_code = (uint16_t)values[6],
                                                     .at = {values[2]},
                                                     .due = {values[3]}}}};
    return true;
}

// Another server may have been first, or this one before it lost power. Then the row is gone.
static enum status take_row(struct write *w, void *context, bool *is_done, struct problem *p) {
    const struct heard *h = context;
    (void)p;
    enum status st = outbox_forget(w->db, h->key);
    *is_done = st == STATUS_CONFLICT;
    return *is_done ? STATUS_OK : st;
}

static enum status after(struct write *w, void *context, const struct command_result *result) {
    (void)w, (void)context, (void)result;
    return STATUS_OK;
}

// While the case is restricted nothing is done with it but keeping it (GDPR Art. 18).
static enum status is_free(struct channels *x, const struct heard *h, struct arena *a) {
    struct channel_grounds *grounds = ARENA_NEW(a, struct channel_grounds);
    if (!h->was_restricted) return STATUS_OK;
    enum status st = x->o.book.of_case(x->o.book.context, h->command.case_id, grounds);
    for (size_t i = 0; i < grounds->count; i++) key_wipe(&grounds->items[i].key);
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static enum status hear_one(struct channels *x, struct heard *h, struct arena *a, struct problem *p) {
    const struct cases_around around = {h, take_row, after};
    const struct actor system = actor_system();
    struct command_result result;
    enum status st = is_free(x, h, a);
    return st ? st : cases_do_together(x->o.cases, &system, &h->command, 1, &around, a, &result, p);
}

// ---- what could not be brought

// Of an erased case nobody wants to hear; what the process cannot take an operator sees and lets try again.
static enum status put_off(struct channels *x, const struct outbox_row *row, enum status why,
                           const struct problem *p) {
    struct text rule = text_of(p->rule ? p->rule : "not_now");
    bool is_gone = why == STATUS_NOT_FOUND || text_eq(rule, T("case_erased"));
    bool is_wrong = why == STATUS_INVALID || why == STATUS_TOO_LARGE || why == STATUS_CORRUPT;
    if (is_wrong && !is_gone)
        log_line(LOG_ERROR, "exchange.not_heard", "key=\"" TEXT_FMT "\" rule=\"" TEXT_FMT "\"",
                 TEXT_ARG(row->item.key), TEXT_ARG(rule));
    return item_over(x, row->item.key,
                     is_gone    ? OUTBOX_DROPPED
                     : is_wrong ? OUTBOX_DEAD
                                : OUTBOX_WAITING,
                     pause_after(x, row->attempts), rule);
}

// ---- one round

// What is before it, and could not be brought yet, is heard first.
static enum status is_its_turn(struct db *db, const struct outbox_row *row, struct arena *a, bool *out) {
    struct text before;
    enum status st = outbox_before(db, T("heard"), row->item.about, row->item.key, a, &before);
    *out = st == STATUS_NOT_FOUND;
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static enum status hear_row(struct channels *x, struct db *db, const struct outbox_row *row, struct arena *a,
                            struct channels_round *out) {
    struct problem p = {0};
    struct heard h;
    bool is_turn;
    enum status st = is_its_turn(db, row, a, &is_turn);
    if (st || !is_turn) return st;
    enum status why = read_heard(row, &h) ? hear_one(x, &h, a, &p) : STATUS_CORRUPT;
    out->heard += !why;
    out->unheard += why != STATUS_OK;
    return why ? put_off(x, row, why, &p) : STATUS_OK;
}

enum status channels_hear(struct channels *x, struct channels_round *out) {
    struct arena a = {0};
    struct outbox_list due;
    struct db *db;
    if (!x->o.cases) return STATUS_OK;
    enum status st = store_reader(x->store, &db);
    if (st) return st;
    st = outbox_due(db, T("heard"), env_now(x->env), CHANNELS_ROUND_MAX, &a, &due);
    for (size_t i = 0; i < due.count && !st; i++) st = hear_row(x, db, &due.items[i], &a, out);
    store_reader_release(x->store, db);
    arena_free(&a);
    return st;
}
