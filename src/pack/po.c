#include "pack/po.h"

#include <string.h>

// Which string the quoted lines go to.
enum part { PART_NONE, PART_CONTEXT, PART_ID, PART_PLURAL, PART_STRING };

struct parser {
    struct arena *arena;
    struct po_file *out;
    struct problem *p;
    int64_t line;
    enum part part;
    int form; // of PART_STRING
    bool started, fuzzy_next;
    struct out context, id, string[PLURAL_FORMS_MAX];
    bool has_context, has_id, has_plural, has_string[PLURAL_FORMS_MAX];
    bool has_header;
    struct po_entry entry;
};

static enum status fail(struct parser *s, const char *rule, const char *key) {
    enum status st = problem(s->p, "", rule, key);
    if (s->p) s->p->line = s->line;
    return st;
}

static enum status syntax(struct parser *s) {
    return fail(s, "po_syntax", "problem.pack.po_syntax");
}

static void begin(struct parser *s) {
    s->context = s->id = (struct out){.arena = s->arena};
    for (int i = 0; i < PLURAL_FORMS_MAX; i++) s->string[i] = (struct out){.arena = s->arena};
    memset(s->has_string, 0, sizeof s->has_string);
    s->has_context = s->has_id = s->has_plural = false;
    s->part = PART_NONE;
    s->entry = (struct po_entry){.line = s->line, .is_fuzzy = s->fuzzy_next};
    s->fuzzy_next = false;
    s->started = true;
}

static enum status read_header(struct parser *s, struct text header) {
    struct text line;
    s->has_header = true;
    while (text_cut(&header, '\n', &line)) {
        if (text_starts(line, T("Content-Type:")) && !text_ends(line, T("charset=UTF-8")))
            return fail(s, "po_charset", "problem.pack.po_charset");
        if (!text_starts(line, T("Plural-Forms:"))) continue;
        if (plural_read(s->arena, text_trim(text_slice(line, 13, line.n)), &s->out->plural) != STATUS_OK)
            return fail(s, "po_plural_forms", "problem.pack.po_plural_forms");
    }
    return STATUS_OK;
}

static enum status take_forms(struct parser *s, struct po_entry *e) {
    e->has_plural = s->has_plural;
    while (e->forms < PLURAL_FORMS_MAX && s->has_string[e->forms]) {
        e->form[e->forms] = out_done(&s->string[e->forms]);
        e->forms++;
    }
    for (size_t i = e->forms; i < PLURAL_FORMS_MAX; i++)
        if (s->has_string[i]) return syntax(s); // a gap
    size_t wanted = !e->has_plural ? 1 : s->out->plural ? plural_forms(s->out->plural) : 0;
    return e->forms == wanted ? STATUS_OK : fail(s, "po_plural_count", "problem.pack.po_plural_count");
}

static enum status finish_entry(struct parser *s) {
    struct po_entry *e = &s->entry;
    if (!s->has_id || !s->has_string[0]) return syntax(s);
    struct text id = out_done(&s->id);
    if (id.n == 0 && !s->has_context) {
        if (s->has_header || s->out->count) return syntax(s);
        return read_header(s, out_done(&s->string[0]));
    }
    e->key = s->has_context ? TEXT_JOIN(s->arena, out_done(&s->context), T("|"), id) : id;
    if (e->key.n > PO_KEY_MAX || s->out->count == PO_ENTRIES_MAX)
        return fail(s, "po_too_large", "problem.pack.po_too_large");
    enum status st = take_forms(s, e);
    if (!st) *ARENA_PUSH(s->arena, s->out) = *e;
    return st;
}

static enum status finish(struct parser *s) {
    if (!s->started) return STATUS_OK;
    int64_t line = s->line;
    s->started = false;
    s->line = s->entry.line; // what is wrong with the whole is shown where it begins
    enum status st = finish_entry(s);
    s->line = line;
    return st;
}

static enum status quoted(struct parser *s, struct text t) {
    if (t.n < 2 || t.p[0] != '"' || t.p[t.n - 1] != '"') return syntax(s);
    struct out *o = s->part == PART_CONTEXT  ? &s->context
                    : s->part == PART_ID     ? &s->id
                    : s->part == PART_STRING ? &s->string[s->form]
                                             : NULL;
    if (!o) return s->part == PART_PLURAL ? STATUS_OK : syntax(s); // the plural's source text is not used
    for (size_t i = 1; i + 1 < t.n; i++) {
        char c = t.p[i];
        if (c == '"') return syntax(s);
        if (c == '\\') {
            static const char FROM[] = "nt\"\\", TO[] = "\n\t\"\\";
            const char *found = i + 2 < t.n ? memchr(FROM, t.p[++i], 4) : NULL;
            if (!found) return syntax(s);
            c = TO[found - FROM];
        }
        if (o->n == PO_TEXT_MAX) return fail(s, "po_too_large", "problem.pack.po_too_large");
        out_byte(o, c);
    }
    return STATUS_OK;
}

// "msgstr[2] ..." gives 2 and cuts the word off; -1 when it is not that.
static int form_number(struct text *line) {
    if (line->n < 10 || !text_starts(*line, T("msgstr[")) || line->p[8] != ']') return -1;
    int form = line->p[7] - '0';
    *line = text_slice(*line, 9, line->n);
    return form;
}

static bool word(struct text *line, struct text w) {
    if (!text_starts(*line, w) || line->n == w.n || (line->p[w.n] != ' ' && line->p[w.n] != '"'))
        return false;
    *line = text_slice(*line, w.n, line->n);
    return true;
}

static enum status string_begins(struct parser *s, struct text rest, int form) {
    if (!s->started || !s->has_id || form < 0 || form >= PLURAL_FORMS_MAX || s->has_string[form])
        return syntax(s);
    if (form > 0 && !s->has_plural) return syntax(s);
    s->has_string[form] = true;
    s->part = PART_STRING;
    s->form = form;
    return quoted(s, text_trim(rest));
}

static enum status key_begins(struct parser *s, struct text rest, enum part part) {
    if (!s->started || s->has_string[0]) {
        enum status st = finish(s);
        if (st) return st;
        begin(s);
    }
    bool *seen = part == PART_CONTEXT ? &s->has_context : part == PART_ID ? &s->has_id : &s->has_plural;
    if (*seen || (part == PART_CONTEXT && s->has_id) || (part == PART_PLURAL && !s->has_id)) return syntax(s);
    *seen = true;
    s->part = part;
    return quoted(s, text_trim(rest));
}

static enum status comment(struct parser *s, struct text line) {
    if (s->started && s->has_string[0]) {
        enum status st = finish(s);
        if (st) return st;
    } else if (s->started) {
        return syntax(s);
    }
    if (!text_starts(line, T("#,"))) return STATUS_OK; // "#~" (obsolete), "#:", "#." and "# " are for people
    struct text flags = text_slice(line, 2, line.n), flag;
    while (text_cut(&flags, ',', &flag)) s->fuzzy_next |= text_eq(text_trim(flag), T("fuzzy"));
    return STATUS_OK;
}

static enum status read_line(struct parser *s, struct text line) {
    if (line.n == 0) {
        s->fuzzy_next = s->fuzzy_next && s->started; // a flag belongs to the entry right below it
        return finish(s);
    }
    if (line.p[0] == '#') return comment(s, line);
    if (line.p[0] == '"') return s->started ? quoted(s, line) : syntax(s);
    if (word(&line, T("msgctxt"))) return key_begins(s, line, PART_CONTEXT);
    if (word(&line, T("msgid_plural"))) return key_begins(s, line, PART_PLURAL);
    if (word(&line, T("msgid"))) return key_begins(s, line, PART_ID);
    if (word(&line, T("msgstr"))) return string_begins(s, line, 0);
    int form = form_number(&line);
    return form >= 0 ? string_begins(s, line, form) : syntax(s);
}

enum status po_read(struct arena *a, struct text content, struct po_file *out, struct problem *p) {
    *out = (struct po_file){0};
    struct parser s = {.arena = a, .out = out, .p = p};
    if (content.n > PO_BYTES_MAX) return fail(&s, "po_too_large", "problem.pack.po_too_large");
    if (!text_is_utf8(content)) return fail(&s, "po_charset", "problem.pack.po_charset");
    if (text_starts(content, T("\xEF\xBB\xBF"))) content = text_slice(content, 3, content.n);
    struct text line;
    while (text_cut(&content, '\n', &line)) {
        s.line++;
        enum status st = read_line(&s, text_trim(line));
        if (st) return st;
    }
    return finish(&s);
}
