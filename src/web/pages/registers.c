// registers.c - the registers that somebody may use, for one purpose; and the reports of mistakes in them
// that wait for an answer.
#include "web/pages.h"
#include "web/pages/register.h"

// Reports are opened one by one, each with its trace; more are on the page of their register.
enum { FAULTS_SHOWN = 20 };

struct register_card {
    struct text title, about, law, href;
};
struct registers_view {
    struct options purposes;
    struct {
        struct register_card *items;
        size_t count, capacity;
    } rows;
    struct text faults_href, report_href, mappings_href;
};
VIEW(CARD_VIEW, VIEW_TEXT(struct register_card, title), VIEW_TEXT(struct register_card, about),
     VIEW_TEXT(struct register_card, law), VIEW_TEXT(struct register_card, href));
#define V struct registers_view
VIEW(REGISTERS_VIEW, VIEW_LIST(V, purposes, &OPTION_VIEW), VIEW_LIST(V, rows, &CARD_VIEW),
     VIEW_TEXT(V, faults_href), VIEW_TEXT(V, report_href), VIEW_TEXT(V, mappings_href));
#undef V
static const struct page_template REGISTERS = {"registers", &REGISTERS_VIEW};

static bool might_any(struct request *q, const struct pack_register *def, struct text purpose) {
    struct registers *r = page_app(q)->registers;
    static const enum register_action ENTRY[] = {REGISTER_FIND, REGISTER_READ, REGISTER_RECORD,
                                                 REGISTER_EXPORT};
    for (size_t i = 0; i < sizeof ENTRY / sizeof *ENTRY; i++)
        if (registers_might(r, page_actor(q), def->id, purpose, ENTRY[i])) return true;
    return false;
}

static struct text with_purpose(struct request *q, const char *path, struct text purpose) {
    return TEXT_JOIN(q->arena, text_of(path), T("?purpose="), purpose);
}

static enum status registers_page(struct request *q, struct response *r) {
    struct registers_view v = {.purposes = register_purposes(q, T(""))};
    struct text purpose = register_purpose_of(&v.purposes);
    struct register_list all = {0};
    bool may_review = false;
    if (page_app(q)->registers) registers_all(page_app(q)->registers, q->arena, &all);
    for (size_t i = 0; i < all.count && purpose.n; i++) {
        const struct pack_register *def = all.items[i];
        const struct pack *pack = registers_pack(page_app(q)->registers, def->id);
        may_review |=
            registers_might(page_app(q)->registers, page_actor(q), def->id, purpose, REGISTER_REVIEW);
        if (!might_any(q, def, purpose)) continue;
        page_use_pack(q, pack);
        *ARENA_PUSH(q->arena, &v.rows) = (struct register_card){
            register_title(q, pack, def), register_about_words(q, pack, def), register_law(q, pack, def),
            TEXT_JOIN(q->arena, T("/registers/"), def->id, T("?purpose="), purpose)};
    }
    if (v.purposes.count == 1) v.purposes.count = 0;
    if (may_review) {
        v.faults_href = with_purpose(q, "/registers/faults", purpose);
        v.report_href = with_purpose(q, "/registers/retention", purpose);
    }
    if (page_app(q)->privacy && actor_has_role(page_actor(q), T("data_protection_officer")))
        v.mappings_href = T("/registers/mappings");
    return page_show(q, r, &REGISTERS, &v);
}

// ---- reports of mistakes

struct faults_view {
    struct options purposes;
    struct fault_lines faults;
    bool has_more;
};
#define V struct faults_view
VIEW(FAULTS_VIEW, VIEW_LIST(V, purposes, &OPTION_VIEW), VIEW_LIST(V, faults, &FAULT_LINE_VIEW),
     VIEW_BOOL(V, has_more));
#undef V
static const struct page_template FAULTS = {"register_faults", &FAULTS_VIEW};

static enum status faults_of_entry(struct request *q, struct response *r, const struct register_page *p,
                                   const struct entry_row *row, struct faults_view *v) {
    struct entry_view e;
    enum status st = registers_open_entry(page_app(q)->registers, page_actor(q), &p->look, row->entry,
                                          &(struct entry_at){0}, q->arena, &e, &r->problem);
    if (st) return st == STATUS_REFUSED ? STATUS_OK : st;
    struct fault_lines all = {0};
    register_faults(q, p, &e, &all);
    for (size_t i = 0; i < all.count; i++) {
        if (!all.items[i].is_open) continue;
        all.items[i].href = register_entry_href(q, p, row->entry, "");
        all.items[i].reference = e.head.reference;
        all.items[i].register_title = p->head.title;
        *ARENA_PUSH(q->arena, &v->faults) = all.items[i];
    }
    return STATUS_OK;
}

static enum status faults_of(struct request *q, struct response *r, const struct register_page *p,
                             struct faults_view *v) {
    struct entry_list list;
    enum status st = registers_todo(page_app(q)->registers, page_actor(q), &p->look, p->def->id, TODO_FAULT,
                                    q->arena, &list, &r->problem);
    for (size_t i = 0; !st && i < list.count; i++) {
        v->has_more = v->faults.count >= FAULTS_SHOWN;
        if (v->has_more) break;
        st = faults_of_entry(q, r, p, &list.items[i], v);
    }
    return st;
}

static enum status faults_page(struct request *q, struct response *r) {
    struct faults_view v = {.purposes = register_purposes(q, T(""))};
    struct register_list all = {0};
    struct registers *room = page_app(q)->registers;
    enum status st = STATUS_OK;
    if (room) registers_all(room, q->arena, &all);
    for (size_t i = 0; !st && i < all.count && !v.has_more; i++) {
        struct register_page p = {.def = all.items[i], .pack = registers_pack(room, all.items[i]->id)};
        p.look = (struct look){.purpose = register_purpose_of(&v.purposes)};
        if (!register_might(q, &p, REGISTER_REVIEW)) continue;
        page_use_pack(q, p.pack);
        p.head.title = register_title(q, p.pack, p.def);
        st = faults_of(q, r, &p, &v);
    }
    if (v.purposes.count == 1) v.purposes.count = 0;
    return st ? st : page_show(q, r, &FAULTS, &v);
}

static const struct route ROUTES[] = {
    {GET, "/registers", registers_page, NEEDS(STAFF)},
    {GET, "/registers/faults", faults_page, NEEDS(STAFF)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&REGISTERS, &FAULTS, NULL};
const struct page_module REGISTERS_PAGES = {ROUTES, TEMPLATES};
