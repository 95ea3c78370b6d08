// fill.c - from the fields of an act to the command: days from periods, things of the case by what they are.
#include <stdlib.h>
#include <string.h>

#include "trial/inside.h"

struct filling {
    struct trial *t;
    struct command *out;
    struct problem *p;
};

static enum status wrong(const struct filling *f, const struct trial_field *field, const char *rule,
                         struct text what) {
    enum status st = trial_problem(f->t, f->p, rule, what);
    f->p->field = field->name;
    return st;
}

// ---- things of the case

static const struct {
    const char *what;
    struct sql sql; // newest first; :kind empty = any
} THINGS[] = {
    {"letter",
     SQL("trial_letter_id", "select letter_id from letter where case_id = :case and (:kind = '' or kind"
                            " = :kind) order by letter_id desc limit 1")},
    {"request",
     SQL("trial_request_id", "select request_id from request where case_id = :case and (:kind = '' or"
                             " kind = :kind) order by state <> 'open', request_id desc limit 1")},
    {"decision",
     SQL("trial_decision_id", "select decision_id from decision where case_id = :case and (:kind = ''"
                              " or outcome = :kind) order by decision_id desc limit 1")},
    {"appointment", SQL("trial_appointment_id",
                        "select appointment_id from appointment where case_id = :case and (:kind = '' or"
                        " kind = :kind) order by state <> 'planned', appointment_id desc limit 1")},
    {"message",
     SQL("trial_message_id", "select message_id from message where case_id = :case and :kind = :kind"
                             " order by message_id desc limit 1")},
    {"error_report",
     SQL("trial_report_id", "select report_id from error_report where case_id = :case and :kind ="
                            " :kind order by report_id desc limit 1")},
    {"right_request",
     SQL("trial_right_id",
         "select request_id from right_request where case_id = :case and (:kind = '' or kind ="
         " :kind) order by request_id desc limit 1")},
    {"clock", SQL("trial_clock_id", "select clock_id from clock where case_id = :case and rule = :kind"
                                    " order by is_open desc, clock_id desc limit 1")},
};
enum { THING_COUNT = sizeof THINGS / sizeof *THINGS };

static enum status find_thing(struct filling *f, const struct trial_field *field, struct text kind,
                              int64_t *into) {
    const char *what = field->kind == TRIAL_CLOCK ? "clock" : field->what;
    struct db *db;
    enum status st = store_reader(f->t->store, &db);
    if (st) return st;
    st = STATUS_NOT_FOUND;
    for (size_t i = 0; i < THING_COUNT; i++)
        if (!strcmp(THINGS[i].what, what))
            st = DB_INT(db, into, &THINGS[i].sql, V_INT(f->t->case_id), V_TEXT(kind));
    store_reader_release(f->t->store, db);
    if (st != STATUS_NOT_FOUND) return st;
    return wrong(f, field, "no_thing", kind.n ? kind : text_of(what));
}

// ---- single values

static enum status take_date(struct filling *f, const struct trial_field *field, struct text t,
                             struct date *into) {
    struct moment m;
    if (text_eq(t, T("today"))) {
        *into = zone_date(f->t->zone, f->t->world.at);
        return STATUS_OK;
    }
    if (!period_end(f->t->zone, f->t->world.at, t, &m)) return wrong(f, field, "day", t);
    *into = zone_date(f->t->zone, m);
    return STATUS_OK;
}

static enum status take_moment(struct filling *f, const struct trial_field *field, struct text t,
                               struct moment *into) {
    if (period_end(f->t->zone, f->t->world.at, t, into) || local_moment(f->t->zone, t, into))
        return STATUS_OK;
    return wrong(f, field, "day", t);
}

// "?" stands for the first code of the pack's list.
static struct text usual_code(struct trial *t, const struct trial_field *field) {
    const struct code_list *l = pack_codes(t->pack, text_of(field->codes));
    return l && code_count(l) ? code_at(l, 0)->code : T("");
}

static enum status take_officer(struct filling *f, struct text role, int64_t *into) {
    const struct actor *officer;
    enum status st = cast_find(f->t, role, &officer, f->p);
    if (!st) *into = officer->account;
    return st;
}

static enum status take_text(struct filling *f, const struct trial_field *field, struct text t) {
    void *at = (char *)f->out + field->at;
    int64_t n;
    switch (field->kind) {
    case TRIAL_TEXT:
        *(struct text *)at =
            field->codes && text_eq(t, T("?")) ? usual_code(f->t, field) : text_copy(&f->t->arena, t);
        return STATUS_OK;
    case TRIAL_BOOL: *(bool *)at = text_eq(t, T("true")); return STATUS_OK;
    case TRIAL_NUMBER:
        if (!text_int(t, &n) || n < 0 || n > INT32_MAX) return wrong(f, field, "value", t);
        *(int *)at = (int)n;
        return STATUS_OK;
    case TRIAL_DATE: return take_date(f, field, t, at);
    case TRIAL_MOMENT: return take_moment(f, field, t, at);
    case TRIAL_OFFICER: return take_officer(f, t, at);
    case TRIAL_CLOCK:
    case TRIAL_NEWEST: return find_thing(f, field, t, at);
    default: return wrong(f, field, "value", t);
    }
}

static enum status take_texts(struct filling *f, const struct trial_field *field, const json_t *list) {
    struct text *into = (void *)((char *)f->out + field->at);
    size_t *count = (void *)((char *)f->out + field->count_at);
    if (!json_is_array(list) || json_array_size(list) > MISSING_MAX)
        return wrong(f, field, "value", T("list"));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        if (!json_is_string(one)) return wrong(f, field, "value", T("list"));
        into[(*count)++] = text_copy(&f->t->arena, text_of(json_string_value(one)));
    }
    return STATUS_OK;
}

enum status answers_of_json(struct trial *t, const json_t *j, struct bytes *out, struct problem *p) {
    struct answers answers = {.arena = &t->arena};
    char *dump = j ? json_dumps(j, JSON_COMPACT) : NULL;
    enum status st = dump ? answers_from_json(&t->arena, text_of(dump), &answers, p) : STATUS_OK;
    free(dump);
    if (!st) *out = answers_encode(&t->arena, &answers);
    return st;
}

static enum status take_json(struct filling *f, const struct trial_field *field, const json_t *v) {
    if (field->kind == TRIAL_ANSWERS)
        return answers_of_json(f->t, v, (void *)((char *)f->out + field->at), f->p);
    if (field->kind == TRIAL_TEXTS) return take_texts(f, field, v);
    if (field->kind == TRIAL_BOOL && json_is_boolean(v))
        return take_text(f, field, json_is_true(v) ? T("true") : T("false"));
    if (field->kind == TRIAL_NUMBER && json_is_integer(v))
        return take_text(f, field, text_printf(&f->t->arena, "%lld", (long long)json_integer_value(v)));
    if (field->kind != TRIAL_BOOL && json_is_string(v))
        return take_text(f, field, (struct text){json_string_value(v), json_string_length(v)});
    return wrong(f, field, "value", text_of(field->name));
}

static enum status take(struct filling *f, const struct trial_field *field, const json_t *with) {
    const json_t *v = json_object_get(with, field->name);
    if (v) return take_json(f, field, v);
    if (field->kind == TRIAL_NEWEST) return take_text(f, field, T(""));
    return field->otherwise ? take_text(f, field, text_of(field->otherwise)) : STATUS_OK;
}

static bool is_known(const struct trial_field *fields, const char *name) {
    for (const struct trial_field *f = fields; f->name; f++)
        if (!strcmp(f->name, name)) return true;
    return false;
}

enum status command_fill(struct trial *t, const struct trial_field *fields, const json_t *with,
                         struct command *out, struct problem *p) {
    struct filling f = {t, out, p};
    const char *name;
    json_t *v;
    enum status st = STATUS_OK;
    json_object_foreach((json_t *)with, name,
                        v) if (!is_known(fields, name)) return trial_problem(t, p, "field", text_of(name));
    for (const struct trial_field *field = fields; field->name && !st; field++) st = take(&f, field, with);
    return st;
}
