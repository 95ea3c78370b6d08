// entries.c - entries in the registers, through the same acts as real ones: people who have a visa, cross a
// border, stay somewhere; interpreters, specimens, audits. The same few people come up in many registers.
#include "demo/entries.h"

#include <string.h>

#include "demo/inside.h"
#include "registers/registers.h"

enum { PEOPLE = 16, TOKEN_DEPTH_MAX = 3 };

struct writing {
    struct arena *a;
    struct date today;
    struct person people[PEOPLE];
    struct text case_no; // of the first of them, who is the demo applicant
    int index, first;    // of the entry in its plan, and who comes first there
    struct dice dice;
};

static int who_is(const struct writing *w) {
    return (w->index + w->first) % PEOPLE;
}

// ISO 7064 MOD 97-10 over the digits, as in IBANs.
static struct text person_number(struct arena *a, int which) {
    int64_t number = 1000 + which * 37;
    return text_printf(a, "%08lld%02lld", (long long)number, (long long)(98 - number * 100 % 97));
}

static struct text document_number(struct arena *a, int which) {
    return text_printf(a, "%c%c%06d", 'A' + which % 26, 'P' - which % 11, 218403 + which * 7919);
}

static struct text latin_or(struct text latin, struct text own) {
    return latin.n ? latin : own;
}

static struct text made_up_hash(struct writing *w) {
    return text_printf(w->a, "%016llx%016llx", (unsigned long long)dice_next(&w->dice),
                       (unsigned long long)dice_next(&w->dice));
}

// "-30" is a day a month ago, "-30T08:15" a moment of it.
static struct text day_of(struct writing *w, struct text token) {
    struct text days, time = token;
    int64_t n = 0;
    if (!text_cut(&time, 'T', &days)) return T("");
    bool is_future = days.p[0] == '+';
    if (!text_int(is_future ? text_slice(days, 1, days.n) : days, &n)) return T("");
    struct text day = date_print(w->a, date_add_days(w->today, n));
    return time.n ? TEXT_JOIN(w->a, day, T("T"), time) : day;
}

static struct text named(struct writing *w, struct text token) {
    int which = who_is(w), after = (which + 1) % PEOPLE;
    const struct person *p = &w->people[which], *next = &w->people[after];
    const struct {
        const char *name;
        struct text value;
    } all[] = {{"family", p->family},
               {"given", p->given},
               {"family_latin", p->family_latin},
               {"given_latin", p->given_latin},
               {"given_mail", latin_or(p->given_latin, p->given)},
               {"birth", date_print(w->a, p->birth)},
               {"sex", p->is_female ? T("2") : T("1")},
               {"nat", text_of(p->nationality)},
               {"person", person_number(w->a, which)},
               {"doc", document_number(w->a, which)},
               {"next_family", next->family},
               {"next_given", next->given},
               {"next_person", person_number(w->a, after)},
               {"case", which ? T("") : w->case_no},
               {"n", text_printf(w->a, "%04d", 1001 + w->index * 7)}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (text_eq(token, text_of(all[i].name))) return all[i].value;
    return text_eq(token, T("hash")) ? made_up_hash(w) : token;
}

// Where the brace at `from` closes.
static size_t closing(struct text t, size_t from) {
    int depth = 0;
    for (size_t i = from; i < t.n; i++) {
        depth += t.p[i] == '{';
        depth -= t.p[i] == '}';
        if (!depth) return i;
    }
    return t.n;
}

// The alternative whose turn it is; the whole when there is only one.
static struct text alternative(const struct writing *w, struct text t, bool *has_several) {
    struct text parts[8];
    size_t count = 0, begin = 0;
    int depth = 0;
    for (size_t i = 0; i <= t.n; i++) {
        if (i < t.n && t.p[i] == '{') depth++;
        if (i < t.n && t.p[i] == '}') depth--;
        if (i < t.n && (depth || t.p[i] != '|')) continue;
        parts[count++] = text_slice(t, begin, i);
        begin = i + 1;
        if (count == sizeof parts / sizeof *parts) break;
    }
    *has_several = count > 1;
    return parts[(size_t)w->index % count];
}

static struct text fill_in(struct writing *w, struct text t, int depth) {
    struct out o = {.arena = w->a};
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] != '{') {
            out_byte(&o, t.p[i]);
            continue;
        }
        size_t end = closing(t, i);
        bool has_several;
        struct text token = alternative(w, text_slice(t, i + 1, end), &has_several);
        bool is_day = token.n > 1 && (token.p[0] == '+' || token.p[0] == '-');
        bool is_nested = has_several && depth < TOKEN_DEPTH_MAX && memchr(token.p, '{', token.n);
        out_text(&o, is_day        ? day_of(w, token)
                     : is_nested   ? fill_in(w, token, depth + 1)
                     : has_several ? token
                                   : named(w, token));
        i = end;
    }
    return out_done(&o);
}

static void say(struct writing *w, const char *says, struct answers *out) {
    struct text rest = text_of(says), line, path;
    while (text_cut(&rest, '\n', &line)) {
        if (!text_cut(&line, '=', &path)) continue;
        struct text value = text_trim(fill_in(w, line, 0));
        enum status st = value.n ? answers_set(out, path, value) : STATUS_OK;
        (void)st; // a path that the register does not know shows when the entry is recorded
    }
}

static const struct actor *author_of(const struct cast *c, enum entry_author author) {
    const struct actor *all[ENTRY_AUTHORS] = {
        [OF_GUARD] = &c->registers.border_guard,  [OF_SECOND_LINE] = &c->registers.second_line,
        [OF_KEEPER] = &c->registers.keeper,       [OF_SECURITY] = &c->registers.security,
        [OF_DPO] = &c->registers.data_protection, [OF_SPECIALIST] = &c->registers.specialist,
        [OF_OFFICER] = &c->units[0].officers[0]};
    return all[author];
}

static enum status act_on(const struct demo_options *o, const struct actor *who,
                          const struct register_act *act, struct writing *w, struct register_done *done,
                          struct demo_report *r, struct arena *a) {
    struct problem problem = {0};
    enum status st = registers_do(o->registers, who, act, NULL, w->a, done, &problem);
    r->commands++;
    if (st) note_failure(r, COMMAND_SAVE_ANSWERS, st, &problem, a);
    return st;
}

static struct provenance source_of(const struct writing *w) {
    static const struct provenance ALL[] = {
        {.method = {"document", 8}, .confidence = {"high", 4}},
        {.method = {"declared", 8}, .confidence = {"medium", 6}},
        {.authority = {"Harbour police", 14}, .method = {"authority", 9}, .confidence = {"high", 4}}};
    return ALL[w->index % 3];
}

// The first entry has changed since, of the second one somebody says that it is wrong.
static void go_on(const struct demo_options *o, const struct actor *who, const struct register_act *first,
                  const struct entry_plan *plan, struct writing *w, int64_t entry, struct demo_report *r,
                  struct arena *a) {
    struct register_done done;
    struct answers answers = {.arena = w->a};
    struct register_act act = {.look = first->look, .register_id = first->register_id, .entry = entry};
    if (w->index == 0 && plan->changed) {
        answers_copy(w->a, first->answers, &answers);
        say(w, plan->changed, &answers);
        act.kind = ACT_CORRECT;
        act.answers = &answers;
        act.reason = T("The person told us of the change");
        (void)act_on(o, who, &act, w, &done, r, a); // counted there
    }
    if (w->index == 1 && text_eq(act.register_id, T("person"))) {
        act.kind = ACT_REPORT_FAULT;
        act.reason = T("The passport has one letter less in the given name");
        (void)act_on(o, who, &act, w, &done, r, a);
    }
}

// The last one of those that four eyes ask for stays waiting, so that there is something to confirm.
static void record(struct play *p, const struct demo_options *o, const struct entry_plan *plan,
                   struct writing *w, struct demo_report *r, struct arena *a) {
    struct answers answers = {.arena = w->a};
    struct register_done done;
    const struct actor *who = author_of(&p->cast, plan->author);
    say(w, plan->says, &answers);
    struct register_act act = {.kind = ACT_RECORD,
                               .look = {.purpose = text_of(plan->purpose)},
                               .register_id = text_of(plan->register_id),
                               .answers = &answers,
                               .source = source_of(w),
                               .reason = T("Recorded for the demonstration")};
    enum status st = act_on(o, who, &act, w, &done, r, a);
    if (!st && !done.is_waiting) go_on(o, who, &act, plan, w, done.entry, r, a);
    if (st || !done.is_waiting || w->index == plan->count - 1) return;
    struct register_act confirm = {.kind = ACT_CONFIRM, .look = act.look, .entry = done.entry};
    (void)act_on(o, &p->cast.registers.other_security, &confirm, w, &done, r, a); // counted there
}

// The demo applicant sees entries about the own person: as far as there is a case, the first of the people is
// the one of that case.
static void begin_with_applicant(struct play *p, struct writing *w, struct arena *a) {
    const struct actor *applicant = &p->cast.applicants[0];
    const struct look look = {.purpose = T("own_file")};
    struct work_list own;
    struct bytes encoded;
    struct answers said = {0};
    size_t i = 0;
    if (cases_own(p->cases, applicant, a, &own, NULL)) return;
    while (i < own.count && !own.rows[i].case_no.n) i++;
    if (i == own.count ||
        cases_answers(p->cases, applicant, &look, own.rows[i].case_id, T(""), a, &encoded, NULL) ||
        answers_decode(a, encoded, &said) ||
        date_parse(answers_get(&said, T("birth_date")), &w->people[0].birth))
        return;
    w->case_no = own.rows[i].case_no;
    w->people[0].family = answers_get(&said, T("family_name"));
    w->people[0].given = answers_get(&said, T("given_names"));
    w->people[0].family_latin = answers_get(&said, T("family_name_latin"));
    w->people[0].given_latin = answers_get(&said, T("given_names_latin"));
    w->people[0].is_female = text_eq(answers_get(&said, T("sex")), T("2"));
    w->people[0].nationality = text_c(a, own.rows[i].nationality);
}

void entries_make(struct play *p, const struct demo_options *o, struct demo_report *r, struct arena *a) {
    struct arena people = {0}, one = {0};
    struct writing w = {
        .a = &one, .today = play_day(p, p->last_slot - 1), .dice = dice_of(p->seed, UINT64_C(1) << 41)};
    for (int i = 0; i < PEOPLE; i++) w.people[i] = person_new(&people, &w.dice, w.today);
    begin_with_applicant(p, &w, &people);
    for (size_t i = 0; i < ENTRY_PLAN_COUNT && o->registers; i++) {
        const struct entry_plan *plan = &ENTRY_PLANS[i];
        if (!registers_named(o->registers, text_of(plan->register_id))) continue; // another pack's law
        w.first = plan->first;
        for (w.index = 0; w.index < plan->count; w.index++) {
            record(p, o, plan, &w, r, a);
            arena_reset(&one);
        }
    }
    arena_free(&one);
    arena_free(&people);
}
