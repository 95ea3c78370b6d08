// From a view to a page in the person's language.
#include <assert.h>
#include <string.h>

#include "base/log.h"
#include "web/server.h"

static struct texts texts_of(struct request *q) {
    struct texts t = {0};
    const struct catalog *pack = q->pack_texts ? q->pack_texts : atomic_load(&q->web->pack_texts);
    texts_add(&t, q->web->texts.catalog);
    if (pack) texts_add(&t, pack);
    return t;
}

struct text page_text(struct request *q, const char *key, const struct problem_arg *args, size_t arg_count) {
    struct render r = {.arena = q->arena, .language = q->language, .texts = texts_of(q)};
    return render_sentence(&r, text_of(key), args, arg_count, -1);
}

struct text page_text_or(struct request *q, struct text key, struct text otherwise) {
    struct texts texts = texts_of(q);
    bool is_machine_made;
    struct text t = texts_get(&texts, q->language, key, &is_machine_made);
    return t.p != key.p ? t : otherwise; // a key without a text comes back as it is
}

void page_problem(struct request *q, const struct problem *p) {
    if (q->problem_count < sizeof q->problems / sizeof *q->problems) q->problems[q->problem_count++] = *p;
}

// The same page in another language: its address with lang= replaced.
static struct text language_address(struct request *q, struct text tag) {
    struct out o = {.arena = q->arena};
    struct text rest = q->target, path, query, part;
    bool has_path = text_cut(&rest, '?', &path);
    query = rest;
    out_text(&o, has_path && q->method == GET ? path : T("/"));
    out_c(&o, "?");
    while (q->method == GET && query.p && text_cut(&query, '&', &part)) {
        if (!part.n || text_starts(part, T("lang="))) continue;
        out_text(&o, part);
        out_byte(&o, '&');
    }
    out_c(&o, "lang=");
    out_text(&o, tag);
    return out_done(&o);
}

static void fill_languages(struct request *q, struct page_state *s) {
    for (size_t i = 0; i < catalog_languages(q->web->texts.catalog); i++) {
        const struct language *l = catalog_language(q->web->texts.catalog, i);
        *ARENA_PUSH(q->arena, &s->languages) =
            (struct language_link){l->tag, q->web->language_names[i], language_address(q, l->tag),
                                   l->is_rtl ? "rtl" : "ltr", text_eq(l->tag, q->language)};
    }
}

static void fill_problems(struct request *q, struct page_state *s) {
    for (size_t i = 0; i < q->problem_count; i++) {
        const struct problem *p = &q->problems[i];
        size_t n = 0;
        while (n < PROBLEM_ARGS_MAX && p->args[n].name) n++;
        struct text field = text_of(p->field);
        *ARENA_PUSH(q->arena, &s->problems) =
            (struct shown_problem){field, field.n ? TEXT_JOIN(q->arena, T("#"), field) : (struct text){0},
                                   page_text(q, p->text_key, p->args, n)};
    }
}

static void fill_person(struct request *q, struct page_state *s) {
    unsigned kinds = q->session.kinds;
    s->name = q->session.display_name;
    s->office = q->session.office;
    s->is_signed_in = q->session.account != 0 && !(kinds & HALF_SIGNED_IN);
    s->is_half_signed_in = kinds & HALF_SIGNED_IN;
    s->is_applicant = kinds & APPLICANT;
    s->is_representative = kinds & REPRESENTATIVE;
    s->is_staff = kinds & STAFF;
    s->is_officer = kinds & OFFICER;
    s->is_supervisor = kinds & SUPERVISOR;
    s->is_administrator = kinds & ADMINISTRATOR;
    s->is_policy = kinds & POLICY;
    s->is_partner = kinds & PARTNER;
    s->has_border = q->session.has_border;
    s->has_search = q->session.has_search;
    s->has_invitations = q->session.has_invitations;
    s->has_oversight = q->session.has_oversight;
    s->has_registers = q->session.has_registers;
}

// The sentence left by response_notice, once.
static void take_notice(struct request *q, struct response *r, struct page_state *s) {
    struct text key = q->inside->notice;
    struct texts t = texts_of(q);
    if (!key.n) return;
    guard_cookie(q, r, "notice", T(""), 0);
    if (text_starts(key, T("notice.")) && texts_has(&t, key)) s->notice_key = key;
}

enum status page_show(struct request *q, struct response *r, const struct page_template *t,
                      const void *view) {
    struct web *w = q->web;
    struct page_state s = {
        .language = q->language, .path = q->path, .target = q->target, .authority = w->config.authority};
    bool is_rtl = language_is_rtl(q->language);
    s.direction = is_rtl ? "rtl" : "ltr";
    s.style = is_rtl ? w->style_rtl : w->style_ltr;
    fill_person(q, &s);
    fill_languages(q, &s);
    fill_problems(q, &s);
    take_notice(q, r, &s);
    if (templates_use_csrf(w->templates, t->name)) s.csrf = guard_csrf_token(q);
    if (s.is_signed_in) s.script_csrf = guard_csrf_token(q);
    struct field_message messages[16];
    for (size_t i = 0; i < s.problems.count; i++)
        messages[i] = (struct field_message){s.problems.items[i].field, s.problems.items[i].message};
    struct render render = {.arena = q->arena,
                            .language = q->language,
                            .texts = texts_of(q),
                            .page_state = &s,
                            .zone = w->config.zone,
                            .messages = messages,
                            .message_count = s.problems.count};
    r->body = (struct out){.arena = q->arena};
    r->media = T("text/html; charset=utf-8");
    enum status st = template_render(w->templates, t, view, &render, &r->body);
    if (st) {
        log_line(LOG_ERROR, "web.render", "template=%s status=\"%s\"", t->name, status_name(st));
        return st == STATUS_NOT_FOUND ? STATUS_UNSUPPORTED : st;
    }
    response_header(q, r, "Content-Language", q->language);
    if (q->problem_count && r->status == 200) r->status = 422;
    return STATUS_OK;
}
