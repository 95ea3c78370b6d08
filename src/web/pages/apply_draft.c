// Opening and saving an application that is being written.
#include "web/pages/apply.h"

enum status draft_open(struct request *q, struct response *r, struct draft *d) {
    struct app *app = page_app(q);
    struct look look = page_look(q, "own_file");
    struct bytes saved = {0};
    struct problem p = {0};
    *d = (struct draft){.answers = {.arena = q->arena}};
    if (!request_param_id(q, "id", &d->id)) return STATUS_NOT_FOUND;
    enum status st = cases_open_file(app->cases, page_actor(q), &look, d->id, q->arena, &d->file, &p);
    if (st == STATUS_REFUSED) r->problem = p;
    if (st) return st;
    d->pack = cases_pack_of(app->cases, d->file.pack_version);
    d->form = d->pack ? pack_form(d->pack, T("application")) : NULL;
    if (!d->form) return STATUS_CORRUPT;
    page_use_pack(q, d->pack);
    d->context = pack_form_context(d->pack, zone_date(app->zone, q->now));
    if (d->file.head.case_no.n) return STATUS_CONFLICT;
    st = cases_answers(app->cases, page_actor(q), &look, d->id, T(""), q->arena, &saved, &p);
    return st || !saved.n ? st : answers_decode(q->arena, saved, &d->answers);
}

enum status draft_sent(struct request *q, struct response *r, const struct draft *d) {
    response_notice(q, r, "notice.apply.sent");
    return response_redirect(q, r, text_printf(q->arena, "/my/%lld", (long long)d->id));
}

enum status draft_save(struct request *q, struct draft *d, const struct form_section *section,
                       struct problem *p) {
    struct answers own = {.arena = q->arena};
    struct command_result result;
    form_page_section_answers(section, &d->answers, &own);
    struct command c = {.kind = COMMAND_SAVE_ANSWERS,
                        .case_id = d->id,
                        .save_answers = {.section = section->id, .answers = answers_encode(q->arena, &own)}};
    return cases_do(page_app(q)->cases, page_actor(q), &c, q->arena, &result, p);
}

struct text draft_next(struct request *q, const struct draft *d, const struct form_section *after) {
    bool is_behind = !after;
    for (size_t i = 0; i < d->form->section_count; i++) {
        const struct form_section *s = &d->form->sections[i];
        if (!is_behind) {
            is_behind = s == after;
            continue;
        }
        enum section_state state = form_section_state(d->form, s, &d->answers, &d->context);
        if (state != SECTION_NOT_STARTED && state != SECTION_INCOMPLETE) continue;
        return text_printf(q->arena, "/apply/%lld/" TEXT_FMT, (long long)d->id, TEXT_ARG(s->id));
    }
    return text_printf(q->arena, "/apply/%lld", (long long)d->id);
}
