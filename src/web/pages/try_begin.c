// try_begin.c - a trial begins: of which law, with whose answers, in which language and on which day.
#include <string.h>

#include "cases/draft.h"
#include "cases/replay.h"
#include "web/pages.h"
#include "web/pages/try.h"
#include "web/pages/work_query.h"

struct try_begin_page {
    struct text version, draft, running, of, starts;
    struct options versions, walks, languages;
    bool has_pack;
};
#define V struct try_begin_page
VIEW(TRY_BEGIN_VIEW, VIEW_TEXT(V, version), VIEW_TEXT(V, draft), VIEW_TEXT(V, running), VIEW_TEXT(V, of),
     VIEW_TEXT(V, starts), VIEW_LIST(V, versions, &OPTION_VIEW), VIEW_LIST(V, walks, &OPTION_VIEW),
     VIEW_LIST(V, languages, &OPTION_VIEW), VIEW_BOOL(V, has_pack));
#undef V
static const struct page_template TRY_BEGIN = {"try_begin", &TRY_BEGIN_VIEW};

static struct look try_look(void) {
    return (struct look){.purpose = T("policy_review")};
}

// ---- the law that is tried

struct law {
    struct pack_files files;
    struct pack *pack;
    struct text name, way_back;
};

static struct text law_name(struct request *q, const struct pack *pack) {
    return TEXT_JOIN(q->arena, pack_id(pack), T(" "), pack_version(pack));
}

// A draft that nobody has released, by its number; else a version that was loaded.
static enum status read_files(struct request *q, struct text version, struct text draft, struct law *out) {
    struct cases *c = page_app(q)->cases;
    struct draft_view view;
    int64_t id;
    if (!draft.n) {
        out->way_back = TEXT_JOIN(q->arena, T("/policy/try?version="), version);
        return replay_stored_files(journal_store(cases_journal(c)), version, q->arena, &out->files);
    }
    if (!text_int(draft, &id)) return STATUS_NOT_FOUND;
    enum status st = cases_draft(c, id, q->arena, &view);
    if (!st) st = cases_draft_files(c, id, q->arena, &out->files);
    out->name = view.title;
    out->way_back = TEXT_JOIN(q->arena, T("/policy/try?draft="), draft);
    return st;
}

static enum status read_law(struct request *q, struct text version, struct text draft, struct law *out,
                            struct problem *p) {
    *out = (struct law){0};
    enum status st = read_files(q, version, draft, out);
    if (!st) st = pack_read(q->arena, &out->files, &out->pack, p);
    if (!st && !draft.n) out->name = law_name(q, out->pack);
    return st;
}

static struct text chosen(const struct request *q, const char *name) {
    return q->method == POST ? form_text(q, name) : query_text(q, name);
}

static enum status fill_versions(struct request *q, struct try_begin_page *v) {
    struct loaded_pack_list packs;
    enum status st = cases_loaded_packs(page_app(q)->cases, q->arena, &packs);
    v->version = chosen(q, "version");
    for (size_t i = 0; !st && i < packs.count; i++) {
        const struct loaded_pack *k = &packs.items[i];
        struct text number = text_printf(q->arena, "%lld", (long long)k->pack_version);
        if (!v->version.n) v->version = number;
        *ARENA_PUSH(q->arena, &v->versions) =
            (struct option){.value = number,
                            .label = TEXT_JOIN(q->arena, k->id, T(" "), k->version),
                            .is_chosen = text_eq(number, v->version)};
    }
    return st;
}

static void fill_walks(struct request *q, const struct pack *pack, struct try_begin_page *v) {
    const struct walk *list;
    size_t count = pack_walks(pack, &list);
    struct text wanted = chosen(q, "walk");
    *ARENA_PUSH(q->arena, &v->walks) = (struct option){.value = T(""), .label_key = "trial.walk.none"};
    for (size_t i = 0; i < count; i++) {
        if (list[i].about.n == 0 && list[i].answers == NULL) continue;
        *ARENA_PUSH(q->arena, &v->walks) = (struct option){
            .value = list[i].name,
            .label =
                list[i].about.n ? TEXT_JOIN(q->arena, list[i].name, T(": "), list[i].about) : list[i].name,
            .is_chosen = wanted.n ? text_eq(wanted, list[i].name) : i == 0};
    }
}

static void fill_languages(struct request *q, const struct pack *pack, struct try_begin_page *v) {
    struct text wanted = chosen(q, "language");
    for (size_t i = 0; i < catalog_languages(pack_catalog(pack)); i++) {
        struct text tag = catalog_language(pack_catalog(pack), i)->tag;
        *ARENA_PUSH(q->arena, &v->languages) =
            (struct option){.value = tag,
                            .label = language_name(q, tag),
                            .is_chosen = text_eq(wanted.n ? wanted : q->language, tag)};
    }
}

static enum status show(struct request *q, struct response *r) {
    struct try_begin_page v = {.starts = chosen(q, "starts")};
    struct law law = {0};
    struct problem p = {0};
    int64_t running = trials_of(page_app(q)->trials, page_actor(q)->account);
    if (running) v.running = text_printf(q->arena, "/policy/try/%lld", (long long)running);
    enum status st = fill_versions(q, &v);
    v.draft = chosen(q, "draft");
    if (!st && (v.draft.n || v.version.n)) st = read_law(q, v.version, v.draft, &law, &p);
    if (st == STATUS_INVALID) try_problem(q, &p), st = STATUS_OK;
    if (!st && law.pack) {
        v.has_pack = pack_procedure(law.pack).n > 0;
        v.of = law.name;
        fill_walks(q, law.pack, &v);
        fill_languages(q, law.pack, &v);
    }
    if (!st) st = page_show(q, r, &TRY_BEGIN, &v);
    pack_release(law.pack);
    return st;
}

static enum status try_page(struct request *q, struct response *r) {
    return page_app(q)->trials ? show(q, r) : STATUS_NOT_FOUND;
}

// ---- it begins

static enum status read_start(struct request *q, struct moment *out, struct problem *p) {
    struct text day = form_text(q, "starts");
    struct date d;
    if (!day.n) return STATUS_OK;
    if (date_parse(day, &d) || !date_is_full(d))
        return problem(p, "starts", "trial_day", "problem.trial.day");
    *out = zone_moment(page_app(q)->zone, d, 9 * 60);
    int64_t days = (out->ms - q->now.ms) / 86400000, most = INT64_C(366) * TRIAL_AHEAD_YEARS;
    return days > most || days < -most ? problem(p, "starts", "trial_day", "problem.trial.day") : STATUS_OK;
}

static enum status begin_case(struct request *q, struct trial *t, struct problem *p) {
    const struct walk *walk = walk_find(trial_pack(t), form_text(q, "walk"));
    struct answers answers = {.arena = q->arena};
    const struct pack *pack = trial_pack(t);
    struct trial_beginning b = {.language = form_text(q, "language"), .answers = &answers};
    enum status st = walk ? walk_answers(pack, walk, &answers, p) : STATUS_OK;
    b.is_opened = !pack_opened_by_person(pack);
    if (!b.language.n) b.language = q->language;
    return st ? st : trial_begin(t, &b, p);
}

static enum status begin(struct request *q, const struct law *law, int64_t *id, struct problem *p) {
    struct trial_options o = {
        .pack = law->pack, .files = &law->files, .zone = page_app(q)->zone_name, .answer = q->arena};
    struct trial *t = NULL;
    enum status st = read_start(q, &o.starts, p);
    if (!st) st = trial_open(&o, &t, p);
    if (!st) st = begin_case(q, t, p);
    if (st && p->text_key) *p = problem_copy(q->arena, p);
    if (!st)
        st = trials_add(page_app(q)->trials, page_actor(q)->account, q->now, t, law->name, law->way_back, id);
    if (st) trial_close(t);
    if (st == STATUS_BUSY) return problem(p, "", "trial_places", "problem.trial.places");
    return st;
}

static enum status try_start(struct request *q, struct response *r) {
    struct look look = try_look();
    struct problem p = {0};
    struct law law = {0};
    int64_t id = 0;
    if (!page_app(q)->trials) return STATUS_NOT_FOUND;
    enum status st = cases_note_trial(page_app(q)->cases, page_actor(q), &look, &r->problem);
    if (st) return st;
    st = read_law(q, form_text(q, "version"), form_text(q, "draft"), &law, &p);
    if (!st) st = begin(q, &law, &id, &p);
    pack_release(law.pack);
    if (!st) return response_redirect(q, r, text_printf(q->arena, "/policy/try/%lld", (long long)id));
    if (!p.text_key) return st;
    try_problem(q, &p);
    return show(q, r);
}

static const struct route ROUTES[] = {
    {GET, "/policy/try", try_page, NEEDS(POLICY | SUPERVISOR)},
    {POST, "/policy/try", try_start, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&TRY_BEGIN, NULL};
const struct page_module TRY_BEGIN_PAGES = {ROUTES, TEMPLATES};
