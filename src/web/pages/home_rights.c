// home_rights.c - rights that a person uses in the own case: all data, and a check by a person (R-GD-06,
// R-RD-04).
#include "web/pages.h"
#include "web/pages/home.h"

struct asked_right {
    struct text right, words, answer;
    struct moment at;
};
#define V struct asked_right
VIEW(ASKED_RIGHT, VIEW_TEXT(V, right), VIEW_TEXT(V, words), VIEW_TEXT(V, answer), VIEW_MOMENT(V, at));
#undef V
struct rights_view {
    int64_t id;
    struct text case_no, words;
    struct options rights;
    struct {
        struct asked_right *items;
        size_t count, capacity;
    } asked;
};
#define V struct rights_view
VIEW(RIGHTS_VIEW, VIEW_INT64(V, id), VIEW_TEXT(V, case_no), VIEW_TEXT(V, words),
     VIEW_LIST(V, rights, &OPTION_VIEW), VIEW_LIST(V, asked, &ASKED_RIGHT));
#undef V
static const struct page_template RIGHTS = {"home_rights", &RIGHTS_VIEW};

static enum status rights_page(struct request *q, struct response *r) {
    struct rights_view v = {0};
    struct case_file f;
    enum status st = own_case_open(q, r, &v.id, &f);
    if (st) return st;
    v.case_no = f.head.case_no;
    v.words = form_text(q, "words");
    v.rights = page_code_options(q, "right", form_text(q, "right"));
    for (size_t i = 0; i < f.rights.count; i++) {
        const struct right_view *a = &f.rights.items[i];
        *ARENA_PUSH(q->arena, &v.asked) =
            (struct asked_right){page_code_name(q, "right", a->kind), a->words, a->answer, a->at};
    }
    return page_show(q, r, &RIGHTS, &v);
}

static enum status right_take(struct request *q, struct response *r) {
    struct command c = {.kind = COMMAND_ASK_RIGHT,
                        .ask_right = {form_text(q, "right"), form_text(q, "words")}};
    bool is_mistake;
    enum status st = own_case_do(q, r, &c, "notice.right.asked", "/rights", &is_mistake);
    return is_mistake ? rights_page(q, r) : st;
}

static const struct route ROUTES[] = {
    {GET, "/my/:id/rights", rights_page, NEEDS(APPLICANT | REPRESENTATIVE)},
    {POST, "/my/:id/rights", right_take, NEEDS(APPLICANT | REPRESENTATIVE)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&RIGHTS, NULL};
const struct page_module HOME_RIGHT_PAGES = {ROUTES, TEMPLATES};
