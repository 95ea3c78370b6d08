// case_do_others.c - what can be done at any time: assign, write, note, number, deadlines, channel, delivery,
// errors.
#include <string.h>

#include "web/pages/case_do.h"

static const struct do_question BODY_MESSAGE[] = {
    {"area", "body", "case.message.body", "case.message.hint", NULL, "8", true}, {0}};
static const struct do_question BODY_NOTE[] = {
    {"area", "body", "case.note.body", "case.note.hint", NULL, "8", true}, {0}};
static const struct do_question NUMBER[] = {
    {"text", "number", "case.number.number", "case.number.hint", NULL, NULL, true},
    {"text", "origin", "case.number.origin", "case.number.origin.hint", NULL, NULL, true},
    {0}};
static const struct do_question ASSIGN[] = {{"select", "officer", "work.assign.to", NULL, NULL, NULL, false},
                                            {"area", "reason", "work.assign.reason", NULL, NULL, "3", false},
                                            {0}};
static const struct do_question EXTEND[] = {
    {"radios", "ground", "case.extend.ground", NULL, NULL, NULL, true},
    {"area", "reason", "case.do.reason", "case.extend.reason.hint", NULL, "4", true},
    {0}};
static const struct do_question SUSPEND[] = {{"area", "reason", "case.do.reason", NULL, NULL, "4", true},
                                             {0}};
static const struct do_question CHANNEL[] = {
    {"radios", "channel", "case.channel.which", NULL, NULL, NULL, true},
    {"select", "rule", "case.channel.rule", "case.channel.rule.hint", "channel_rule", NULL, false},
    {"area", "reason", "case.do.reason", NULL, NULL, "3", true},
    {0}};
static const struct do_question DELIVERY[] = {
    {"date", "on", "case.delivery.on", NULL, NULL, NULL, true},
    {"text", "how", "case.delivery.how", "case.delivery.how.hint", NULL, NULL, true},
    {0}};
static const struct do_question ERROR_ANSWER[] = {
    {"radios", "corrected", "case.error.corrected", NULL, NULL, NULL, true},
    {"area", "answer", "case.error.answer", "case.error.answer.hint", NULL, "5", true},
    {0}};

static const struct do_question RIGHT_ANSWER[] = {
    {"area", "answer", "case.right.answer", "case.right.answer.hint", NULL, "5", true}, {0}};
static const struct do_question STEP[] = {{"radios", "step", "case.step.which", NULL, "step", NULL, true},
                                          {"date", "on", "case.step.on", NULL, NULL, NULL, true},
                                          {0}};
static const struct do_question TRACK[] = {
    {"radios", "track", "case.track.which", NULL, "track", NULL, true},
    {"area", "reason", "case.do.reason", "case.track.reason.hint", NULL, "4", true},
    {0}};

static struct options two(struct arena *a, const char *const codes[2], const char *const keys[2]) {
    struct options o = {0};
    for (int i = 0; i < 2; i++)
        *ARENA_PUSH(a, &o) = (struct option){.value = text_of(codes[i]), .label_key = keys[i]};
    return o;
}

// ---- messages and notes ----

static enum status prepare_message(struct doing *d) {
    d->view.parts_title = "case.unread";
    for (size_t i = d->page.file.messages.count; i > 0 && d->view.parts.count < 3; i--) {
        const struct message_view *m = &d->page.file.messages.items[i - 1];
        if (m->from_person) do_part(d, T("case.message.from_person"), m->body);
    }
    return STATUS_OK;
}
static void fill_message(struct doing *d) {
    d->command.send_message.body = do_value(d, "body");
}
static void fill_note(struct doing *d) {
    d->command.add_note.body = do_value(d, "body");
}
static void fill_number(struct doing *d) {
    d->command.add_file_number = (struct add_file_number){do_value(d, "number"), do_value(d, "origin")};
}

// ---- assignment ----

static enum status prepare_assign(struct doing *d) {
    struct options o = officer_options(d->q, 0), all = {0};
    *ARENA_PUSH(d->q->arena, &all) = (struct option){.value = T(""), .label_key = "work.assign.queue"};
    for (size_t i = 0; i < o.count; i++) *ARENA_PUSH(d->q->arena, &all) = o.items[i];
    do_preset(d, "officer", text_printf(d->q->arena, "%lld", (long long)page_actor(d->q)->account));
    do_choose(d, "officer", all);
    return STATUS_OK;
}
static void fill_assign(struct doing *d) {
    int64_t officer = 0;
    if (do_value(d, "officer").n && !text_int(do_value(d, "officer"), &officer)) officer = -1;
    d->command.assign_case = (struct assign_case){officer, do_value(d, "reason")};
}

// ---- deadlines ----

static enum status prepare_clock(struct doing *d) {
    for (size_t i = 0; i < d->page.file.clocks.count; i++) {
        const struct clock_view *k = &d->page.file.clocks.items[i];
        if (k->clock != d->about) continue;
        struct text label = TEXT_JOIN(d->q->arena, T("deadline."), k->deadline);
        d->view.facts_title = "case.clock";
        do_fact(d, "case.clock.which", page_pack_text(d->q, label));
        do_fact(d, "case.clock.last_day",
                text_date(d->q->arena, d->q->language, page_last_day(d->q, k->due)));
        do_fact(d, "case.clock.article", k->article);
        const struct deadline_rule *rule =
            pack_deadline(d->page.pack, k->deadline, case_day(d->q, k->starts));
        struct options grounds = {0};
        for (size_t g = 0; rule && g < rule->extension_count; g++)
            *ARENA_PUSH(d->q->arena, &grounds) =
                (struct option){.value = rule->extensions[g].reason,
                                .hint = rule->extensions[g].article,
                                .label = page_pack_text(d->q, rule->extensions[g].label_key)};
        do_choose(d, "ground", grounds);
        return STATUS_OK;
    }
    return STATUS_NOT_FOUND;
}
static void fill_extend(struct doing *d) {
    d->command.extend_deadline =
        (struct extend_deadline){d->about, do_value(d, "ground"), do_value(d, "reason")};
}
static void fill_suspend(struct doing *d) {
    d->command.suspend_deadline = (struct suspend_deadline){d->about, do_value(d, "reason")};
}
static void fill_resume(struct doing *d) {
    d->command.resume_deadline = (struct resume_deadline){d->about};
}

// ---- channel, delivery, errors ----

static enum status prepare_channel(struct doing *d) {
    static const char *const CODES[] = {"online", "paper"}, *const KEYS[] = {"case.channel.online",
                                                                             "case.channel.paper"};
    do_choose(d, "channel", two(d->q->arena, CODES, KEYS));
    do_preset(d, "channel", d->page.file.channel);
    do_preset(d, "rule", d->page.file.channel_rule);
    return STATUS_OK;
}
static void fill_channel(struct doing *d) {
    d->command.set_channel =
        (struct set_channel){do_value(d, "channel"), do_value(d, "rule"), do_value(d, "reason")};
}

static enum status prepare_delivery(struct doing *d) {
    for (size_t i = 0; i < d->page.file.letters.count; i++) {
        const struct letter_view *l = &d->page.file.letters.items[i];
        if (l->letter != d->about) continue;
        d->view.facts_title = "case.do.letter";
        do_fact(d, "case.letter.title", page_pack_text(d->q, l->title));
        do_fact(d, "case.letter.issued", text_date(d->q->arena, d->q->language, case_day(d->q, l->issued)));
        do_preset_date(d, "on", zone_date(page_app(d->q)->zone, d->q->now));
        return STATUS_OK;
    }
    return STATUS_NOT_FOUND;
}
static void fill_delivery(struct doing *d) {
    d->command.record_notification =
        (struct record_notification){d->about, do_date(d, "on"), do_value(d, "how")};
}

static enum status prepare_error(struct doing *d) {
    static const char *const CODES[] = {"yes", "no"}, *const KEYS[] = {"case.error.yes", "case.error.no"};
    do_choose(d, "corrected", two(d->q->arena, CODES, KEYS));
    for (size_t i = 0; i < d->page.file.errors.count; i++) {
        const struct error_view *e = &d->page.file.errors.items[i];
        if (e->report != d->about) continue;
        d->view.parts_title = "case.errors";
        do_part(d, T("case.error.what"), e->what);
        do_part(d, T("case.error.correction"), e->correction);
        return STATUS_OK;
    }
    return STATUS_NOT_FOUND;
}
static void fill_error(struct doing *d) {
    d->command.answer_error =
        (struct answer_error){d->about, text_eq(do_value(d, "corrected"), T("yes")), do_value(d, "answer")};
}

// ---- rights, steps, track ----

static enum status prepare_right(struct doing *d) {
    for (size_t i = 0; i < d->page.file.rights.count; i++) {
        const struct right_view *v = &d->page.file.rights.items[i];
        if (v->request != d->about) continue;
        d->view.facts_title = "case.rights";
        do_fact(d, "case.right.which", page_code_name(d->q, "right", v->kind));
        do_fact(d, "case.right.at", text_date(d->q->arena, d->q->language, case_day(d->q, v->at)));
        d->view.parts_title = "case.right.words";
        do_part(d, T("case.message.from_person"), v->words);
        return STATUS_OK;
    }
    return STATUS_NOT_FOUND;
}
static void fill_right(struct doing *d) {
    d->command.answer_right = (struct answer_right){d->about, do_value(d, "answer")};
}

static bool is_waited_for(const struct doing *d, struct text step) {
    for (size_t i = 0; i < d->page.file.clocks.count; i++) {
        const struct clock_view *k = &d->page.file.clocks.items[i];
        const struct deadline_rule *r = pack_deadline(d->page.pack, k->deadline, case_day(d->q, k->starts));
        if (r && !k->ended.ms && text_eq(r->met_by, step)) return true;
    }
    return false;
}

// Only what the case waits for can be recorded.
static enum status prepare_step(struct doing *d) {
    struct options all = page_code_options(d->q, "step", (struct text){0}), waited = {0};
    for (size_t i = 0; i < all.count; i++)
        if (is_waited_for(d, all.items[i].value)) *ARENA_PUSH(d->q->arena, &waited) = all.items[i];
    do_choose(d, "step", waited);
    do_preset_date(d, "on", zone_date(page_app(d->q)->zone, d->q->now));
    if (!waited.count) d->view.lead = "case.step.none";
    return STATUS_OK;
}
static void fill_step(struct doing *d) {
    d->command.record_step = (struct record_step){do_value(d, "step"), do_date(d, "on")};
}

static enum status prepare_track(struct doing *d) {
    struct problem p = {0};
    do_preset(d, "track", d->page.file.head.track);
    enum status st = case_rules(d->q, &d->page, "suggest_track", &d->view.rules, &p);
    d->view.has_rules = st == STATUS_OK;
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}
static void fill_track(struct doing *d) {
    d->command.choose_track = (struct choose_track){do_value(d, "track"), do_value(d, "reason")};
}

static const struct do_form OTHERS[] = {
    {"send_message", COMMAND_SEND_MESSAGE, NULL, BODY_MESSAGE, prepare_message, fill_message,
     "case.message.lead", NULL, "/messages", "sent", false, true},
    {"add_note", COMMAND_ADD_NOTE, NULL, BODY_NOTE, NULL, fill_note, NULL, NULL, "/notes", "saved", false,
     true},
    {"add_file_number", COMMAND_ADD_FILE_NUMBER, NULL, NUMBER, NULL, fill_number, "case.number.lead", NULL,
     "/persons", "saved", false, false},
    {"assign_case", COMMAND_ASSIGN_CASE, NULL, ASSIGN, prepare_assign, fill_assign, NULL, NULL, NULL,
     "assigned", false, false},
    {"extend_deadline", COMMAND_EXTEND_DEADLINE, NULL, EXTEND, prepare_clock, fill_extend, "case.extend.lead",
     NULL, NULL, "saved", true, false},
    {"suspend_deadline", COMMAND_SUSPEND_DEADLINE, NULL, SUSPEND, prepare_clock, fill_suspend, NULL, NULL,
     NULL, "saved", true, false},
    {"resume_deadline", COMMAND_RESUME_DEADLINE, NULL, NULL, prepare_clock, fill_resume, "case.resume.lead",
     NULL, NULL, "saved", true, false},
    {"set_channel", COMMAND_SET_CHANNEL, NULL, CHANNEL, prepare_channel, fill_channel, "case.channel.lead",
     NULL, NULL, "saved", false, false},
    {"record_notification", COMMAND_RECORD_NOTIFICATION, NULL, DELIVERY, prepare_delivery, fill_delivery,
     "case.delivery.lead", NULL, "/letters", "saved", true, false},
    {"answer_error", COMMAND_ANSWER_ERROR, NULL, ERROR_ANSWER, prepare_error, fill_error, NULL, NULL, NULL,
     "saved", true, false},
    {"answer_right", COMMAND_ANSWER_RIGHT, NULL, RIGHT_ANSWER, prepare_right, fill_right, NULL, NULL, NULL,
     "saved", true, true},
    {"record_step", COMMAND_RECORD_STEP, NULL, STEP, prepare_step, fill_step, "case.step.lead", NULL, NULL,
     "saved", false, false},
    {"choose_track", COMMAND_CHOOSE_TRACK, NULL, TRACK, prepare_track, fill_track, "case.track.lead", NULL,
     NULL, "saved", false, false},
    {0},
};
const struct do_form *const CASE_DO_OTHERS = OTHERS;
