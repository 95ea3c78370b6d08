// read_file.c - the whole file of a case, part by part. Each part is a query and a function that reads one
// row.
#include <string.h>

#include "cases/reading.h"

static const struct sql HEAD =
    SQL("file_head", "select " CASE_HEAD ", c.channel_rule, c.phrase, c.registered_at, c.lodged_at,"
                     " c.decided_at, c.notified_at, c.closed_at, c.made_on, c.made_at_place, c.sections"
                     " from case_file c where c.case_id = :case");
static const struct sql PERSONS = SQL(
    "file_persons",
    "select person_id, role, family_name, given_names, latin_name, mrz_name, original_name, script, birth,"
    " birth_place, sex, nationalities, civil_status, is_stateless from person where case_id = :case"
    " order by position");
static const struct sql DOCUMENTS =
    SQL("file_documents",
        "select document_id, kind, title, media, sha256, scan, by_id, size, request_id, at, is_removed,"
        " thumbnail is not null, words is not null from document where case_id = :case order by document_id");
static const struct sql CLOCKS =
    SQL("file_clocks", "select clock_id, rule, owner, is_open, state from clock where case_id = :case"
                       " order by is_open desc, case when about <> 0 and owner = 'person' then 1 else 0 end,"
                       " due_at, clock_id");
static const struct sql MESSAGES =
    SQL("file_messages",
        "select message_id, from_person, by_id, body, at, read_at from message where case_id = :case"
        " order by message_id");
static const struct sql NOTES =
    SQL("file_notes", "select note_id, by_id, body, at from note where case_id = :case order by note_id");
static const struct sql LETTERS =
    SQL("file_letters",
        "select letter_id, kind, language, channel, code, sha256, issued_at, opened_at, delivered_at,"
        " replaced_at, size, blob is not null from letter where case_id = :case order by letter_id desc");
static const struct sql APPOINTMENTS =
    SQL("file_appointments",
        "select appointment_id, kind, place, interpreter, language, state, remote_reason, starts_at,"
        " minutes, is_remote from appointment where case_id = :case order by appointment_id desc");
static const struct sql REQUESTS =
    SQL("file_requests",
        "select request_id, kind, explanation, state, asked_at, due_at from request where case_id = :case"
        " order by request_id desc");
static const struct sql DECISIONS =
    SQL("file_decisions",
        "select decision_id, outcome, facts, evidence, assessment, legal_basis, suggestion, suggestion_view,"
        " state, proposed_by, signed_by, returned_by, return_reason, proposed_at, signed_at, notified_at,"
        " appeal_until, is_adverse from decision where case_id = :case order by decision_id desc");
static const struct sql INTERVIEWS =
    SQL("file_interviews",
        "select interview_id, record, present, corrections, refusal_reason, by_id, held_at, read_back_at,"
        " is_confirmed from interview where case_id = :case order by interview_id desc");
static const struct sql APPEALS =
    SQL("file_appeals",
        "select appeal_id, grounds, outcome, reasons, court_number, lodged_at, decided_at, asks_to_stay"
        " from appeal where case_id = :case order by appeal_id desc");
static const struct sql ERRORS =
    SQL("file_errors",
        "select report_id, what, correction, answer, state, at from error_report where case_id = :case"
        " order by report_id desc");
static const struct sql RIGHTS =
    SQL("file_rights", "select request_id, kind, words, answer, state, at, answered_at from right_request"
                       " where case_id = :case order by request_id desc");
static const struct sql NUMBERS =
    SQL("file_numbers", "select number, origin from file_number where case_id = :case order by number");

struct text case_light(struct moment due, struct moment now) {
    int64_t day = 86400000;
    if (!due.ms || due.ms >= DUE_NONE) return T("none");
    if (due.ms <= now.ms) return T("overdue");
    if (due.ms - now.ms <= 3 * day) return T("soon");
    return due.ms - now.ms <= 14 * day ? T("watch") : T("ok");
}

void case_head_read(struct reading *r, struct rows *q, struct work_row *h, bool with_person) {
    *h = (struct work_row){.case_id = row_int(q, 0), .version = row_int(q, 1), .case_no = row_copy(r, q, 2)};
    struct text family = row_text(q, 3), given = row_text(q, 4);
    if (with_person) {
        h->name = family.n && given.n ? TEXT_JOIN(r->arena, family, T(", "), given)
                                      : TEXT_JOIN(r->arena, family, given);
        h->latin_name = row_copy(r, q, 21);
        h->nationality = row_copy(r, q, 5);
        if (date_parse(row_text(q, 6), &h->birth)) h->birth = (struct date){0};
    }
    h->status = row_copy(r, q, 7);
    h->task = row_copy(r, q, 8);
    h->track = row_copy(r, q, 9);
    h->language = row_copy(r, q, 10);
    h->officer = row_int(q, 11);
    h->officer_name = case_reading_name(r, h->officer);
    h->made_at.ms = row_int(q, 12);
    h->changed_at.ms = row_int(q, 13);
    h->due.ms = row_int(q, 14) == DUE_NONE ? 0 : row_int(q, 14);
    h->due_kind = row_copy(r, q, 15);
    h->light = case_light(h->due, env_now(journal_env(r->cases->journal)));
    h->is_vulnerable = with_person && row_int(q, 16);
    h->is_minor = with_person && row_int(q, 17);
    h->is_paper = text_eq(row_text(q, 18), T("paper"));
    h->has_unread = row_int(q, 19) > 0;
    h->pack_version = row_int(q, 22);
    h->procedure = row_copy(r, q, 23);
}

static void read_head(struct reading *r, struct rows *q, struct case_file *f) {
    bool identity = case_reading_shows(r, "identity");
    case_head_read(r, q, &f->head, identity);
    f->channel = row_copy(r, q, 18);
    bool contact = case_reading_shows(r, "contact");
    int column = CASE_HEAD_COLUMNS;
    f->channel_rule = contact ? row_copy(r, q, column) : T(""); // tells of age, health or detention
    f->phrase = contact ? row_copy(r, q, column + 1) : T("");
    column += 2;
    f->pack_version = r->entry->version; // of a draft: that of today
    struct moment *moments[] = {&f->registered_at, &f->lodged_at, &f->decided_at, &f->notified_at,
                                &f->closed_at};
    for (int i = 0; i < 5; i++) moments[i]->ms = row_int(q, column++);
    f->made_on = row_copy(r, q, column++);
    f->made_at_place = identity ? row_copy(r, q, column) : T("");
    f->sections_done = row_copy(r, q, column + 1);
    f->procedure = f->head.procedure;
    f->process = pack_procedure(r->entry->pack);
}

typedef void row_fn(struct reading *r, struct rows *q, struct case_file *f);

static void read_person(struct reading *r, struct rows *q, struct case_file *f) {
    struct person_view *v = ARENA_PUSH(r->arena, &f->persons);
    struct text *texts[] = {&v->role,     &v->family_name,   &v->given_names, &v->latin_name,
                            &v->mrz_name, &v->original_name, &v->script};
    v->person = row_int(q, 0);
    for (int i = 0; i < 7; i++) *texts[i] = row_copy(r, q, 1 + i);
    if (date_parse(row_text(q, 8), &v->birth)) v->birth = (struct date){0};
    v->birth_place = row_copy(r, q, 9);
    v->sex = row_copy(r, q, 10);
    v->nationalities = row_copy(r, q, 11);
    v->civil_status = row_copy(r, q, 12);
    v->is_stateless = row_int(q, 13) != 0;
}

static void read_document(struct reading *r, struct rows *q, struct case_file *f) {
    if (!case_reading_shows(r, document_class(r->entry->pack, row_text(q, 1)))) return;
    struct document_view *v = ARENA_PUSH(r->arena, &f->documents);
    struct text *texts[] = {&v->kind, &v->title, &v->media, &v->sha256, &v->scan};
    v->document = row_int(q, 0);
    for (int i = 0; i < 5; i++) *texts[i] = row_copy(r, q, 1 + i);
    v->by_name = case_reading_name(r, row_int(q, 6));
    v->size = row_int(q, 7);
    v->request = row_int(q, 8);
    v->at.ms = row_int(q, 9);
    v->is_removed = row_int(q, 10) != 0;
    v->has_thumbnail = row_int(q, 11) != 0;
    v->has_text = row_int(q, 12) != 0;
}

static const char *mark_word(enum deadline_mark m) {
    static const char *const WORDS[] = {"V", "V2", "M", "N"};
    return WORDS[m];
}

static void read_clock(struct reading *r, struct rows *q, struct case_file *f) {
    struct clock c;
    struct moment now = env_now(journal_env(r->cases->journal));
    if (clock_decode(row_bytes(q, 4), &c)) return;
    struct clock_view *v = ARENA_PUSH(r->arena, &f->clocks);
    v->clock = row_int(q, 0);
    v->deadline = row_copy(r, q, 1);
    v->owner = row_copy(r, q, 2);
    v->starts = c.trigger;
    v->due = c.due;
    v->ended = c.is_stopped ? c.stopped_at : (struct moment){0};
    int64_t whole = c.due.ms - c.trigger.ms, gone = now.ms - c.trigger.ms;
    v->percent = whole <= 0 || gone >= whole ? 100 : gone < 0 ? 0 : (int)(gone * 100 / whole);
    v->light = row_int(q, 3) && !c.is_suspended ? case_light(c.due, now) : T("none");
    const struct deadline_rule *rule = clock_rule(r->entry->pack, v->deadline, &c, r->cases->zone);
    if (!rule) return;
    v->article = rule->article;
    v->mark = text_of(mark_word(rule->mark));
    v->effect = rule->effect_key;
    v->state = text_of(clock_state_name(deadline_state(rule, &c, now)));
    v->can_extend = row_int(q, 3) && rule->extension_count;
    v->can_suspend = row_int(q, 3) && rule->can_suspend;
}

static void read_message(struct reading *r, struct rows *q, struct case_file *f) {
    *ARENA_PUSH(r->arena, &f->messages) =
        (struct message_view){.message = row_int(q, 0),
                              .from_person = row_int(q, 1) != 0,
                              .by_name = case_reading_name(r, row_int(q, 2)),
                              .body = row_copy(r, q, 3),
                              .at = {row_int(q, 4)},
                              .read_at = {row_int(q, 5)}};
}

static void read_note(struct reading *r, struct rows *q, struct case_file *f) {
    *ARENA_PUSH(r->arena, &f->notes) = (struct note_view){
        row_int(q, 0), case_reading_name(r, row_int(q, 1)), row_copy(r, q, 2), {row_int(q, 3)}};
}

static void read_letter(struct reading *r, struct rows *q, struct case_file *f) {
    struct letter_view *v = ARENA_PUSH(r->arena, &f->letters);
    struct text *texts[] = {&v->kind, &v->language, &v->channel, &v->code, &v->sha256};
    v->letter = row_int(q, 0);
    for (int i = 0; i < 5; i++) *texts[i] = row_copy(r, q, 1 + i);
    const struct letter_template *t = pack_letter(r->entry->pack, v->kind);
    v->title = t ? t->title_key : v->kind;
    v->issued.ms = row_int(q, 6);
    v->opened.ms = row_int(q, 7);
    v->delivered.ms = row_int(q, 8);
    v->is_valid = row_int(q, 9) == 0;
    v->size = row_int(q, 10);
    v->is_rendered = row_int(q, 11) != 0;
    v->needs_printing = text_eq(v->channel, T("paper")) && !v->delivered.ms;
}

static void read_appointment(struct reading *r, struct rows *q, struct case_file *f) {
    struct appointment_view *v = ARENA_PUSH(r->arena, &f->appointments);
    struct text *texts[] = {&v->kind, &v->place, &v->interpreter, &v->language, &v->state, &v->remote_reason};
    v->appointment = row_int(q, 0);
    for (int i = 0; i < 6; i++) *texts[i] = row_copy(r, q, 1 + i);
    v->starts.ms = row_int(q, 7);
    v->minutes = (int)row_int(q, 8);
    v->is_remote = row_int(q, 9) != 0;
}

static void read_request(struct reading *r, struct rows *q, struct case_file *f) {
    *ARENA_PUSH(r->arena, &f->requests) =
        (struct request_view){row_int(q, 0),     row_copy(r, q, 1), row_copy(r, q, 2),
                              row_copy(r, q, 3), {row_int(q, 4)},   {row_int(q, 5)}};
}

static void read_decision(struct reading *r, struct rows *q, struct case_file *f) {
    bool is_staff = r->actor->kind == ACTOR_STAFF;
    // The person sees a decision when it was notified, never a proposal.
    if (!is_staff && !text_eq(row_text(q, 8), T("notified"))) return;
    struct decision_view *v = ARENA_PUSH(r->arena, &f->decisions);
    struct text *texts[] = {&v->outcome,     &v->facts,      &v->evidence,        &v->assessment,
                            &v->legal_basis, &v->suggestion, &v->suggestion_view, &v->state};
    v->decision = row_int(q, 0);
    for (int i = 0; i < 8; i++) *texts[i] = row_copy(r, q, 1 + i);
    v->proposer = row_int(q, 9);
    v->proposed_by = case_reading_name(r, v->proposer);
    v->signed_by = case_reading_name(r, row_int(q, 10));
    v->returned_by = case_reading_name(r, row_int(q, 11));
    v->return_reason = is_staff ? row_copy(r, q, 12) : T("");
    struct moment *moments[] = {&v->proposed, &v->decided, &v->notified, &v->appeal_until};
    for (int i = 0; i < 4; i++) moments[i]->ms = row_int(q, 13 + i);
    v->is_adverse = row_int(q, 17) != 0;
    struct outcome o = {0};
    bool known = !pack_outcome(r->entry->pack, v->outcome, &o);
    v->needs_second = known && o.needs_second;
}

static void read_interview(struct reading *r, struct rows *q, struct case_file *f) {
    struct interview_view *v = ARENA_PUSH(r->arena, &f->interviews);
    struct text *texts[] = {&v->record, &v->present, &v->corrections, &v->refusal_reason};
    v->interview = row_int(q, 0);
    for (int i = 0; i < 4; i++) *texts[i] = row_copy(r, q, 1 + i);
    v->by_name = case_reading_name(r, row_int(q, 5));
    v->held.ms = row_int(q, 6);
    v->read_back.ms = row_int(q, 7);
    v->is_confirmed = row_int(q, 8) != 0;
}

static void read_appeal(struct reading *r, struct rows *q, struct case_file *f) {
    struct appeal_view *v = ARENA_PUSH(r->arena, &f->appeals);
    struct text *texts[] = {&v->grounds, &v->outcome, &v->reasons, &v->court_number};
    v->appeal = row_int(q, 0);
    for (int i = 0; i < 4; i++) *texts[i] = row_copy(r, q, 1 + i);
    v->lodged.ms = row_int(q, 5);
    v->decided.ms = row_int(q, 6);
    v->asks_to_stay = row_int(q, 7) != 0;
}

static void read_error(struct reading *r, struct rows *q, struct case_file *f) {
    struct error_view *v = ARENA_PUSH(r->arena, &f->errors);
    struct text *texts[] = {&v->what, &v->correction, &v->answer, &v->state};
    v->report = row_int(q, 0);
    for (int i = 0; i < 4; i++) *texts[i] = row_copy(r, q, 1 + i);
    v->at.ms = row_int(q, 5);
}

static void read_right(struct reading *r, struct rows *q, struct case_file *f) {
    struct right_view *v = ARENA_PUSH(r->arena, &f->rights);
    struct text *texts[] = {&v->kind, &v->words, &v->answer, &v->state};
    v->request = row_int(q, 0);
    for (int i = 0; i < 4; i++) *texts[i] = row_copy(r, q, 1 + i);
    v->at.ms = row_int(q, 5);
    v->answered.ms = row_int(q, 6);
}

static void read_number(struct reading *r, struct rows *q, struct case_file *f) {
    *ARENA_PUSH(r->arena, &f->numbers) = (struct file_number_view){row_copy(r, q, 0), row_copy(r, q, 1)};
}

// What is read, by whom it may be seen, and whether the person of the case sees it too.
static const struct part {
    const struct sql *sql;
    row_fn *read;
    const char *attribute_class;
} PARTS[] = {
    {&PERSONS, read_person, "identity"},     {&NUMBERS, read_number, "identity"},
    {&DOCUMENTS, read_document, "identity"}, {&CLOCKS, read_clock, "public"},
    {&MESSAGES, read_message, "contact"},    {&NOTES, read_note, "internal"},
    {&LETTERS, read_letter, "decision"},     {&APPOINTMENTS, read_appointment, "contact"},
    {&REQUESTS, read_request, "contact"},    {&DECISIONS, read_decision, "decision"},
    {&INTERVIEWS, read_interview, "claim"},  {&APPEALS, read_appeal, "decision"},
    {&ERRORS, read_error, "contact"},        {&RIGHTS, read_right, "contact"},
};

static enum status read_part(struct reading *r, const struct part *part, struct case_file *f) {
    struct rows q;
    if (!case_reading_shows(r, part->attribute_class)) return STATUS_OK;
    enum status st = DB_QUERY(r->db, &q, part->sql, V_INT(r->case_id));
    while (!st && rows_next(&q)) part->read(r, &q, f);
    enum status end = rows_end(&q);
    return st ? st : end;
}

// ---- timeline ----

static bool in_timeline(const void *context, const struct event_type *event) {
    const struct reading *r = context;
    const char *type = event->name;
    static const char *const NEVER[] = {
        "access_read",      "clock_started",   "message_read",    "document_derived", "process_moved",
        "document_scanned", "tracking_issued", "letter_rendered", "persons_recorded", "variables_set"};
    static const char *const STAFF_ONLY[] = {
        "note_added",     "decision_proposed", "decision_returned", "rules_suggested", "case_assigned",
        "access_refused", "decision_signed",   "clock_changed",     "incident_opened", "incident_closed",
        "case_migrated",  "message_delivered", "pack_chosen"};
    for (size_t i = 0; i < sizeof NEVER / sizeof *NEVER; i++)
        if (!strcmp(NEVER[i], type)) return false;
    for (size_t i = 0; i < sizeof STAFF_ONLY / sizeof *STAFF_ONLY; i++)
        if (!strcmp(STAFF_ONLY[i], type)) return r->actor->kind == ACTOR_STAFF;
    return true;
}

// The one word that makes the line clear: which section, which document, which letter.
static struct text detail_of(const struct reading *r, const struct event *e) {
    static const char *const FIELDS[] = {"title",        "kind",   "step",    "track",   "right",
                                         "section",      "rule",   "how",     "channel", "state",
                                         "court_number", "number", "element", "name"};
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++)
        if (event_text(e, FIELDS[i]).n) return event_text(e, FIELDS[i]);
    bool is_outcome = e->type == &EVENT_case_carried_over && case_reading_shows(r, "decision");
    return is_outcome ? event_text(e, "outcome") : T("");
}

static void add_line(struct reading *r, const struct event *e, struct case_file *f) {
    bool detail = case_reading_shows(r, "identity");
    struct date received;
    if (date_parse(event_text(e, "received_on"), &received)) received = (struct date){0};
    *ARENA_PUSH(r->arena, &f->timeline) =
        (struct timeline_item){.seq = e->seq,
                               .event = text_of(e->type->name),
                               .by_name = case_reading_name(r, e->actor),
                               .detail = detail ? detail_of(r, e) : T(""),
                               .at = e->at,
                               .received = received,
                               .received_by = event_text(e, "received_by"),
                               .paper = event_int(e, "paper"),
                               .is_by_person = e->actor && e->actor == r->account,
                               .is_by_system = e->actor == 0};
}

enum { TIMELINE_MAX = 500, EVENTS_OF_CASE_MAX = 5000, TRACES_MAX = 200 };

static enum status read_timeline(struct reading *r, struct case_file *f) {
    struct event *events;
    size_t count;
    struct journal_choice choice = {in_timeline, r, TIMELINE_MAX, EVENTS_OF_CASE_MAX};
    enum status st = journal_newest(r->cases->journal, r->db, r->case_id, &choice, r->arena, &events, &count);
    for (size_t i = 0; !st && i < count; i++) add_line(r, &events[i], f);
    return st;
}

// ---- who looked ----

static enum status read_traces(struct reading *r, struct case_file *f) {
    struct access_seen_list seen = {0};
    int64_t except = r->actor->kind == ACTOR_STAFF ? 0 : r->account;
    enum status st = access_seen(r->db, r->case_id, 0, except, TRACES_MAX, r->arena, &seen);
    for (size_t i = 0; !st && i < seen.count; i++) {
        const struct access_seen *s = &seen.items[i];
        struct text who = r->actor->kind == ACTOR_STAFF ? case_reading_name(r, s->account) : s->public_code;
        *ARENA_PUSH(r->arena, &f->traces) =
            (struct trace_view){who, s->unit, s->purpose, s->what, s->at, s->was_refused, s->was_reasoned};
    }
    return st;
}

static enum status read_all(struct reading *r, struct case_file *f) {
    struct rows q;
    enum status st = DB_ONE(r->db, &q, &HEAD, V_INT(r->case_id));
    if (!st) read_head(r, &q, f);
    enum status end = rows_end(&q);
    if (!st) st = end;
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS && !st; i++) st = read_part(r, &PARTS[i], f);
    if (!st) st = read_timeline(r, f);
    if (!st && r->actor->kind == ACTOR_STAFF)
        st = incidents_of_case(r->db, r->entry->pack, r->case_id, r->arena, f);
    if (!st) st = file_read_process(r, f);
    return st ? st : read_traces(r, f);
}

enum status cases_open_file(struct cases *c, const struct actor *actor, const struct look *look,
                            int64_t case_id, struct arena *a, struct case_file *file, struct problem *p) {
    struct reading r;
    *file = (struct case_file){0};
    enum status st = case_reading_begin(c, actor, look, case_id, T("file"), a, &r, p);
    if (st) return st;
    file->relation = r.relation;
    file->hidden = access_class_names(r.entry->policy, access_all_classes(r.entry->policy) & ~r.visible, a);
    st = read_all(&r, file);
    case_reading_end(&r);
    return st;
}

static const struct sql ANSWERS_OF =
    SQL("answers_of", "select data from answers where case_id = :case and section = :section");

static enum status section_answers(struct reading *r, struct text section, struct answers *out) {
    struct rows q;
    enum status st = DB_ONE(r->db, &q, &ANSWERS_OF, V_INT(r->case_id), V_TEXT(section));
    if (!st)
        st = answers_decode(r->arena, bytes_copy(r->arena, row_bytes(&q, 0)), out);
    else if (st == STATUS_NOT_FOUND)
        st = STATUS_OK;
    enum status end = rows_end(&q);
    return st ? st : end;
}

// Without the answers to questions of a class that the reader may not see.
static struct bytes shown_answers(const struct reading *r, const struct answers *all) {
    const struct form *form = pack_form(r->entry->pack, T("application"));
    struct answers shown = {.arena = r->arena, .items = ARENA_ARRAY(r->arena, struct answer, all->count)};
    for (size_t i = 0; i < all->count; i++) {
        const struct form_field *f = form ? form_field_at(form, all->items[i].path) : NULL;
        bool seen = f ? (r->visible & access_class(r->entry->policy, f->attribute_class)) != 0
                      : text_eq(r->relation, T("self"));
        if (!seen) continue;
        shown.items[shown.count++] = all->items[i];
    }
    return answers_encode(r->arena, &shown);
}

enum status cases_answers(struct cases *c, const struct actor *actor, const struct look *look,
                          int64_t case_id, struct text section, struct arena *a, struct bytes *answers,
                          struct problem *p) {
    struct reading r;
    *answers = (struct bytes){0};
    enum status st = case_reading_begin(c, actor, look, case_id, T("answers"), a, &r, p);
    if (st) return st;
    struct answers all = {.arena = a};
    st = section.n ? section_answers(&r, section, &all)
                   : answers_load(r.db, case_id, a, &all); // empty: the whole form
    case_reading_end(&r);
    // A draft is open to its owner, or is written at the counter in the person's presence.
    if (!st && all.count) *answers = r.is_draft ? answers_encode(a, &all) : shown_answers(&r, &all);
    return st;
}
