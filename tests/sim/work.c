// work.c - one turn: several senders ask for something at once, and hear an answer each.
#include <inttypes.h>
#include <string.h>

#include "sim.h"
#include "store/blob.h"

enum { ROUND_MAX = 6, BODY_MAX = 20000, DOCUMENT_MAX = 9000, PIECE_MAX = 6000, SENDERS = 3 };

static const struct sql ADD_ITEM =
    SQL("sim_item_add", "insert into sim_item (seq, token, part, parts, id, number, subject, body, personal,"
                        " document) values (:seq, :token, :part, :parts, :id, :number, :subject, :body,"
                        " :personal, :document)");
static const struct sql BLANK =
    SQL("sim_item_blank", "update sim_item set personal = '' where subject = :subject");
static const struct sql ADD_PLAIN = SQL("sim_plain_add", "insert into sim_plain (token) values (:token)");

// ---- events of the simulator's own

static enum status apply_written(struct db *db, const struct event *e) {
    if (event_int(e, "erased")) return DB_RUN(db, &BLANK, V_INT(event_int(e, "erased")));
    return DB_RUN(db, &ADD_ITEM, V_INT(e->seq), V_INT(event_int(e, "token")), V_INT(event_int(e, "part")),
                  V_INT(event_int(e, "parts")), V_INT(event_int(e, "id")), V_INT(event_int(e, "number")),
                  V_INT(e->subject), V_BYTES(event_bytes(e, "body")), V_TEXT(event_text(e, "personal")),
                  V_BYTES(event_bytes(e, "document")));
}

const struct event_type SIM_WRITTEN = {"sim_written", apply_written};

static void add_part(struct write *w, struct events *list, const struct item *i, int part) {
    uint8_t *body = arena_alloc(w->arena, i->body + 1);
    memset(body, (int)i->token, i->body);
    struct event_draft *d = events_add(list, &SIM_WRITTEN, i->id, i->subject);
    draft_int(d, "token", i->token);
    draft_int(d, "part", part);
    draft_int(d, "parts", i->parts);
    draft_int(d, "id", i->id);
    draft_int(d, "number", i->number);
    draft_bytes(d, "body", (struct bytes){body, i->body});
    if (i->has_document) draft_bytes(d, "document", (struct bytes){i->document.name.b, HASH_BYTES});
    if (i->subject) draft_personal_text(d, "personal", text_printf(w->arena, "person of %" PRId64, i->token));
}

static enum status erase(struct write *w, int64_t subject) {
    enum status st = write_subject_erase(w, 0, subject);
    if (st) return st;
    struct events *list = events_new(w->arena);
    draft_int(events_add(list, &SIM_WRITTEN, subject, 0), "erased", subject);
    return write_events(w, 0, list);
}

static enum status write_item(struct write *w, void *argument, struct problem *p) {
    struct item *i = argument;
    enum status st = STATUS_OK;
    i->id = write_id(w);
    i->number = write_counter(w, T("sim"));
    if (i->makes_subject) {
        i->subject = i->id;
        st = write_subject(w, i->subject);
    }
    struct events *list = events_new(w->arena);
    for (int part = 1; part <= i->parts; part++) add_part(w, list, i, part);
    if (!st) st = write_events(w, 0, list);
    if (!st && i->erases) st = erase(w, i->subject);
    if (!st && i->is_failing) st = problem(p, "", "sim_fails", "problem.sim");
    return st;
}

static enum status write_plain(struct db *tx, void *argument) {
    const struct item *i = argument;
    enum status st = DB_RUN(tx, &ADD_PLAIN, V_INT(i->token));
    return st ? st : i->is_failing ? STATUS_INVALID : STATUS_OK;
}

// ---- answers

static enum heard heard_of(const struct history *h, enum status st) {
    if (!st) return HEARD_KEPT;
    // Nobody hears an answer from a machine without power.
    return st == STATUS_UNCERTAIN || !h->world.is_on ? HEARD_UNCERTAIN : HEARD_FAILED;
}

static void item_answered(struct history *h, struct item *i, enum status st) {
    i->heard = heard_of(h, st);
    world_say(&h->world, "item %" PRId64 " (%d events%s): %s", i->token, i->parts,
              i->is_failing ? ", fails" : "", status_name(st));
    if (i->heard != HEARD_KEPT) return;
    h->kept++;
    if (i->is_failing) history_fails(h, "item %" PRId64 " decided to fail and was acknowledged", i->token);
    if (i->kind == ITEM_PLAIN) return;
    if (i->id <= h->id_max) history_fails(h, "identifier %" PRId64 " was given twice", i->id);
    if (i->number <= h->number_max) history_fails(h, "number %" PRId64 " was given twice", i->number);
    h->id_max = i->id;
    h->number_max = i->number;
    if (i->makes_subject && !i->erases) *ARENA_PUSH(&h->arena, &h->subjects) = i->subject;
    if (i->erases) *ARENA_PUSH(&h->arena, &h->erased) = i->subject;
}

// ---- documents

static bool document_made(struct history *h, const struct key *k, struct blob_info *out) {
    struct world *w = &h->world;
    struct blob_writer *b = NULL;
    size_t n = chance_number(w, DOCUMENT_MAX);
    uint8_t content[DOCUMENT_MAX];
    env_random(&w->env, content, n);
    enum status st = blob_create(h->rooms.store, k, DOCUMENT_MAX, &b);
    if (!st) st = blob_write(b, (struct bytes){content, n});
    if (!st)
        st = blob_finish(&b, out);
    else
        blob_abort(&b);
    world_say(w, "document of %zu bytes: %s", n, status_name(st));
    if (!st) *ARENA_PUSH(&h->arena, &h->documents) = out->name;
    return !st;
}

static void send_piece(struct history *h) {
    struct upload u;
    struct sent_upload *s = &h->upload;
    uint8_t piece[PIECE_MAX];
    size_t n = 1 + chance_number(&h->world, PIECE_MAX);
    if (s->is_over) return;
    if (!s->token[0]) snprintf(s->token, sizeof s->token, "upload-token-%016" PRIx64, h->seed);
    if (upload_open(h->rooms.store, text_of(s->token), BLOB_BYTES_MAX, &u)) return;
    if (u.offset < s->kept || u.offset > s->sent)
        history_fails(h, "upload continues at %" PRId64 ", acknowledged were %" PRId64, u.offset, s->kept);
    memset(piece, 'u', n);
    s->sent = u.offset + (int64_t)n;
    enum status st = upload_append(&u, u.offset, (struct bytes){piece, n});
    world_say(&h->world, "piece of %zu bytes: %s", n, status_name(st));
    if (!st) s->kept = u.offset;
    if (st || chance_number(&h->world, 3)) {
        upload_close(&u);
        return;
    }
    struct key k = {{9}};
    struct blob_info info;
    s->is_over = true; // from here on nothing is promised but the document, once acknowledged
    st = upload_finish(&u, &k, &info);
    world_say(&h->world, "upload of %" PRId64 " bytes finished: %s", s->kept, status_name(st));
    if (!st) *ARENA_PUSH(&h->arena, &h->documents) = info.name;
}

// ---- items

static void choose_subject(struct history *h, struct item *i) {
    struct world *w = &h->world;
    uint64_t how = chance_number(w, 8);
    i->makes_subject = how == 0;
    if (how > 2 || !h->subjects.count || i->makes_subject) return;
    size_t at = chance_number(w, h->subjects.count);
    i->subject = h->subjects.items[at];
    i->erases = how == 1;
    if (i->erases) h->subjects.items[at] = h->subjects.items[--h->subjects.count];
}

static struct item *item_new(struct history *h, enum item_kind kind) {
    struct world *w = &h->world;
    struct item *i = ARENA_NEW(&h->arena, struct item);
    *ARENA_PUSH(&h->arena, &h->items) = i;
    i->token = (int64_t)h->items.count;
    i->kind = kind;
    i->is_failing = chance_number(w, 6) == 0;
    h->commands++;
    if (kind == ITEM_PLAIN) return i;
    i->parts = 1 + (int)chance_number(w, 3);
    i->body = chance_number(w, chance_number(w, 8) ? 300 : BODY_MAX);
    if (chance_number(w, 10) == 0) {
        struct key k = {{7}};
        i->has_document = document_made(h, &k, &i->document);
    }
    choose_subject(h, i);
    return i;
}

struct plain_job {
    struct history *history;
    struct item *item;
};

static enum status run_plain(struct db *tx, void *arg) {
    return write_plain(tx, ((struct plain_job *)arg)->item);
}

static void plain_done(void *arg, enum status st) {
    struct plain_job *job = arg;
    item_answered(job->history, job->item, st);
}

// Queued now, done with what comes next: the same batch holds jobs of several kinds.
static void queue_plain(struct history *h) {
    struct plain_job *job = ARENA_NEW(&h->arena, struct plain_job);
    *job = (struct plain_job){h, item_new(h, ITEM_PLAIN)};
    enum status st = store_write_async(h->rooms.store, run_plain, job, plain_done);
    if (st) item_answered(h, job->item, st);
}

static void own_round(struct history *h) {
    struct journal_request list[ROUND_MAX];
    struct item *items[ROUND_MAX];
    size_t n = 1 + chance_number(&h->world, ROUND_MAX);
    for (size_t k = 0; k < n; k++) {
        items[k] = item_new(h, ITEM_EVENTS);
        list[k] = (struct journal_request){.fn = write_item, .argument = items[k], .answer = &h->arena};
    }
    journal_write_each(h->rooms.journal, list, n);
    for (size_t k = 0; k < n; k++) item_answered(h, items[k], list[k].status);
}

// ---- the real commands

static struct actor applicant(int which) {
    return (struct actor){.account = 900001 + which,
                          .kind = ACTOR_APPLICANT,
                          .roles = {T("applicant")},
                          .role_count = 1,
                          .language = T("en"),
                          .second_factor = true};
}

static struct actor officer(const struct history *h) {
    return (struct actor){.account = h->origin->officer,
                          .kind = ACTOR_STAFF,
                          .roles = {T("officer")},
                          .role_count = 1,
                          .unit = T("North"),
                          .language = T("en"),
                          .second_factor = true};
}

static struct bytes names(struct history *h) {
    struct answers list = {.arena = &h->arena};
    if (answers_set(&list, T("family_name"), T("Hosseini")) ||
        answers_set(&list, T("given_names"), text_printf(&h->arena, "Maryam %" PRId64, h->commands)))
        abort();
    return answers_encode(&h->arena, &list);
}

static int64_t some_case(struct history *h) {
    size_t own = h->cases.count, at = chance_number(&h->world, own + 3);
    return at < own    ? h->cases.items[at].case_id
           : at == own ? h->origin->open_case
                       : h->origin->drafts[at - own - 1];
}

static void add_document(struct history *h, struct command *c) {
    struct key k;
    struct problem p;
    struct actor a = applicant(0);
    *c = (struct command){.kind = COMMAND_ADD_DOCUMENT, .case_id = c->case_id};
    if (cases_upload_key(h->rooms.cases, &a, c->case_id, &k, &p) ||
        !document_made(h, &k, &c->add_document.blob))
        c->kind = COMMAND_READ_MESSAGE; // of a message that is not there
    if (c->kind == COMMAND_READ_MESSAGE) return;
    c->add_document.kind = T("passport");
    c->add_document.title = T("passport.pdf");
    c->add_document.media = T("application/pdf");
}

static struct actor choose_command(struct history *h, struct command *c) {
    *c = (struct command){.case_id = some_case(h)};
    switch (chance_number(&h->world, 8)) {
    case 0:
        c->kind = COMMAND_START_APPLICATION;
        c->case_id = 0;
        c->start_application = (struct start_application){T("en"), T("blue door")};
        return applicant((int)chance_number(&h->world, 2));
    case 1:
    case 2:
        c->kind = COMMAND_SAVE_ANSWERS;
        c->save_answers = (struct save_answers){.section = T("names"), .answers = names(h)};
        return applicant(0);
    case 3: add_document(h, c); return applicant(0);
    case 4:
        c->kind = COMMAND_SUBMIT_APPLICATION;
        c->submit_application.notice_version = T("1");
        return applicant(0);
    case 5:
        c->kind = COMMAND_SEND_MESSAGE;
        c->send_message.body = T("When will I hear from you?");
        return applicant(0);
    case 6:
        c->kind = COMMAND_ADD_NOTE;
        c->add_note.body = T("The harbour register was asked.");
        return officer(h);
    default:
        c->kind = COMMAND_REQUEST_DOCUMENT;
        c->request_document = (struct request_document){T("passport"), T("A copy is enough.")};
        return officer(h);
    }
}

static void command_answered(struct history *h, const struct command *c, enum status st,
                             const struct command_result *r, const struct problem *p) {
    world_say(&h->world, "command %d on case %" PRId64 ": %s %s", c->kind, c->case_id, status_name(st),
              st && p->rule ? p->rule : "");
    if (st) return;
    h->kept++;
    *ARENA_PUSH(&h->arena, &h->cases) = (struct kept_case){r->case_id, r->version};
}

static void commands_round(struct history *h) {
    struct cases_request list[SENDERS];
    struct command commands[SENDERS];
    struct actor actors[SENDERS];
    size_t n = 1 + chance_number(&h->world, SENDERS);
    for (size_t k = 0; k < n; k++) {
        actors[k] = choose_command(h, &commands[k]);
        list[k] = (struct cases_request){.actor = &actors[k], .command = &commands[k], .answer = &h->arena};
    }
    h->commands += (int64_t)n;
    cases_do_each(h->rooms.cases, list, n);
    for (size_t k = 0; k < n; k++)
        command_answered(h, &commands[k], list[k].status, &list[k].result, &list[k].problem);
}

// All or none: the second may be impossible.
static void bulk(struct history *h) {
    struct command commands[2];
    struct problem p = {0};
    struct actor a = officer(h);
    for (int k = 0; k < 2; k++)
        commands[k] = (struct command){.kind = COMMAND_ADD_NOTE,
                                       .case_id = k ? some_case(h) : h->origin->open_case,
                                       .add_note = {T("Seen at the round.")}};
    h->commands++;
    enum status st = cases_do_all(h->rooms.cases, &a, commands, 2, &h->arena, &p);
    world_say(&h->world, "bulk: %s", status_name(st));
}

static void tick(struct history *h) {
    size_t done = 0;
    enum status st = cases_tick(h->rooms.cases, 20, &done);
    world_say(&h->world, "tick: %zu done, %s", done, status_name(st));
}

static void read_something(struct history *h) {
    struct work_list list = {0};
    struct problem p = {0};
    struct actor a = applicant(0);
    enum status st = cases_own(h->rooms.cases, &a, &h->arena, &list, &p);
    world_say(&h->world, "own cases: %zu, %s", list.count, status_name(st));
}

static void sweep(struct history *h) {
    int64_t removed = 0;
    enum status st = upload_sweep(h->rooms.store, UPLOAD_AGE_MS_MAX, &removed);
    world_say(&h->world, "%" PRId64 " uploads swept, %s", removed, status_name(st));
    if (st || removed) h->upload.is_over = true;
}

static void pass_time(struct history *h) {
    struct world *w = &h->world;
    int64_t ms = (int64_t)chance_number(w, 10000);
    uint64_t how = chance_number(w, 40);
    if (how == 0) ms = -(int64_t)chance_number(w, 2 * 86400000); // somebody set the clock
    if (how == 1) ms = (int64_t)chance_number(w, INT64_C(60) * 86400000);
    w->drawn.at.ms += ms;
}

void work_turn(struct history *h) {
    struct world *w = &h->world;
    pass_time(h);
    for (uint64_t n = chance_number(w, 3); n; n--) queue_plain(h);
    switch (chance_number(w, 15)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4: own_round(h); break;
    case 5:
    case 6:
    case 7:
    case 8: commands_round(h); break;
    case 9: bulk(h); break;
    case 10: send_piece(h); break;
    case 11:
    case 12:
    case 13: registers_turn(h); break;
    default:
        switch (chance_number(w, 3)) {
        case 0: tick(h); break;
        case 1: sweep(h); break;
        default: read_something(h);
        }
    }
    while (store_turn(h->rooms.store)) {
    }
}
