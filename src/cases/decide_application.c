// decide_application.c - from the first answer to the application that is made.
#include "cases/internal.h"

#include <string.h>

#include "base/cbor.h"

// ISO 7064 MOD 37,36: one check character for letters and digits, finds every single error and swap.
char cases_check_character(struct text t) {
    static const char SIGNS[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    int p = 36;
    for (size_t i = 0; i < t.n; i++) {
        const char *at = t.p[i] ? strchr(SIGNS, t.p[i]) : NULL;
        if (!at) continue;
        p = (p + (int)(at - SIGNS)) % 36;
        p = (p ? p : 36) * 2 % 37;
    }
    return SIGNS[(37 - p) % 36];
}

// AUTH-YYYY-PROC-NNNNNNN-C (registers, 0): the serial of each procedure starts anew each year.
static struct text next_case_no(struct decide *d) {
    int year = case_today(d).year;
    struct text letters = pack_number(d->pack);
    struct text counter = text_printf(d->arena, "case_no.%d." TEXT_FMT, year, TEXT_ARG(letters));
    int64_t serial = write_counter(d->write, counter);
    struct text body =
        text_printf(d->arena, "OST-%04d-" TEXT_FMT "-%07lld", year, TEXT_ARG(letters), (long long)serial);
    return text_printf(d->arena, TEXT_FMT "-%c", TEXT_ARG(body), cases_check_character(body));
}

enum status application_begin(struct decide *d, struct text language, struct text phrase) {
    enum status st = want_language(d, language);
    if (st) return st;
    d->s->case_id = case_new_id(d);
    d->s->person = case_new_id(d);
    bool is_theirs = d->actor->kind == ACTOR_APPLICANT || d->actor->kind == ACTOR_REPRESENTATIVE;
    d->s->account = is_theirs ? d->actor->account : 0;
    d->s->language = language;
    d->s->channel = d->s->account ? T("online") : T("paper");
    st = write_subject(d->write, d->s->person);
    if (st) return st;
    struct event_draft *e = case_emit(d, &EVENT_application_started);
    draft_int(e, "pack", d->entry->version);
    draft_text(e, "procedure", d->s->procedure);
    draft_int(e, "person", d->s->person);
    draft_int(e, "account", d->s->account);
    draft_text(e, "language", language);
    draft_text(e, "channel", d->s->channel);
    draft_personal_text(e, "phrase", phrase);
    return STATUS_OK;
}

// Some procedures begin only with the person, or only with the authority.
static enum status want_opener(struct decide *d) {
    bool is_staff = d->actor->kind == ACTOR_STAFF || d->actor->kind == ACTOR_PARTNER;
    if (is_staff ? pack_opened_by_staff(d->pack) : pack_opened_by_person(d->pack)) return STATUS_OK;
    return problem(d->problem, "procedure", "opened_by",
                   is_staff ? "problem.procedure.by_person" : "problem.procedure.by_staff");
}

enum status decide_start_application(struct decide *d) {
    struct start_application c = d->command->start_application;
    enum status st = want_opener(d);
    if (!st) st = want_text(d, "phrase", &c.phrase, 0, 200);
    return st ? st : application_begin(d, c.language, c.phrase);
}

static bool has_section(struct text sections, struct text section) {
    struct text rest = sections, part;
    while (text_cut(&rest, ',', &part))
        if (text_eq(part, section)) return true;
    return false;
}

static struct text sections_with(struct decide *d, struct text section) {
    if (has_section(d->s->sections, section)) return d->s->sections;
    return d->s->sections.n ? TEXT_JOIN(d->arena, d->s->sections, T(","), section) : section;
}

// Replaces the answers of one section in the state's answers.
static enum status merge_section(struct decide *d, const struct form_section *section,
                                 const struct answers *fresh) {
    for (size_t i = 0; i < section->field_count; i++) {
        struct text path = section->fields[i].path;
        size_t bracket;
        if (!path.n) path = section->fields[i].key;
        if (text_find(path, T("["), &bracket)) path = text_slice(path, 0, bracket);
        if (path.n) answers_remove(&d->s->answers, path);
    }
    d->s->has_answers_feel = false;
    return answers_merge(&d->s->answers, fresh);
}

// A section says nothing about questions of another.
static struct answers only_of(struct decide *d, const struct form_section *section,
                              const struct answers *given) {
    struct answers own = {.arena = d->arena, .items = ARENA_ARRAY(d->arena, struct answer, given->count)};
    for (size_t i = 0; i < given->count; i++)
        if (form_section_at(section->form, given->items[i].path) == section)
            own.items[own.count++] = given->items[i];
    own.capacity = given->count;
    return own;
}

static struct text root_of(struct text path) {
    size_t n = 0;
    while (n < path.n && path.p[n] != '[' && path.p[n] != '.') n++;
    return text_slice(path, 0, n);
}

// Whoever corrects a section sends back what they saw of it. Answers of a class that is closed to them stay
// as they were, unless they were told something new.
static enum status keep_unseen(struct decide *d, const struct form_section *section, struct answers *fresh) {
    struct answers told = {0};
    enum status st = STATUS_OK;
    answers_copy(d->arena, fresh, &told);
    for (size_t i = 0; i < d->s->answers.count && !st; i++) {
        const struct answer *old = &d->s->answers.items[i];
        const struct form_field *f = form_field_at(section->form, old->path);
        struct text root = root_of(old->path);
        if (!f || form_section_at(section->form, old->path) != section) continue;
        if (d->visible & access_class(d->entry->policy, f->attribute_class)) continue;
        if (answers_get(&told, root).p || answers_count(&told, root)) continue;
        st = answers_set(fresh, old->path, old->value);
    }
    return st;
}

// What was made must stay whole: a correction is checked as at submission. New facts may put the case on
// paper.
static enum status correct(struct decide *d, const struct form *form, const struct form_section *section,
                           const struct answers *fresh) {
    struct form_context context = pack_form_context(d->pack, case_today(d));
    struct form_problems found = {0};
    struct text before;
    enum status st = channel_rule_now(d, &before);
    if (!st) st = merge_section(d, section, fresh);
    if (st) return st;
    if (!form_check(form, section, &d->s->answers, &context, d->arena, &found)) {
        *d->problem = found.items[0].problem;
        return STATUS_INVALID;
    }
    st = persons_record(d);
    if (!st) st = clocks_review(d);
    return st ? st : channel_by_rules(d, before);
}

// Answers as they are kept: a list of section and answers, section and answers ...
static void put_part(struct decide *d, struct out *parts, const struct form_section *section,
                     const struct answers *own) {
    d->s->sections = sections_with(d, section->id);
    cbor_text(parts, section->id);
    cbor_bytes(parts, answers_encode(d->arena, own));
}

static struct event_draft *emit_saved(struct decide *d, struct text section, struct text parts,
                                      size_t count) {
    struct out list = {.arena = d->arena};
    struct event_draft *e = case_emit(d, &EVENT_answers_saved);
    cbor_array(&list, count * 2);
    out_text(&list, parts);
    draft_text(e, "section", section);
    draft_text(e, "sections", d->s->sections);
    draft_personal_bytes(e, "parts", bytes_of(out_done(&list)));
    return e;
}

enum status answers_save_all(struct decide *d, const struct form *form, const struct answers *given) {
    struct out parts = {.arena = d->arena};
    size_t count = 0;
    for (size_t i = 0; i < form->section_count; i++) {
        struct answers own = only_of(d, &form->sections[i], given);
        if (!own.count) continue;
        put_part(d, &parts, &form->sections[i], &own);
        count++;
    }
    if (!count) return problem(d->problem, "answers", "required", "problem.form.empty");
    emit_saved(d, T(""), out_done(&parts), count);
    return STATUS_OK;
}

static enum status save_section(struct decide *d, const struct form *form, const struct form_section *section,
                                const struct answers *given) {
    struct answers own = only_of(d, section, given);
    struct out parts = {.arena = d->arena};
    struct text reason = d->command->save_answers.reason;
    enum status st = STATUS_OK;
    if (!d->s->is_draft) { // after it was made only an officer corrects, and says why
        if (is_person(d)) return problem(d->problem, "", "already_made", "problem.application.made");
        st = want_text(d, "reason", &reason, 1, REASONS_BYTES_MAX);
        if (!st) st = keep_unseen(d, section, &own);
    }
    if (st) return st;
    put_part(d, &parts, section, &own);
    struct event_draft *e = emit_saved(d, section->id, out_done(&parts), 1);
    if (d->s->is_draft) return STATUS_OK;
    draft_personal_text(e, "reason", reason);
    return correct(d, form, section, &own);
}

enum status decide_save_answers(struct decide *d) {
    struct save_answers c = d->command->save_answers;
    const struct form *form = pack_form(d->pack, T("application"));
    const struct form_section *section = form ? form_section(form, c.section) : NULL;
    bool is_whole = form && !c.section.n && d->s->is_draft;
    struct answers given;
    if (!section && !is_whole) return problem(d->problem, "section", "unknown_code", "problem.form.section");
    if (d->s->is_closed) return problem(d->problem, "", "case_closed", "problem.case.closed");
    if (c.answers.n > (is_whole ? (size_t)WHOLE_FORM_BYTES_MAX : (size_t)SECTION_BYTES_MAX))
        return problem(d->problem, "answers", "too_long", "problem.form.too_long");
    enum status st = answers_decode(d->arena, c.answers, &given);
    if (st) return problem(d->problem, "answers", "malformed", "problem.form.malformed");
    return is_whole ? answers_save_all(d, form, &given) : save_section(d, form, section, &given);
}

static enum status check_complete(struct decide *d, const struct form *form) {
    struct form_context context = pack_form_context(d->pack, case_today(d));
    struct form_problems found = {0};
    form_prune(form, &d->s->answers);
    d->s->has_answers_feel = false;
    if (form_check(form, NULL, &d->s->answers, &context, d->arena, &found)) return STATUS_OK;
    *d->problem = found.items[0].problem;
    return STATUS_INVALID;
}

// The version of a text of ours, as digits, letters, dots and dashes.
static enum status want_version(struct decide *d, struct text version) {
    bool fits = version.n <= 40;
    for (size_t i = 0; fits && i < version.n; i++) {
        char c = version.p[i];
        fits = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
               c == '-';
    }
    return fits ? STATUS_OK : problem(d->problem, "notice", "malformed", "problem.notice.version");
}

void application_number(struct decide *d, struct text notice) {
    d->s->case_no = next_case_no(d);
    d->s->is_draft = false;
    d->result->case_no = d->s->case_no;
    struct event_draft *e = case_emit(d, &EVENT_application_made);
    draft_text(e, "case_no", d->s->case_no);
    draft_text(e, "number_key", number_key(d->arena, d->s->case_no));
    draft_text(e, "notice", notice);
}

// A code that shows the status to who knows the birth date too; without that date there is none.
static enum status issue_code(struct decide *d) {
    struct date birth = {0};
    if (!d->s->birth.n || date_parse(d->s->birth, &birth)) return STATUS_OK;
    return tracking_issue(d->write, d->actor->account, d->s->case_id, d->s->person, birth, d->arena,
                          &d->result->code);
}

// The answers are whole: it is an application, with number, process, clocks and receipt.
static enum status make_application(struct decide *d, struct text notice) {
    application_number(d, notice);
    pack_fix(d);
    d->s->made_at = d->now;
    enum status st = persons_record(d);
    if (!st) st = process_start(d);
    if (!st) st = clocks_begin(d, "made", d->s->made_at);
    if (!st) st = channel_by_rules(d, T("")); // first: then the receipt goes the same way
    int64_t letter = 0;
    if (!st) st = letter_make_if(d, T("receipt"), 0, &letter);
    d->result->made = letter;
    return st ? st : issue_code(d);
}

enum status decide_submit_application(struct decide *d) {
    const struct form *form = pack_form(d->pack, T("application"));
    if (!d->s->is_draft) return problem(d->problem, "", "already_made", "problem.application.made");
    struct text notice = d->command->submit_application.notice_version;
    enum status st = form ? check_complete(d, form) : STATUS_OK;
    if (!st && notice.n) st = want_version(d, notice);
    return st ? st : make_application(d, notice);
}

enum status decide_open_case(struct decide *d) {
    struct open_case c = d->command->open_case;
    const struct form *form = pack_form(d->pack, T("application"));
    enum status st = want_opener(d);
    d->s->answers.arena = d->arena; // there may be none
    if (!st && c.answers.n > WHOLE_FORM_BYTES_MAX)
        st = problem(d->problem, "answers", "too_long", "problem.form.too_long");
    if (!st && c.answers.n && answers_decode(d->arena, c.answers, &d->s->answers))
        st = problem(d->problem, "answers", "malformed", "problem.form.malformed");
    if (!st) st = application_begin(d, c.language, T(""));
    if (!st && form) st = check_complete(d, form);
    if (!st && form) st = answers_save_all(d, form, &d->s->answers);
    d->s->model = pack_process_with(d->pack, pack_procedure(d->pack));
    d->s->pack_version = d->entry->version;
    return st ? st : make_application(d, T(""));
}

// Whoever withdraws is no longer waited for: requests and appointments end with it.
static void nothing_more_is_asked(struct decide *d) {
    for (size_t i = 0; i < d->s->requests.count; i++) {
        struct request_row *q = &d->s->requests.items[i];
        if (!text_eq(q->state, T("open"))) continue;
        q->state = T("withdrawn");
        struct event_draft *e = case_emit(d, &EVENT_request_closed);
        draft_int(e, "request", q->id);
        draft_text(e, "state", q->state);
        clock_stop_about(d, q->id);
    }
    if (d->s->appointment)
        draft_int(case_emit(d, &EVENT_interview_cancelled), "appointment", d->s->appointment);
    clock_stop_trigger(d, T("non_compliance"));
}

enum status decide_withdraw_application(struct decide *d) {
    struct withdraw_application c = d->command->withdraw_application;
    enum status st = want_text(d, "reason", &c.reason, 0, MESSAGE_BYTES_MAX);
    if (st) return st;
    if (d->s->is_draft || d->s->is_closed) return problem(d->problem, "", "not_now", "problem.case.closed");
    if (!process_waits_message(d, "application_withdrawn"))
        return problem(d->problem, "", "not_now", "problem.application.withdrawn");
    if (!is_person(d)) st = want_named_person(d); // that the person gives up is read by somebody
    if (!st) st = paper_receive(d, d->s->made_at, (struct moment){0});
    if (st) return st;
    struct event_draft *e = case_emit(d, &EVENT_application_withdrawn);
    draft_personal_text(e, "reason", c.reason);
    paper_note(d, e);
    d->fact.is_withdrawn = true;
    nothing_more_is_asked(d);
    return process_message(d, "application_withdrawn");
}
