// application.c - the form of an application, filled in as a person might.
#include "demo/inside.h"

struct filling {
    struct play *play;
    struct demo_case *c;
    struct dice *dice;
    struct person person;
    struct answers answers;
};

static void put(struct filling *f, const char *path, struct text value) {
    enum status st = value.n ? answers_set(&f->answers, text_of(path), value) : STATUS_OK;
    (void)st; // a path that the form does not know shows when the application is submitted
}
#define PUT(path, value) put(f, (path), text_of(value))

static struct text day_text(struct filling *f, int days_ago) {
    return date_print(f->answers.arena, date_add_days(play_day(f->play, f->play->slot), -(int64_t)days_ago));
}

static struct text some_code(struct filling *f, const char *list) {
    const struct code_list *l = pack_codes(f->play->pack, text_of(list));
    return l && code_count(l) ? code_at(l, (size_t)dice_range(f->dice, 0, (int)code_count(l) - 1))->code
                              : T("");
}

static void names(struct filling *f) {
    put(f, "family_name", f->person.family);
    put(f, "given_names", f->person.given);
    put(f, "family_name_latin", f->person.family_latin);
    put(f, "given_names_latin", f->person.given_latin);
    if (!dice_chance(f->dice, 8)) return;
    put(f, "other_names[0].name", f->person.family_latin.n ? f->person.family_latin : f->person.family);
    PUT("other_names[0].kind", "document");
}

static void birth(struct filling *f) {
    put(f, "birth_date", date_print(f->answers.arena, f->person.birth));
    PUT("birth_date_basis", date_is_full(f->person.birth) ? "document" : "told");
    PUT("birth_country", f->person.nationality);
    PUT("sex", f->person.is_female ? "2" : "1");
    bool is_grown = date_age_years(f->person.birth, play_day(f->play, f->play->slot)) > 20;
    PUT("civil_status", is_grown && dice_chance(f->dice, 45) ? "married" : "single");
}

static void nationality(struct filling *f) {
    if (dice_chance(f->dice, 2)) {
        PUT("is_stateless", "true");
        PUT("former_residence", f->person.nationality);
        return;
    }
    PUT("nationalities[0]", f->person.nationality);
}

static void relative(struct filling *f, int i, bool is_child) {
    struct person p = person_relative(f->dice, &f->person, is_child, play_day(f->play, f->play->slot));
    char path[64];
#define AT(name) (snprintf(path, sizeof path, "family[%d]." name, i), path)
    PUT(AT("relation"), is_child ? "child" : "spouse");
    put(f, AT("family_name"), p.family);
    put(f, AT("given_names"), p.given);
    put(f, AT("birth_date"), date_print(f->answers.arena, p.birth));
    PUT(AT("sex"), p.is_female ? "2" : "1");
    PUT(AT("nationality"), p.nationality);
    PUT(AT("whereabouts"), "with_me");
    PUT(AT("applies_with_me"), dice_chance(f->dice, 80) ? "yes" : "no");
#undef AT
}

static void family(struct filling *f) {
    int age = date_age_years(f->person.birth, play_day(f->play, f->play->slot));
    bool has_family = age > 20 && dice_chance(f->dice, 40);
    PUT("has_family", has_family ? "yes" : "no");
    int count = has_family ? dice_range(f->dice, 1, 4) : 0;
    for (int i = 0; i < count; i++) relative(f, i, i > 0);
}

static void languages(struct filling *f) {
    PUT("languages[0]", f->person.language);
    if (dice_chance(f->dice, 30)) PUT("languages[1]", "eng");
    PUT("interpreter_language", f->person.language);
    PUT("interpreter_sex", f->person.is_female && dice_chance(f->dice, 50) ? "female" : "any");
    PUT("reading", dice_chance(f->dice, 82) ? "yes" : "little");
}

static void contact(struct filling *f) {
    PUT("channel", f->c->is_paper ? "paper" : "online");
    put(f, "address",
        text_printf(f->answers.arena, "Reception centre %d, Harbour Road %d", dice_range(f->dice, 1, 9),
                    dice_range(f->dice, 1, 120)));
    PUT("has_device", f->c->is_paper ? "no" : "yes");
    PUT("place_kind", dice_chance(f->dice, 80) ? "reception" : "private");
}

static void documents(struct filling *f) {
    bool has_documents = dice_chance(f->dice, 55);
    PUT("has_documents", has_documents ? "yes" : "no");
    if (!has_documents) {
        PUT("no_documents_reason", "They were lost on the way.");
        return;
    }
    PUT("identity_documents[0].kind", dice_chance(f->dice, 60) ? "passport" : "identity_card");
    PUT("identity_documents[0].country", f->person.nationality);
    put(f, "identity_documents[0].number",
        text_printf(f->answers.arena, "X%07d", dice_range(f->dice, 1, 9999999)));
}

static void journey(struct filling *f) {
    int days = dice_range(f->dice, 3, 60);
    put(f, "left_on", text_slice(day_text(f, days + dice_range(f->dice, 30, 400)), 0, 7));
    put(f, "entered_on", day_text(f, days));
    PUT("entry_means", dice_chance(f->dice, 50) ? "land" : dice_chance(f->dice, 50) ? "sea" : "air");
    PUT("had_visa", "no");
}

static void reasons(struct filling *f) {
    static const char *const STORIES[] = {
        "I taught at a school. Armed men came twice and asked for the list of the girls in my class.",
        "I printed leaflets for the dock workers. My shop was closed and two colleagues were taken away.",
        "Our village lies on the front line. The house was hit in spring and we could not go back.",
        "My family refused the marriage that was arranged for me. My uncles have looked for me since.",
        "I was called up again after my service had ended. Who refuses is sent to prison without a trial.",
    };
    put(f, "claim_reasons[0]", some_code(f, "claim_reason"));
    PUT("story", STORIES[dice_range(f->dice, 0, 4)]);
    PUT("fear", "I am afraid of being arrested or hurt if I have to go back. Nobody there can protect me.");
}

static void needs(struct filling *f) {
    if (dice_chance(f->dice, 12)) put(f, "special_needs[0]", some_code(f, "special_need"));
    PUT("urgent_help", dice_chance(f->dice, 3) ? "yes" : "no");
}

static void earlier(struct filling *f) {
    bool has_earlier = dice_chance(f->dice, 6);
    PUT("has_earlier", has_earlier ? "yes" : "no");
    if (!has_earlier) return;
    PUT("earlier[0].country", "GRC");
    PUT("earlier[0].outcome", "rejected");
    PUT("new_elements", "A court at home has sentenced me since then. I have the judgment.");
}

static void representative(struct filling *f) {
    bool has_one = f->c->person->kind == ACTOR_REPRESENTATIVE;
    PUT("has_representative", has_one ? "yes" : "no");
    if (!has_one) return;
    PUT("representative_name", "Open Doors Counsellor");
    PUT("representative_organisation", "Open Doors Legal Aid");
}

static void (*const SECTIONS[])(struct filling *f) = {
    names,     birth,   nationality, family, languages, contact,
    documents, journey, reasons,     needs,  earlier,   representative,
};

enum { SECTION_COUNT = sizeof SECTIONS / sizeof *SECTIONS };

static struct bytes fill(struct play *p, struct demo_case *c, int sections, struct arena *a) {
    struct dice who = dice_of(p->seed, c->number); // the same person whenever asked
    struct filling f = {p, c, &c->dice, person_new(a, &who, play_day(p, p->slot)), {0}};
    f.answers = (struct answers){.arena = a};
    for (int i = 0; i < sections && i < SECTION_COUNT; i++) SECTIONS[i](&f);
    return answers_encode(a, &f.answers);
}

void application_fill(struct play *p, struct demo_case *c, int sections) {
    struct command *m = wave_add(p, c, c->person, COMMAND_SAVE_ANSWERS);
    m->save_answers.answers = fill(p, c, sections, &p->wave.arena);
}

struct bytes demo_application(const struct pack *pack, uint64_t seed, uint32_t number, struct date today,
                              struct arena *a) {
    static const struct actor APPLICANT = {.kind = ACTOR_APPLICANT};
    struct play play = {.pack = pack, .seed = seed, .first_day = today};
    struct demo_case c = {.number = number, .dice = dice_of(seed, number), .person = &APPLICANT};
    return fill(&play, &c, SECTION_COUNT, a);
}
