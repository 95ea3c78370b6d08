// plan.c - what happens to one case: who does what next, and when. Chances are those of no real authority.
#include <string.h>

#include "demo/inside.h"

static const struct sql DECISION_LETTER =
    SQL("demo_decision_letter",
        "select max(letter_id) from letter where case_id = :case and decision_id = :decision");

static const char FACTS[] =
    "The applicant described the events in their order, with places, dates and names, and kept to "
    "them when asked again. Two statements about the journey differ in the date only.";
static const char EVIDENCE[] =
    "The documents handed in were examined and are consistent with the statements. Country "
    "information of the last six months confirms the situation that was described.";
static const char GRANT[] =
    "Taken together, the statements are credible. The applicant would be at risk if returned, and "
    "no protection is available in the country of origin.";
static const char REFUSAL[] =
    "The fear is not linked to a ground of the Regulation, and protection is available in another "
    "part of the country, which the applicant can reach safely and legally.";

// ---- time

static int is_weekend(const struct play *p, int slot) {
    return date_weekday(play_day(p, slot)) > 5;
}

// The case goes on after that many days; the authority's own steps on working days only.
static void after_days(struct play *p, struct demo_case *c, int least, int most, bool is_office) {
    int slot = p->slot + dice_range(&c->dice, least * SLOTS_A_DAY + 1, most * SLOTS_A_DAY + SLOTS_A_DAY - 1);
    while (is_office && is_weekend(p, slot)) slot += SLOTS_A_DAY;
    c->next_slot = slot;
}

static void goes_to(struct demo_case *c, enum stage stage) {
    c->stage = (uint8_t)stage;
    if (c->stage >= c->stall) c->stage = STAGE_END;
}

// ---- who

static struct unit *unit_of(struct play *p, const struct demo_case *c) {
    return &p->cast.units[c->unit];
}
static const struct actor *officer_of(struct play *p, const struct demo_case *c) {
    return &unit_of(p, c)->officers[c->officer];
}

static struct command *by_person(struct play *p, struct demo_case *c, enum command_kind kind) {
    struct command *m = wave_add(p, c, c->person, kind);
    return m;
}
static struct command *by_officer(struct play *p, struct demo_case *c, enum command_kind kind) {
    return wave_add(p, c, officer_of(p, c), kind);
}

static const struct actor *choose_person(struct play *p, struct demo_case *c, size_t index) {
    if (index == 0) return &p->cast.applicants[0];
    if (c->is_paper) return &unit_of(p, c)->registrar;
    if (index < (size_t)p->cast.applicant_count) return &p->cast.applicants[index];
    return &p->cast.counsellors[dice_range(&c->dice, 0, COUNSELLORS - 1)];
}

void case_begin(struct play *p, struct demo_case *c, size_t index, size_t all) {
    (void)all;
    *c = (struct demo_case){
        .dice = dice_of(p->seed, UINT64_C(1) << 32 | index), .number = (uint32_t)index, .stall = STAGE_END};
    struct dice who = dice_of(p->seed, index);
    struct arena a = {0};
    struct person person = person_new(&a, &who, p->first_day);
    arena_free(&a);
    c->language = person.language;
    c->tag = person.tag;
    c->unit = (uint8_t)(index ? dice_range(&c->dice, 0, UNITS - 1) : 0);
    c->officer = (uint8_t)(index ? dice_range(&c->dice, 0, OFFICERS - 1) : 0);
    c->is_paper = index && dice_chance(&c->dice, 14);
    c->person = choose_person(p, c, index);
    // More came lately, and some files lie still: they are what a work list must show first.
    int newest = p->last_slot - 1;
    c->next_slot = dice_chance(&c->dice, 18) ? dice_range(&c->dice, newest - newest / 12, newest)
                                             : dice_range(&c->dice, 0, newest);
    if (dice_chance(&c->dice, 9)) c->stall = (uint8_t)dice_range(&c->dice, STAGE_REGISTER, STAGE_SIGN);
    if (index) return;
    c->next_slot = newest - (newest < 30 * SLOTS_A_DAY ? newest : 30 * SLOTS_A_DAY);
    c->stall = STAGE_ANSWER; // something is asked of the demo applicant
}

// ---- one stage after the other

static void start(struct play *p, struct demo_case *c) {
    struct command *m = by_person(p, c, COMMAND_START_APPLICATION);
    m->start_application = (struct start_application){text_of(c->tag), T("")};
    goes_to(c, STAGE_FILL);
}

static enum status fill(struct play *p, struct demo_case *c) {
    bool stays_draft = c->number && dice_chance(&c->dice, 3);
    application_fill(p, c, stays_draft ? dice_range(&c->dice, 1, 9) : 99);
    goes_to(c, stays_draft ? STAGE_END : STAGE_REGISTER);
    if (stays_draft) return STATUS_OK;
    if (c->person->kind != ACTOR_STAFF && dice_chance(&c->dice, 6)) {
        enum status st = papers_add(p, c);
        if (st) return st;
    }
    by_person(p, c, COMMAND_SUBMIT_APPLICATION)->submit_application.notice_version = T("1");
    after_days(p, c, 0, 6, true);
    return STATUS_OK;
}

static void take_up(struct play *p, struct demo_case *c) {
    struct command *m = wave_add(p, c, &unit_of(p, c)->registrar, COMMAND_REGISTER_APPLICATION);
    m->register_application = (struct register_application){
        .made_on = play_day(p, p->slot), .made_at_place = T("Arrival centre"), .identity_checked = true};
    m = wave_add(p, c, &unit_of(p, c)->registrar, COMMAND_RECORD_STEP);
    m->record_step = (struct record_step){T("eurodac_sent"), play_day(p, p->slot)};
    m = wave_add(p, c, &unit_of(p, c)->registrar, COMMAND_RECORD_STEP);
    m->record_step = (struct record_step){T("special_needs_assessed"), play_day(p, p->slot)};
    m = wave_add(p, c, &unit_of(p, c)->supervisor, COMMAND_ASSIGN_CASE);
    m->assign_case = (struct assign_case){officer_of(p, c)->account, T("")};
    if (dice_chance(&c->dice, 5)) {
        m = by_officer(p, c, COMMAND_ADD_FILE_NUMBER);
        m->add_file_number = (struct add_file_number){
            text_printf(&p->wave.arena, "A %d/%06u", 2019 + (int)c->number % 7, (unsigned)c->number),
            T("old register")};
    }
    goes_to(c, STAGE_CHECK);
    after_days(p, c, 3, 15, true);
}

static void check(struct play *p, struct demo_case *c) {
    struct command *m = by_officer(p, c, COMMAND_CHECK_COMPLETENESS);
    bool is_complete = c->is_second_check || (c->number && dice_chance(&c->dice, 72));
    m->check_completeness.is_complete = is_complete;
    c->is_second_check = true;
    if (is_complete) {
        goes_to(c, STAGE_BOOK);
        after_days(p, c, 2, 12, true);
        return;
    }
    m->check_completeness.missing[0] = T("birth_certificate");
    m->check_completeness.missing_count = 1;
    m = by_officer(p, c, COMMAND_REQUEST_DOCUMENT);
    m->request_document = (struct request_document){
        T("birth_certificate"),
        T("Please send a copy of your birth certificate, or tell us why you cannot.")};
    goes_to(c, STAGE_ANSWER);
    after_days(p, c, 2, 12, false);
}

// The answer, or silence: the process goes on by itself when time is over.
static void answer(struct play *p, struct demo_case *c) {
    bool answers = dice_chance(&c->dice, 85) && !c->is_paper;
    if (answers) by_person(p, c, COMMAND_ANSWER_REQUEST)->answer_request.request = c->request;
    goes_to(c, STAGE_CHECK);
    after_days(p, c, answers ? 1 : 25, answers ? 6 : 35, true);
}

static void book(struct play *p, struct demo_case *c) {
    struct command *m = by_officer(p, c, COMMAND_BOOK_INTERVIEW);
    goes_to(c, STAGE_HOLD);
    after_days(p, c, 6, 25, true);
    m->book_interview = (struct book_interview){
        .starts = play_moment(p, c->next_slot),
        .minutes = 180,
        .interpreter = T("Sworn interpreter"),
        .place = text_printf(&p->wave.arena, "Room %d, Harbour Road 1", 1 + c->officer),
        .language = text_of(c->language)};
    c->next_slot++;
}

static void hold(struct play *p, struct demo_case *c) {
    struct command *m = by_officer(p, c, COMMAND_HOLD_INTERVIEW);
    bool was_held = dice_chance(&c->dice, 94);
    m->hold_interview = (struct hold_interview){.appointment = c->appointment, .was_held = was_held};
    if (was_held) {
        m->hold_interview.record = text_of(FACTS);
        m->hold_interview.present = T("Applicant, interpreter, officer");
        goes_to(c, STAGE_READ_BACK);
        after_days(p, c, 0, 4, true);
    } else {
        m->hold_interview.absence_reason = T("The person called in ill that morning.");
        goes_to(c, STAGE_BOOK);
        after_days(p, c, 1, 5, true);
    }
}

static void read_back(struct play *p, struct demo_case *c) {
    struct command *m = by_officer(p, c, COMMAND_READ_BACK_INTERVIEW);
    m->read_back_interview.is_confirmed = true;
    if (dice_chance(&c->dice, 10))
        m->read_back_interview.corrections = T("The second arrest was in May, not in April.");
    goes_to(c, STAGE_PROPOSE);
    after_days(p, c, 5, 40, true);
}

static void propose(struct play *p, struct demo_case *c) {
    static const char *const GRANTS[] = {"refugee", "refugee", "subsidiary_protection"};
    static const char *const REFUSALS[] = {"rejected", "rejected", "manifestly_unfounded", "inadmissible"};
    struct command *m = by_officer(p, c, COMMAND_PROPOSE_DECISION);
    if (!c->was_returned) c->is_adverse = dice_chance(&c->dice, 46);
    const char *outcome =
        c->is_adverse ? REFUSALS[dice_range(&c->dice, 0, 3)] : GRANTS[dice_range(&c->dice, 0, 2)];
    m->propose_decision = (struct propose_decision){text_of(outcome),
                                                    text_of(FACTS),
                                                    text_of(EVIDENCE),
                                                    text_of(c->is_adverse ? REFUSAL : GRANT),
                                                    T("Reg. (EU) 2024/1347 Art. 4, 9 and 10"),
                                                    T("followed")};
    goes_to(c, STAGE_SIGN);
    after_days(p, c, 0, 6, true);
}

static void sign(struct play *p, struct demo_case *c) {
    const struct actor *second = &unit_of(p, c)->second;
    if (c->is_adverse && !c->was_returned && dice_chance(&c->dice, 7)) {
        struct command *m = wave_add(p, c, second, COMMAND_RETURN_DECISION);
        m->return_decision =
            (struct return_decision){c->decision, T("Please say which sources were used for the region.")};
        c->was_returned = true;
        goes_to(c, STAGE_PROPOSE);
        after_days(p, c, 1, 6, true);
        return;
    }
    wave_add(p, c, second, COMMAND_SIGN_DECISION)->sign_decision.decision = c->decision;
    goes_to(c, STAGE_NOTIFY);
    after_days(p, c, 0, 9, c->is_paper);
}

static enum status decision_letter(struct play *p, struct demo_case *c, int64_t *letter) {
    struct store *s = journal_store(cases_journal(p->cases));
    struct db *db;
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = DB_INT(db, letter, &DECISION_LETTER, V_INT(c->case_id), V_INT(c->decision));
    store_reader_release(s, db);
    return st;
}

static enum status notify(struct play *p, struct demo_case *c) {
    int64_t letter;
    enum status st = decision_letter(p, c, &letter);
    if (st) return st;
    if (c->is_paper) {
        struct command *m = by_officer(p, c, COMMAND_RECORD_NOTIFICATION);
        m->record_notification =
            (struct record_notification){letter, play_day(p, p->slot), T("handed over at the counter")};
    } else {
        by_person(p, c, COMMAND_OPEN_LETTER)->open_letter.letter = letter;
    }
    bool appeals = c->is_adverse && !c->had_appeal && !c->is_paper && dice_chance(&c->dice, 45);
    goes_to(c, appeals ? STAGE_APPEAL : STAGE_END);
    after_days(p, c, 1, 7, false);
    return STATUS_OK;
}

static void appeal(struct play *p, struct demo_case *c) {
    struct command *m = by_person(p, c, COMMAND_LODGE_APPEAL);
    m->lodge_appeal = (struct lodge_appeal){
        T("The decision overlooks the judgment that I handed in, and its sources are two years old."), true};
    c->had_appeal = true;
    goes_to(c, STAGE_OUTCOME);
    after_days(p, c, 15, 50, true);
}

static void court(struct play *p, struct demo_case *c) {
    struct command *m = by_officer(p, c, COMMAND_RECORD_APPEAL_OUTCOME);
    bool is_annulled = dice_chance(&c->dice, 35);
    m->record_appeal_outcome =
        (struct record_appeal_outcome){is_annulled ? T("annulled") : T("dismissed"),
                                       is_annulled ? T("The judgment was not examined. The case goes back.")
                                                   : T("The court follows the reasons of the decision."),
                                       text_printf(&p->wave.arena, "AC %u/26", (unsigned)c->number)};
    c->was_returned = c->is_adverse = false;
    goes_to(c, is_annulled ? STAGE_PROPOSE : STAGE_END);
    after_days(p, c, 5, 20, true);
}

// What goes on beside the steps of the law.
static void beside(struct play *p, struct demo_case *c) {
    if (c->stage < STAGE_CHECK || c->stage > STAGE_SIGN) return;
    if (dice_chance(&c->dice, 5) && !c->is_paper)
        by_person(p, c, COMMAND_SEND_MESSAGE)->send_message.body =
            T("I have moved to another room. Is the appointment still the same?");
    if (dice_chance(&c->dice, 4))
        by_officer(p, c, COMMAND_SEND_MESSAGE)->send_message.body = T("Thank you. Nothing changes for you.");
    if (dice_chance(&c->dice, 6))
        by_officer(p, c, COMMAND_ADD_NOTE)->add_note.body =
            T("Ask for an interpreter of the same dialect again.");
}

enum status case_step(struct play *p, struct demo_case *c) {
    beside(p, c);
    switch ((enum stage)c->stage) {
    case STAGE_START: start(p, c); break;
    case STAGE_FILL: return fill(p, c);
    case STAGE_REGISTER: take_up(p, c); break;
    case STAGE_CHECK: check(p, c); break;
    case STAGE_ANSWER: answer(p, c); break;
    case STAGE_BOOK: book(p, c); break;
    case STAGE_HOLD: hold(p, c); break;
    case STAGE_READ_BACK: read_back(p, c); break;
    case STAGE_PROPOSE: propose(p, c); break;
    case STAGE_SIGN: sign(p, c); break;
    case STAGE_NOTIFY: return notify(p, c);
    case STAGE_APPEAL: appeal(p, c); break;
    case STAGE_OUTCOME: court(p, c); break;
    case STAGE_END: break;
    }
    return STATUS_OK;
}

void case_after(struct demo_case *c, const struct cases_request *r) {
    if (r->status) {
        c->stage = STAGE_END;
        return;
    }
    switch (r->command->kind) {
    case COMMAND_START_APPLICATION: c->case_id = r->result.case_id; break;
    case COMMAND_REQUEST_DOCUMENT: c->request = r->result.made; break;
    case COMMAND_BOOK_INTERVIEW: c->appointment = r->result.made; break;
    case COMMAND_PROPOSE_DECISION: c->decision = r->result.made; break;
    default: break;
    }
}
