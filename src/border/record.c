// record.c - an officer records an entry, an exit or a refusal: an entry of the register of crossings.
#include "border/fields.h"
#include "border/inside.h"

static enum status say(struct answers *s, const char *path, struct text value) {
    return value.n ? answers_set(s, text_of(path), value) : STATUS_OK;
}

// ISO 5218, as registers have it; the X of a document is "not applicable".
static struct text sex_code(char sex) {
    return sex == 'M' ? T("1") : sex == 'F' ? T("2") : sex == 'X' ? T("9") : (struct text){0};
}

static enum status say_who(struct answers *s, const struct traveller *w) {
    const struct {
        const char *path;
        struct text value;
    } SAID[] = {{"family_name", w->family},
                {"given_names", w->given},
                {"birth_date", w->birth.year ? date_print(s->arena, w->birth) : (struct text){0}},
                {"sex", sex_code(w->sex)},
                {"nationality", w->nationality},
                {"doc_type", w->doc_type},
                {"issuing_state", w->issuer},
                {"doc_number", w->number}};
    enum status st = STATUS_OK;
    for (size_t i = 0; i < sizeof SAID / sizeof *SAID && !st; i++) st = say(s, SAID[i].path, SAID[i].value);
    return st;
}

static enum status say_event(struct answers *s, const struct border_act *act) {
    bool is_air = text_eq(act->means, T("air")), is_land = text_eq(act->means, T("land"));
    enum status st = say(s, "crossing_event", act->event);
    if (!st) st = say(s, "at", act->at);
    if (!st) st = say(s, "crossing_point", act->point);
    if (!st) st = say(s, "means", act->means);
    if (!st && is_land) st = say(s, "plate", act->plate);
    if (!st && is_air) st = say(s, "flight_no", act->flight);
    if (!st) st = say(s, "traveller_class", act->traveller_class);
    if (!st) st = say(s, "officer", act->officer);
    return st;
}

static enum status say_result(struct answers *s, const struct border_act *act) {
    enum status st = STATUS_OK;
    if (text_eq(act->event, T("refusal"))) {
        for (size_t i = 0; i < act->reason_count && !st; i++)
            st = say(s, text_c(s->arena, text_printf(s->arena, "refusal_reason[%zu]", i)), act->reasons[i]);
        return st;
    }
    if (text_eq(act->event, T("entry")) && act->stay_until.year)
        st = say(s, "stay_until", date_print(s->arena, act->stay_until));
    return st ? st : say(s, "days_used", text_printf(s->arena, "%lld", (long long)act->days_used));
}

enum status border_record(struct border *b, const struct actor *actor, const struct border_act *act,
                          struct arena *a, struct register_done *done, struct problem *p) {
    if (text_eq(act->event, T("refusal")) && !act->reason_count)
        return problem(p, "reason", "reason_missing", "border.reason_missing");
    if (!text_trim(act->point).n) return problem(p, "point", "point_missing", "border.point_missing");
    struct answers *said = ARENA_NEW(a, struct answers);
    said->arena = a;
    enum status st = say_who(said, &act->who);
    if (!st) st = say_event(said, act);
    if (!st) st = say_result(said, act);
    if (st) return problem(p, "zone", "too_large", "border.nobody");
    struct date day;
    if (date_parse(text_head(act->at, 10), &day)) return problem(p, "at", "date", "border.at_wrong");
    struct register_act record = {.kind = ACT_RECORD,
                                  .look = {.purpose = BORDER_PURPOSE},
                                  .register_id = BORDER_CROSSING,
                                  .answers = said,
                                  .from = day,
                                  .reason = act->evidence,
                                  .source = {.method = T("document"), .evidence = act->who.number}};
    if (act->evidence.n)
        record.source = (struct provenance){.method = T("declared"), .confidence = T("medium")};
    return registers_do(b->registers, actor, &record, NULL, a, done, p);
}
