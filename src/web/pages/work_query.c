// work_query.c - reading and writing the query of the work list, and who an officer is.
#include "web/pages/work_query.h"

#include <string.h>

#include "flow/flow.h"
#include "store/store.h"

const char *const WORK_COLUMNS[COLUMN_COUNT] = {"procedure", "status",      "task",   "due",
                                                "officer",   "nationality", "birth",  "track",
                                                "language",  "made",        "changed"};
static const bool USUAL_COLUMNS[COLUMN_COUNT] = {true, true, true, true, true, true, true};

struct part {
    const char *name;
    size_t offset;
};
#define PART(member) \
    { #member, offsetof(struct work_query, member) }
static const struct part WORDS[] = {
    PART(view),  PART(officer),  PART(procedure), PART(unit),   PART(status), PART(task), PART(nationality),
    PART(track), PART(language), PART(light),     PART(search), PART(order),  PART(after)};
static const struct part FLAGS[] = {PART(vulnerable), PART(minor), PART(paper), PART(unread), PART(closed)};
#undef PART
#define COUNT(list) (sizeof(list) / sizeof *(list))

static struct text *word_at(struct work_query *w, const struct part *p) {
    return (struct text *)(void *)((char *)w + p->offset);
}
static bool *flag_at(struct work_query *w, const struct part *p) {
    return (bool *)(void *)((char *)w + p->offset);
}

static struct text first_value(const struct fields *f, const char *name) {
    struct text value = {0};
    size_t at = 0;
    return fields_next(f, name, &at, &value) ? text_trim(value) : (struct text){0};
}

struct work_query work_query_read(const struct fields *fields) {
    struct work_query w = {0};
    for (size_t i = 0; i < COUNT(WORDS); i++)
        *word_at(&w, &WORDS[i]) = text_slice(first_value(fields, WORDS[i].name), 0, 200);
    for (size_t i = 0; i < COUNT(FLAGS); i++)
        *flag_at(&w, &FLAGS[i]) = text_eq(first_value(fields, FLAGS[i].name), T("yes"));
    struct text column;
    for (size_t at = 0; fields_next(fields, "column", &at, &column);)
        for (size_t i = 0; i < COLUMN_COUNT; i++)
            if (text_eq(column, text_of(WORK_COLUMNS[i]))) w.columns[i] = w.has_columns = true;
    if (!w.has_columns) memcpy(w.columns, USUAL_COLUMNS, sizeof w.columns);
    return w;
}

static enum work_order order_of(struct text t) {
    if (text_eq(t, T("newest"))) return ORDER_NEWEST;
    if (text_eq(t, T("oldest"))) return ORDER_OLDEST;
    return text_eq(t, T("changed")) ? ORDER_CHANGED : ORDER_DUE;
}

struct work_filter work_query_filter(const struct work_query *w, const struct actor *actor) {
    struct work_filter f = {
        .procedure = w->procedure,
        .unit = w->unit,
        .status = w->status,
        .task = w->task,
        .nationality = w->nationality,
        .track = w->track,
        .language = w->language,
        .light = w->light,
        .search = w->search,
        .only_vulnerable = w->vulnerable,
        .only_minor = w->minor,
        .only_paper = w->paper,
        .only_unread = w->unread,
        .include_closed = w->closed,
        .order = order_of(w->order),
        .after = w->after,
        .limit = WORK_PAGE_ROWS,
    };
    if (text_eq(w->view, T("mine"))) f.officer = actor->account;
    if (text_eq(w->view, T("queue")) || text_eq(w->officer, T("none"))) f.officer = -1;
    int64_t account;
    if (text_int(w->officer, &account) && account > 0) f.officer = account;
    return f;
}

void query_put(struct out *o, const char *name, struct text value) {
    if (o->n) out_byte(o, '&');
    out_c(o, name);
    out_byte(o, '=');
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        bool plain =
            (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || (c && strchr("-._~", c));
        if (plain)
            out_byte(o, (char)c);
        else
            out_printf(o, "%%%02X", c);
    }
}

struct text work_query_text(struct arena *a, const struct work_query *w, bool with_cursor) {
    struct out o = {.arena = a};
    struct work_query copy = *w;
    if (!with_cursor) copy.after = (struct text){0};
    for (size_t i = 0; i < COUNT(WORDS); i++)
        if (word_at(&copy, &WORDS[i])->n) query_put(&o, WORDS[i].name, *word_at(&copy, &WORDS[i]));
    for (size_t i = 0; i < COUNT(FLAGS); i++)
        if (*flag_at(&copy, &FLAGS[i])) query_put(&o, FLAGS[i].name, T("yes"));
    for (size_t i = 0; i < COLUMN_COUNT && w->has_columns; i++)
        if (w->columns[i]) query_put(&o, "column", text_of(WORK_COLUMNS[i]));
    return out_done(&o);
}

int work_query_filters(const struct work_query *w) {
    struct work_query copy = *w;
    int n = 0;
    copy.view = copy.after = copy.order = (struct text){0};
    for (size_t i = 0; i < COUNT(WORDS); i++) n += word_at(&copy, &WORDS[i])->n != 0;
    for (size_t i = 0; i < COUNT(FLAGS); i++) n += *flag_at(&copy, &FLAGS[i]);
    return n;
}

// ---- who an officer is ----

// Of whom examines cases it is the purpose of the procedure.
static const struct {
    const char *role, *purpose;
} PURPOSES[] = {{"officer", NULL},
                {"second_officer", NULL},
                {"supervisor", "supervision"},
                {"registrar", "registration"},
                {"auditor", "audit"},
                {"operator", "technical"}};

static const char *purpose_of(const struct request *q, const struct pack *pack) {
    const struct pack *p = pack ? pack : page_pack(q);
    return p ? text_c(q->arena, pack_purpose(p)) : "asylum_examination";
}

const char *officer_purpose(const struct request *q, const struct pack *pack) {
    for (size_t i = 0; i < COUNT(PURPOSES); i++)
        if (actor_has_role(page_actor(q), text_of(PURPOSES[i].role)))
            return PURPOSES[i].purpose ? PURPOSES[i].purpose : purpose_of(q, pack);
    return purpose_of(q, pack);
}

bool officer_may(const struct request *q, const char *relation, const char *action) {
    return pack_lets(q, page_pack(q), relation, action);
}

bool pack_lets(const struct request *q, const struct pack *pack, const char *relation, const char *action) {
    const struct access_rules *rules = pack ? pack_access(pack) : NULL;
    for (size_t i = 0; rules && i < rules->rows.count; i++) {
        const struct access_row *row = &rules->rows.items[i];
        if (row->needs_reason || !text_eq(row->action, text_of(action))) continue;
        if (relation && !text_eq(row->relation, text_of(relation))) continue;
        if (actor_has_role(page_actor(q), row->role)) return true;
    }
    return false;
}

// Commands that both sides use are for "own_file" unless said otherwise.
struct text officer_command_purpose(const struct request *q, const char *action) {
    const char *usual = officer_purpose(q, NULL);
    static const char *const BOTH[] = {"send_message", "read_message"};
    if (!strcmp(action, "assign_case")) return T("supervision");
    if (strcmp(usual, purpose_of(q, NULL))) return text_of(usual);
    if (!strcmp(action, "save_answers") || !strcmp(action, "add_document")) return T("registration");
    for (size_t i = 0; i < COUNT(BOTH); i++)
        if (!strcmp(action, BOTH[i])) return text_of(usual);
    return (struct text){0};
}

static enum status read_staff(struct request *q, struct staff_list *staff) {
    struct store *store = journal_store(cases_journal(page_app(q)->cases));
    struct db *db;
    enum status st = store_reader(store, &db);
    if (st) return st;
    st = access_staff(db, T(""), T(""), false, q->arena, staff);
    store_reader_release(store, db);
    return st;
}

struct options officer_options(struct request *q, int64_t chosen) {
    struct options o = {0};
    struct staff_list staff = {0};
    if (read_staff(q, &staff)) return o;
    for (size_t i = 0; i < staff.count; i++) {
        const struct staff_row *row = &staff.items[i];
        bool works = false;
        for (size_t k = 0; k < row->role_count; k++)
            works |= text_eq(row->roles[k], T("officer")) || text_eq(row->roles[k], T("registrar")) ||
                     text_eq(row->roles[k], T("second_officer")) || text_eq(row->roles[k], T("supervisor"));
        if (!works) continue;
        struct option *item = ARENA_PUSH(q->arena, &o);
        item->value = text_printf(q->arena, "%lld", (long long)row->account);
        item->label = row->unit.n ? TEXT_JOIN(q->arena, row->name, T(" ("), row->unit, T(")")) : row->name;
        item->is_chosen = row->account == chosen;
    }
    return o;
}

struct text officer_name(struct request *q, int64_t account) {
    struct store *store = journal_store(cases_journal(page_app(q)->cases));
    struct staff_row row = {0};
    struct db *db;
    if (!account || store_reader(store, &db)) return (struct text){0};
    enum status st = access_staff_one(db, account, q->arena, &row);
    store_reader_release(store, db);
    return st ? (struct text){0} : row.name;
}

struct text key_of(struct arena *a, const char *prefix, struct text code) {
    struct out o = {.arena = a};
    out_c(&o, prefix);
    for (size_t i = 0; i < code.n; i++) {
        char c = code.p[i];
        out_byte(&o, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
    }
    return out_done(&o);
}

struct text procedure_name(struct request *q, const struct pack *pack) {
    bool has_name = catalog_has(pack_catalog(pack), T("pack.name"));
    return page_words_of(q, pack, has_name ? T("pack.name") : pack_title_key(pack));
}

struct text step_name(struct request *q, const struct pack *pack, struct text element) {
    for (size_t i = 0; element.n && pack && i < pack_processes(pack); i++) {
        const struct flow_model *m = pack_process(pack, i);
        int at = flow_find(m, element);
        if (at < 0) continue;
        struct text key = TEXT_JOIN(q->arena, T("flow."), flow_process_id(m), T("."), element);
        struct text words = page_words_of(q, pack, key);
        if (!text_eq(words, key)) return words;
        struct text name = flow_element(m, at)->name;
        return name.n ? name : element;
    }
    return element;
}

struct text language_name(struct request *q, struct text language) {
    struct texts texts = {0};
    const struct pack *pack = page_pack(q);
    if (!pack || !language.n) return language;
    texts_add(&texts, pack_catalog(pack));
    return code_label(q->arena, &texts, q->language, T("language"), language);
}
