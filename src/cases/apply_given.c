// apply_given.c - events of what the process was given: answers of tasks and messages, variables.
#include "base/cbor.h"
#include "cases/internal.h"

// Sealed parts are empty after an erasure; then there is nothing to keep.
static const struct sql TASK_ANSWERS =
    SQL("task_answers_save", "insert into task_answers (case_id, task_id, element, form, data, by_id, seq)"
                             " values (:case, :task, :element, :form, :data, :by, :seq)");
static const struct sql MESSAGE_ANSWERS =
    SQL("message_answers_save",
        "insert into message_answers (case_id, name, data, seq) values (:case, :name, :data, :seq)"
        " on conflict (case_id, name) do update set data = excluded.data, seq = excluded.seq");
static const struct sql VARIABLE_SAVE =
    SQL("variable_save",
        "insert into case_variable (case_id, token, name, value) values (:case, :token, :name, :value)"
        " on conflict (case_id, token, name) do update set value = excluded.value");
static const struct sql VARIABLES_GONE =
    SQL("variables_gone", "delete from case_variable where case_id = :case and token = :token");

enum status apply_task_completed(struct db *db, const struct event *e) {
    struct bytes data = event_bytes(e, "answers");
    enum status st = STATUS_OK;
    if (data.n)
        st = DB_RUN(db, &TASK_ANSWERS, V_INT(e->stream), V_INT(event_int(e, "task")),
                    V_TEXT(event_text(e, "element")), V_TEXT(event_text(e, "form")), V_BYTES(data),
                    V_INT(e->actor), V_INT(e->seq));
    return st ? st : case_touch(e);
}

enum status apply_message_delivered(struct db *db, const struct event *e) {
    struct bytes data = event_bytes(e, "answers");
    enum status st = STATUS_OK;
    if (data.n)
        st = DB_RUN(db, &MESSAGE_ANSWERS, V_INT(e->stream), V_TEXT(event_text(e, "name")), V_BYTES(data),
                    V_INT(e->seq));
    return st ? st : case_touch(e);
}

static enum status each_value(struct db *db, const struct event *e, struct cbor_reader *r) {
    struct cbor_item head, token, name, value;
    enum status st = cbor_next(r, &head);
    if (!st && (head.kind != CBOR_ARRAY || head.integer != 3)) st = STATUS_CORRUPT;
    if (!st) st = cbor_next(r, &token);
    if (!st) st = cbor_next(r, &name);
    if (!st) st = cbor_next(r, &value);
    return st ? st
              : DB_RUN(db, &VARIABLE_SAVE, V_INT(e->stream), V_INT(token.integer), V_TEXT(name.text),
                       V_TEXT(value.text));
}

static enum status each_gone(struct db *db, const struct event *e, struct cbor_reader *r) {
    struct cbor_item token;
    enum status st = cbor_next(r, &token);
    return st ? st : DB_RUN(db, &VARIABLES_GONE, V_INT(e->stream), V_INT(token.integer));
}

static enum status each(struct db *db, const struct event *e, const char *field,
                        enum status (*fn)(struct db *, const struct event *, struct cbor_reader *)) {
    struct bytes list = event_bytes(e, field);
    struct cbor_reader r = cbor_reader(list);
    struct cbor_item head = {0};
    enum status st = list.n ? cbor_next(&r, &head) : STATUS_OK;
    for (int64_t i = 0; i < head.integer && !st; i++) st = fn(db, e, &r);
    return st;
}

enum status apply_variables_set(struct db *db, const struct event *e) {
    enum status st = each(db, e, "gone", each_gone);
    if (!st) st = each(db, e, "values", each_value);
    return st ? st : case_touch(e);
}
