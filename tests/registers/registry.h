// registry.h - a house with one register of the test's own, and the steps that its stories share.
#pragma once
#include "register_pack.h"
#include "registers/registers.h"

static inline void add_to_law(struct arena *a, struct pack_files *files) {
    add_ban(a, files, register_file(a, "tests/registers/ban.form"));
}
#define HOUSE_MORE_ROOMS &REGISTERS_MIGRATIONS
#define HOUSE_MORE_TYPES registers_event_types
#define HOUSE_MORE_LAW add_to_law
#include "../cases/story.h"

struct registry {
    struct house h;
    struct registers *r;
    struct register_done done;
};

static inline void registry_new(struct registry *g) {
    struct registers_options o = {T("Europe/Brussels")};
    house_new(&g->h);
    assert_ok(registers_open(g->h.journal, g->h.cases, &o, &g->r, &g->h.problem));
}

static inline void registry_ends(struct registry *g) {
    registers_close(g->r);
    story_ends(&g->h);
}

static inline struct answers *said(struct registry *g, const char *const pairs[][2]) {
    struct answers *s = ARENA_NEW(&g->h.arena, struct answers);
    s->arena = &g->h.arena;
    for (size_t i = 0; pairs[i][0]; i++)
        assert_ok(answers_set(s, text_of(pairs[i][0]), text_of(pairs[i][1])));
    return s;
}

static inline enum status try_act(struct registry *g, int which, struct register_act act) {
    struct actor a = who(&g->h, which);
    if (!act.look.purpose.n)
        act.look.purpose = which == REGISTRAR ? T("registration")
                           : which == BOSS    ? T("supervision")
                                              : T("asylum_examination");
    g->h.problem = (struct problem){0};
    return registers_do(g->r, &a, &act, NULL, &g->h.arena, &g->done, &g->h.problem);
}
#define ACT(g, account, ...)                                                           \
    do {                                                                               \
        enum status st_ = try_act((g), (account), (struct register_act){__VA_ARGS__}); \
        if (st_) house_say(&(g)->h, #__VA_ARGS__, st_);                                \
        assert_int_equal(st_, STATUS_OK);                                              \
    } while (0)
#define ACT_REFUSED(g, account, wanted, wanted_rule, ...)                                           \
    do {                                                                                            \
        enum status st_ = try_act((g), (account), (struct register_act){__VA_ARGS__});              \
        if (st_ != (wanted) || strcmp((g)->h.problem.rule ? (g)->h.problem.rule : "", wanted_rule)) \
            house_say(&(g)->h, #__VA_ARGS__, st_);                                                  \
        assert_int_equal(st_, wanted);                                                              \
        assert_string_equal((g)->h.problem.rule, wanted_rule);                                      \
    } while (0)

static const char *const BAN[][2] = {{"names[0].family", "Al-Hassan"},
                                     {"names[0].given", "Karim"},
                                     {"names[1].family", "الحسن"},
                                     {"birth", "1990-05"},
                                     {"sex", "1"},
                                     {"nationality", "SYR"},
                                     {"issuing_state", "SYR"},
                                     {"number", "N 123-456"},
                                     {"kind", "BAN"},
                                     {"expires_on", "2027-03-01"},
                                     {0}};

static inline int64_t recorded(struct registry *g) {
    ACT(g, REGISTRAR, .kind = ACT_RECORD, .register_id = T("ban"), .answers = said(g, BAN),
        .source = {T("Court of Mittelstadt"), T("document"), T("12 C 345/26"), T("high")});
    return g->done.entry;
}

static inline enum status try_open(struct registry *g, int which, const char *purpose, int64_t entry,
                                   const struct entry_at *at, struct entry_view *v) {
    struct actor a = who(&g->h, which);
    struct look look = {.purpose = text_of(purpose)};
    g->h.problem = (struct problem){0};
    return registers_open_entry(g->r, &a, &look, entry, at, &g->h.arena, v, &g->h.problem);
}
static inline void opened(struct registry *g, int64_t entry, const struct entry_at *at,
                          struct entry_view *v) {
    enum status st = try_open(g, REGISTRAR, "registration", entry, at, v);
    if (st) house_say(&g->h, "open", st);
    assert_int_equal(st, STATUS_OK);
}
static inline size_t found(struct registry *g, int which, const char *purpose, struct entry_filter f,
                           struct entry_list *list) {
    struct actor a = who(&g->h, which);
    struct look look = {.purpose = text_of(purpose)};
    f.register_id = T("ban");
    enum status st = registers_find(g->r, &a, &look, &f, &g->h.arena, list, &g->h.problem);
    if (st) house_say(&g->h, "find", st);
    assert_int_equal(st, STATUS_OK);
    return list->count;
}
static inline struct text value_of(const struct entry_view *v, const char *path) {
    return answers_get(&v->head.answers, text_of(path));
}
#define DAY(y, m, d) ((struct date){y, m, d})
