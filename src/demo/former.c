// former.c - closed files of the former system, as an authority brings them along when it begins.
#include "demo/inside.h"

enum { YEARS = 15, LONGEST_DAYS = 900 };

static void put(struct answers *s, const char *path, struct text value) {
    enum status st = value.n ? answers_set(s, text_of(path), value) : STATUS_OK;
    (void)st; // a path that the form does not know shows when the file is carried over
}

static struct bytes what_is_known(struct arena *a, const struct person *person) {
    struct answers s = {.arena = a};
    put(&s, "family_name", person->family);
    put(&s, "given_names", person->given);
    put(&s, "family_name_latin", person->family_latin);
    put(&s, "given_names_latin", person->given_latin);
    put(&s, "birth_date", date_print(a, person->birth));
    put(&s, "sex", person->is_female ? T("2") : T("1"));
    put(&s, "nationalities[0]", text_of(person->nationality));
    return answers_encode(a, &s);
}

static void carry(struct play *p, struct demo_case *nobody, int64_t index) {
    static const char *const OUTCOMES[] = {"refugee", "subsidiary_protection", "rejected", "rejected", ""};
    struct arena *a = &p->wave.arena;
    struct dice d = dice_of(p->seed, UINT64_C(1) << 40 | (uint64_t)index);
    int days = dice_range(&d, 60, LONGEST_DAYS);
    struct date closed = date_add_days(p->first_day, -dice_range(&d, 1, YEARS * 365)),
                made = date_add_days(closed, -days);
    struct person person = person_new(a, &d, made);
    struct command *m =
        wave_add(p, nobody, &p->cast.units[dice_range(&d, 0, UNITS - 1)].registrar, COMMAND_CARRY_OVER_CASE);
    const char *outcome = OUTCOMES[dice_range(&d, 0, 4)];
    m->carry_over_case = (struct carry_over_case){
        .origin = T("former register"),
        .number = text_printf(a, "F %d/%07lld", made.year, (long long)index),
        .language = text_of(person.tag),
        .answers = what_is_known(a, &person),
        .made_on = made,
        .lodged_on = date_add_days(made, 10),
        .decided_on = *outcome ? date_add_days(closed, -30) : (struct date){0},
        .closed_on = closed,
        .outcome = text_of(outcome),
    };
}

void former_make(struct play *p, const struct demo_options *o, struct demo_report *r, struct arena *a) {
    struct demo_case nobody = {0};
    for (int64_t i = 0; i < o->carried;) {
        int64_t to = o->carried - i > WAVE_CASES ? i + WAVE_CASES : o->carried;
        for (; i < to; i++) carry(p, &nobody, i);
        wave_send(p, r, a);
        if (o->progress) o->progress("file", i, o->carried);
    }
}
