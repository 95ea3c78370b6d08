// case_do_steps.c - the steps of the procedure, from registration to the appeal: what each form shows beside
// its questions.
#include <string.h>

#include "web/pages/case_do.h"

static struct moment moment_of(struct doing *d, const char *day_name) {
    struct text time =
        do_value(d, text_c(d->q->arena, TEXT_JOIN(d->q->arena, text_of(day_name), T("-time"))));
    struct text rest = time, part;
    int64_t hours = 0, minutes = 0;
    struct date day = do_date(d, day_name);
    if (!date_is_full(day) || !text_cut(&rest, ':', &part) || !text_int(part, &hours) ||
        !text_int(text_slice(rest, 0, 2), &minutes))
        return (struct moment){0};
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return (struct moment){0};
    return zone_moment(page_app(d->q)->zone, day, (int)(hours * 60 + minutes));
}

// ---- registration: the person is at the counter, so what is wrong is found now ----

static void person_facts(struct doing *d) {
    const struct person_view *p = case_main_person(&d->page.file);
    struct request *q = d->q;
    d->view.facts_title = "case.do.person";
    if (!p) return;
    do_fact(d, "case.person.name", TEXT_JOIN(q->arena, p->family_name, T(" "), p->given_names));
    do_fact(d, "case.person.original", p->original_name);
    do_fact(d, "case.person.mrz", p->mrz_name);
    do_fact(d, "case.person.birth", text_date(q->arena, q->language, p->birth));
    do_fact(d, "case.person.birth_place", p->birth_place);
    do_fact(d, "case.person.sex", p->sex.n ? page_code_name(q, "sex", p->sex) : p->sex);
    do_fact(d, "case.person.nationality", case_code_names(q, "nationality", p->nationalities));
    do_fact(d, "case.person.civil_status",
            p->civil_status.n ? page_code_name(q, "civil_status", p->civil_status) : p->civil_status);
    for (size_t i = 0; i < d->page.file.documents.count; i++)
        do_fact(d, "case.do.document",
                TEXT_JOIN(q->arena, page_code_name(q, "document", d->page.file.documents.items[i].kind),
                          T(": "), d->page.file.documents.items[i].title));
}

static enum status prepare_register(struct doing *d) {
    struct problem p = {0};
    person_facts(d);
    do_preset_date(d, "made_on", case_day(d->q, d->page.file.head.made_at));
    do_preset(d, "made_on-time", T("12:00"));
    enum status st = case_rules(d->q, &d->page, "plausibility", &d->view.rules, &p);
    d->view.findings = d->view.rules.findings;
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static void fill_register(struct doing *d) {
    struct register_application *c = &d->command.register_application;
    c->made_on = do_date(d, "made_on");
    c->made_at_place = do_value(d, "made_at_place");
    c->identity_checked = do_value(d, "identity_checked").n != 0;
    for (size_t i = 0; i < d->view.findings.count && c->override_count < OVERRIDES_MAX; i++)
        if (d->view.findings.items[i].reason.n)
            c->overrides[c->override_count++] =
                (struct finding_override){d->view.findings.items[i].code, d->view.findings.items[i].reason};
}

// ---- completeness ----

static enum status prepare_completeness(struct doing *d) {
    struct problem p = {0};
    enum status st = case_rules(d->q, &d->page, "completeness", &d->view.rules, &p);
    d->view.findings = d->view.rules.findings;
    d->view.facts_title = "case.tab.documents";
    for (size_t i = 0; i < d->page.file.documents.count; i++)
        if (!d->page.file.documents.items[i].is_removed)
            do_fact(d,
                    text_c(d->q->arena,
                           key_of(d->q->arena, "code.document.", d->page.file.documents.items[i].kind)),
                    d->page.file.documents.items[i].title);
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static void fill_completeness(struct doing *d) {
    struct check_completeness *c = &d->command.check_completeness;
    struct text code;
    c->is_complete = text_eq(do_value(d, "is_complete"), T("yes"));
    for (size_t at = 0; !c->is_complete && c->missing_count < MISSING_MAX &&
                        fields_next(&d->q->form, "missing", &at, &code);)
        c->missing[c->missing_count++] = text_trim(code);
}

static void fill_request(struct doing *d) {
    d->command.request_document = (struct request_document){do_value(d, "kind"), do_value(d, "explanation")};
}

// ---- interview ----

// What the person asked for in the application: language, dialect, woman or man.
static enum status prepare_book(struct doing *d) {
    struct bytes coded;
    struct request *q = d->q;
    struct look look = case_look(q, d->page.frame.id);
    const struct form *form = pack_form(d->page.pack, T("application"));
    const struct form_section *s = form ? form_section(form, T("languages")) : NULL;
    struct answers answers = {.arena = q->arena};
    do_preset(d, "minutes", T("180"));
    if (!s) return STATUS_OK;
    enum status st = cases_answers(page_app(q)->cases, page_actor(q), &look, d->page.frame.id, s->id,
                                   q->arena, &coded, &d->r->problem);
    if (!st && coded.n) st = answers_decode(q->arena, coded, &answers);
    d->view.facts_title = "case.do.wishes";
    for (size_t i = 0; i < answers.count; i++) {
        const struct form_field *f = form_field_at(form, answers.items[i].path);
        if (f) do_fact(d, text_c(q->arena, f->label_key), case_answer_text(q, f, answers.items[i].value));
    }
    struct text language = answers_get(&answers, T("interpreter_language"));
    do_preset(d, "language", language.n ? language : d->page.file.head.language);
    return st;
}

static void fill_book(struct doing *d) {
    int64_t minutes;
    struct book_interview *c = &d->command.book_interview;
    c->starts = moment_of(d, "starts");
    c->minutes =
        text_int(do_value(d, "minutes"), &minutes) && minutes > 0 && minutes < 10000 ? (int)minutes : 0;
    c->place = do_value(d, "place");
    c->interpreter = do_value(d, "interpreter");
    c->language = do_value(d, "language");
    c->is_remote = do_value(d, "is_remote").n != 0;
    c->remote_reason = do_value(d, "remote_reason");
}

static const struct appointment_view *planned(const struct doing *d) {
    for (size_t i = 0; i < d->page.file.appointments.count; i++)
        if (text_eq(d->page.file.appointments.items[i].state, T("planned")))
            return &d->page.file.appointments.items[i];
    return NULL;
}

static enum status prepare_appointment(struct doing *d) {
    const struct appointment_view *a = planned(d);
    d->view.facts_title = "case.appointment";
    if (!a) return STATUS_OK;
    int minute = zone_minute(page_app(d->q)->zone, a->starts);
    do_fact(d, "case.appointment.when",
            TEXT_JOIN(d->q->arena, text_date(d->q->arena, d->q->language, case_day(d->q, a->starts)), T(", "),
                      text_time(d->q->arena, d->q->language, minute)));
    do_fact(d, "case.appointment.place", a->place);
    do_fact(d, "case.appointment.interpreter", a->interpreter);
    do_fact(d, "work.column.language", language_name(d->q, a->language));
    return STATUS_OK;
}

static void fill_cancel(struct doing *d) {
    const struct appointment_view *a = planned(d);
    d->command.cancel_interview = (struct cancel_interview){d->about ? d->about
                                                            : a      ? a->appointment
                                                                     : 0,
                                                            do_value(d, "reason")};
}

static void fill_hold(struct doing *d) {
    const struct appointment_view *a = planned(d);
    d->command.hold_interview =
        (struct hold_interview){.appointment = a ? a->appointment : 0,
                                .record = do_value(d, "record"),
                                .present = do_value(d, "present"),
                                .was_held = text_eq(do_value(d, "was_held"), T("yes")),
                                .absence_reason = do_value(d, "absence_reason")};
}

static enum status prepare_read_back(struct doing *d) {
    d->view.parts_title = "case.do.record";
    if (!d->page.file.interviews.count) return STATUS_OK;
    const struct interview_view *n = &d->page.file.interviews.items[0];
    do_part(d, T("case.interview.present"), n->present);
    do_part(d, T("case.interview.record"), n->record);
    return STATUS_OK;
}

static void fill_read_back(struct doing *d) {
    d->command.read_back_interview =
        (struct read_back_interview){text_eq(do_value(d, "is_confirmed"), T("yes")),
                                     do_value(d, "corrections"), do_value(d, "refusal_reason")};
}

// ---- decision ----

static enum status prepare_propose(struct doing *d) {
    struct problem p = {0};
    d->view.parts_title = "case.do.record";
    if (d->page.file.interviews.count) {
        do_part(d, T("case.interview.record"), d->page.file.interviews.items[0].record);
        do_part(d, T("case.interview.corrections"), d->page.file.interviews.items[0].corrections);
    }
    for (size_t i = 0; i < d->page.file.decisions.count; i++) {
        const struct decision_view *old = &d->page.file.decisions.items[i];
        if (!text_eq(old->state, T("returned"))) continue; // goes on from what was returned
        do_part(d, T("case.decision.return_reason"), old->return_reason);
        do_preset(d, "outcome", old->outcome);
        do_preset(d, "legal_basis", old->legal_basis);
        do_preset(d, "facts", old->facts);
        do_preset(d, "evidence", old->evidence);
        do_preset(d, "assessment", old->assessment);
        break;
    }
    enum status st = case_rules(d->q, &d->page, "suggest_track", &d->view.rules, &p);
    d->view.has_rules = st == STATUS_OK;
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static void fill_propose(struct doing *d) {
    struct propose_decision *c = &d->command.propose_decision;
    struct text view = do_value(d, "suggestion_view"), own = do_value(d, "own_view");
    *c = (struct propose_decision){
        do_value(d, "outcome"),     do_value(d, "facts"),
        do_value(d, "evidence"),    do_value(d, "assessment"),
        do_value(d, "legal_basis"), own.n ? TEXT_JOIN(d->q->arena, view, T("\n"), own) : view};
}

static const struct decision_view *proposal(const struct doing *d) {
    for (size_t i = 0; i < d->page.file.decisions.count; i++)
        if (text_eq(d->page.file.decisions.items[i].state, T("proposed")))
            return &d->page.file.decisions.items[i];
    return NULL;
}

// Whoever signs reads the letter as it will go out.
static enum status prepare_sign(struct doing *d) {
    const struct decision_view *p = proposal(d);
    struct outcome o = {0};
    d->view.facts_title = "case.do.proposal";
    if (!p) d->view.lead = "case.do.sign.none";
    if (!p) return STATUS_OK;
    bool is_known = !pack_outcome(d->page.pack, p->outcome, &o);
    do_fact(d, "case.decision.outcome", page_code_name(d->q, "outcome", p->outcome));
    do_fact(d, "case.decision.proposed_by", p->proposed_by);
    do_fact(d, "case.decision.legal_basis", p->legal_basis);
    do_fact(
        d, "case.decision.suggestion",
        p->suggestion.n
            ? page_text(d->q, text_c(d->q->arena, key_of(d->q->arena, "work.track.", p->suggestion)), NULL, 0)
            : p->suggestion);
    do_fact(d, "case.decision.suggestion_view", p->suggestion_view);
    do_fact(d, "case.do.letter_language", language_name(d->q, d->page.file.head.language));
    const struct deadline_rule *rule =
        is_known && o.appeal.n
            ? pack_deadline(d->page.pack, o.appeal, zone_date(page_app(d->q)->zone, d->q->now))
            : NULL;
    if (rule)
        do_fact(
            d, "case.do.appeal",
            TEXT_JOIN(d->q->arena, page_pack_text(d->q, rule->label_key), T(" ("), rule->article, T(")")));
    return case_preview(d->q, &d->page, &d->view.letter);
}

static void fill_sign(struct doing *d) {
    const struct decision_view *p = proposal(d);
    if (text_eq(do_value(d, "verdict"), T("return"))) {
        d->command.kind = COMMAND_RETURN_DECISION;
        d->command.return_decision = (struct return_decision){p ? p->decision : 0, do_value(d, "reason")};
    } else {
        d->command.sign_decision = (struct sign_decision){p ? p->decision : 0};
    }
}

static enum status prepare_appeal(struct doing *d) {
    d->view.parts_title = "case.do.appeal_text";
    if (d->page.file.appeals.count)
        do_part(d, T("case.appeal.grounds"), d->page.file.appeals.items[0].grounds);
    return STATUS_OK;
}

static void fill_appeal(struct doing *d) {
    d->command.record_appeal_outcome = (struct record_appeal_outcome){
        do_value(d, "outcome"), do_value(d, "reasons"), do_value(d, "court_number")};
}

static const struct do_question CANCEL[] = {{"area", "reason", "case.do.reason", NULL, NULL, "4", true}, {0}};

static const struct do_form STEPS[] = {
    {"register_application", COMMAND_REGISTER_APPLICATION, "register_application", NULL, prepare_register,
     fill_register, "case.do.register.lead", NULL, NULL, "registered", false, true},
    {"check_completeness", COMMAND_CHECK_COMPLETENESS, "check_completeness", NULL, prepare_completeness,
     fill_completeness, "case.do.completeness.lead", NULL, NULL, "saved", false, false},
    {"request_document", COMMAND_REQUEST_DOCUMENT, "request_document", NULL, NULL, fill_request,
     "case.do.request.lead", NULL, NULL, "requested", false, true},
    {"book_interview", COMMAND_BOOK_INTERVIEW, "book_interview", NULL, prepare_book, fill_book, NULL, NULL,
     NULL, "booked", false, true},
    {"cancel_interview", COMMAND_CANCEL_INTERVIEW, NULL, CANCEL, prepare_appointment, fill_cancel, NULL, NULL,
     NULL, "saved", false, false},
    {"hold_interview", COMMAND_HOLD_INTERVIEW, "hold_interview", NULL, prepare_appointment, fill_hold,
     "case.do.hold.lead", NULL, NULL, "saved", false, true},
    {"read_back_interview", COMMAND_READ_BACK_INTERVIEW, "read_back_interview", NULL, prepare_read_back,
     fill_read_back, "case.do.read_back.lead", NULL, NULL, "saved", false, true},
    {"propose_decision", COMMAND_PROPOSE_DECISION, "propose_decision", NULL, prepare_propose, fill_propose,
     "case.do.propose.lead", NULL, "/decision", "proposed", false, true},
    {"sign_decision", COMMAND_SIGN_DECISION, "sign_decision", NULL, prepare_sign, fill_sign,
     "case.do.sign.lead", "case.do.sign.go", "/decision", "saved", false, false},
    {"record_appeal_outcome", COMMAND_RECORD_APPEAL_OUTCOME, "record_appeal_outcome", NULL, prepare_appeal,
     fill_appeal, NULL, NULL, "/decision", "saved", false, true},
    {0},
};
const struct do_form *const CASE_DO_STEPS = STEPS;
