// other_pack.h - a procedure of its own for a test: processes written in the test, small forms, and the rest
// (letters, codes, roles, texts) as in the shipped pack, under another id.
#pragma once

#include "story.h"

// ---- BPMN in few words ----

#define BPMN(id, body)                                                                                     \
    "<?xml version=\"1.0\"?><bpmn:definitions"                                                             \
    " xmlns:bpmn=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""                                          \
    " xmlns:zeebe=\"http://camunda.org/schema/zeebe/1.0\""                                                 \
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" targetNamespace=\"urn:test\">"               \
    "<bpmn:signal id=\"s_go\" name=\"go\"/>"                                                               \
    "<bpmn:error id=\"e_bad\" errorCode=\"BAD\"/><bpmn:escalation id=\"x_hard\" escalationCode=\"HARD\"/>" \
    "<bpmn:message id=\"m_paid\" name=\"paid\"><bpmn:extensionElements>"                                   \
    "<zeebe:subscription correlationKey=\"=case.number\"/></bpmn:extensionElements></bpmn:message>"        \
    "<bpmn:message id=\"m_sent\" name=\"sent\"><bpmn:extensionElements>"                                   \
    "<zeebe:subscription correlationKey=\"=&quot;wish: &quot; + answers.wish\"/>"                          \
    "</bpmn:extensionElements></bpmn:message>"                                                             \
    "<bpmn:message id=\"m_stop\" name=\"stop\"><bpmn:extensionElements>"                                   \
    "<zeebe:subscription correlationKey=\"=case.number\"/></bpmn:extensionElements></bpmn:message>"        \
    "<bpmn:process id=\"" id "\" isExecutable=\"true\">" body "</bpmn:process></bpmn:definitions>"
#define MORE(text) "<bpmn:extensionElements>" text "</bpmn:extensionElements>"
#define PROPERTIES(text) "<zeebe:properties>" text "</zeebe:properties>"
#define PROPERTY(name, value) "<zeebe:property name=\"" name "\" value=\"" value "\"/>"
#define START(id) "<bpmn:startEvent id=\"" id "\"/>"
#define END(id) "<bpmn:endEvent id=\"" id "\"/>"
#define FLOW(from, to) \
    "<bpmn:sequenceFlow id=\"" from "_to_" to "\" sourceRef=\"" from "\" targetRef=\"" to "\"/>"
#define FLOW_IF(from, to, condition)                                                            \
    "<bpmn:sequenceFlow id=\"" from "_to_" to "\" sourceRef=\"" from "\" targetRef=\"" to "\">" \
    "<bpmn:conditionExpression xsi:type=\"bpmn:tFormalExpression\">=" condition                 \
    "</bpmn:conditionExpression></bpmn:sequenceFlow>"
#define CHOICE(id, otherwise) "<bpmn:exclusiveGateway id=\"" id "\" default=\"" id "_to_" otherwise "\"/>"
#define USER(id, groups, form, more)                                          \
    "<bpmn:userTask id=\"" id "\" name=\"" id                                 \
    "\">" MORE("<zeebe:userTask/>"                                            \
               "<zeebe:assignmentDefinition candidateGroups=\"" groups "\"/>" \
               "<zeebe:formDefinition formId=\"" form "\"/>" more) "</bpmn:userTask>"
#define BARE_USER(id, groups)      \
    "<bpmn:userTask id=\"" id      \
    "\">" MORE("<zeebe:userTask/>" \
               "<zeebe:assignmentDefinition candidateGroups=\"" groups "\"/>") "</bpmn:userTask>"
#define SCRIPT(id, expression, result)                                               \
    "<bpmn:scriptTask id=\"" id "\">" MORE("<zeebe:script expression=\"=" expression \
                                           "\" resultVariable=\"" result "\"/>") "</bpmn:scriptTask>"
#define SERVICE(id, type, headers)                         \
    "<bpmn:serviceTask id=\"" id                           \
    "\">" MORE("<zeebe:taskDefinition type=\"" type "\"/>" \
               "<zeebe:taskHeaders>" headers "</zeebe:taskHeaders>") "</bpmn:serviceTask>"
#define HEADER(key, value) "<zeebe:header key=\"" key "\" value=\"" value "\"/>"
#define CALL(id, process, mapping)                                \
    "<bpmn:callActivity id=\"" id                                 \
    "\">" MORE("<zeebe:calledElement processId=\"" process "\"/>" \
               "<zeebe:ioMapping>" mapping "</zeebe:ioMapping>") "</bpmn:callActivity>"
#define INPUT(source, target) "<zeebe:input source=\"=" source "\" target=\"" target "\"/>"
#define OUTPUT(source, target) "<zeebe:output source=\"=" source "\" target=\"" target "\"/>"
#define CATCH(id, definition) \
    "<bpmn:intermediateCatchEvent id=\"" id "\">" definition "</bpmn:intermediateCatchEvent>"
#define AT(id, task, definition) \
    "<bpmn:boundaryEvent id=\"" id "\" attachedToRef=\"" task "\">" definition "</bpmn:boundaryEvent>"
#define BESIDE(id, task, definition)                                                                    \
    "<bpmn:boundaryEvent id=\"" id "\" attachedToRef=\"" task "\" cancelActivity=\"false\">" definition \
    "</bpmn:boundaryEvent>"
#define ERROR_BAD "<bpmn:errorEventDefinition errorRef=\"e_bad\"/>"
#define ESCALATION_HARD "<bpmn:escalationEventDefinition escalationRef=\"x_hard\"/>"
#define SIGNAL_GO "<bpmn:signalEventDefinition signalRef=\"s_go\"/>"
#define MESSAGE(id) "<bpmn:messageEventDefinition messageRef=\"" id "\"/>"
#define CONDITION(text)                                                                           \
    "<bpmn:conditionalEventDefinition><bpmn:condition xsi:type=\"bpmn:tFormalExpression\">=" text \
    "</bpmn:condition></bpmn:conditionalEventDefinition>"
#define TIMER(expression)                                                                           \
    "<bpmn:timerEventDefinition><bpmn:timeDuration xsi:type=\"bpmn:tFormalExpression\">" expression \
    "</bpmn:timeDuration></bpmn:timerEventDefinition>"

// ---- forms in few words ----

#define FIELD(type, key, more)                                                        \
    "{\"type\": \"" type "\", \"id\": \"Field_" key "\", \"key\": \"" key "\","       \
    " \"label\": \"form.request.explanation.label\", " more                           \
    " \"properties\": {\"purpose\": \"asylum_examination\", \"need\": \"CASE_WORK\"," \
    " \"class\": \"identity\"}}"
#define REQUIRED "\"validate\": {\"required\": true},"
#define FORM(id, use, fields)                                                              \
    "{\"type\": \"default\", \"id\": \"" id "\", \"schemaVersion\": 16,"                   \
    " \"properties\": {\"title\": \"form.request_document.title\", \"use\": \"" use "\"}," \
    " \"components\": [" fields "]}"

#define SMALL_APPLICATION              \
    FORM("application", "application", \
         FIELD("textfield", "family_name", REQUIRED) "," FIELD("textfield", "wish", REQUIRED))
#define FINDING_FORM \
    FORM("finding", "task", FIELD("textfield", "word", REQUIRED) "," FIELD("number", "amount", ""))

// The shipped receipt tells the birth date, which a small application does not ask.
#define SMALL_RECEIPT                                                                   \
    "{\"id\": \"receipt\", \"kind\": \"receipt\", \"title\": \"letter.receipt.title\"," \
    " \"legal_basis\": \"Reg. (EU) 2024/1348 Arts 26, 29\", \"parts\": ["               \
    "{\"kind\": \"facts\", \"items\": ["                                                \
    "{\"label\": \"letter.fact.case_number\", \"value\": \"case_number\"}]},"           \
    "{\"kind\": \"paragraph\", \"text\": \"letter.receipt.intro\"},"                    \
    "{\"kind\": \"paragraph\", \"text\": \"letter.contact\"},"                          \
    "{\"kind\": \"signature\", \"text\": \"letter.signature\"},"                        \
    "{\"kind\": \"qr\", \"text\": \"letter.qr\"}]}"
#define SMALL_FORMS                                                                        \
    {"forms/application.form", SMALL_APPLICATION}, {"forms/finding.form", FINDING_FORM}, { \
        "letters/receipt.json", SMALL_RECEIPT                                              \
    }

// ---- the pack ----

struct other_file {
    const char *name, *content;
};

static inline void other_say(struct arena *a, struct pack_files *f, const char *name, const char *from,
                             const char *to) {
    for (size_t i = 0; i < f->count; i++) {
        struct text all = text_of_bytes(f->items[i].content);
        size_t at;
        if (!text_eq(f->items[i].name, text_of(name))) continue;
        if (!text_find(all, text_of(from), &at)) fail_msg("%s: no %s", name, from);
        f->items[i].content = bytes_of(
            TEXT_JOIN(a, text_slice(all, 0, at), text_of(to), text_slice(all, at + strlen(from), all.n)));
        return;
    }
    fail_msg("no file %s", name);
}

static inline int other_by_name(const void *a, const void *b) {
    const struct pack_file *x = a, *y = b;
    return text_cmp(x->name, y->name);
}

// pack.json lists the files that there are.
static inline void other_list(struct arena *a, struct pack_files *f) {
    struct text head, rest;
    struct out list = {.arena = a};
    size_t at, end;
    for (size_t i = 0; i < f->count; i++) {
        struct text name = f->items[i].name;
        if (text_starts(name, T("needs/")) || text_eq(name, T("pack.json"))) continue;
        out_c(&list, list.n ? ", \"" : "\"");
        out_text(&list, name);
        out_c(&list, "\"");
    }
    for (size_t i = 0; i < f->count; i++) {
        struct text all = text_of_bytes(f->items[i].content);
        if (!text_eq(f->items[i].name, T("pack.json"))) continue;
        assert_true(text_find(all, T("\"files\": ["), &at));
        head = text_slice(all, 0, at);
        rest = text_slice(all, at, all.n);
        assert_true(text_find(rest, T("]"), &end));
        f->items[i].content =
            bytes_of(TEXT_JOIN(a, head, T("\"files\": ["), out_done(&list), text_slice(rest, end, rest.n)));
    }
}

static inline bool other_keeps(struct text name) {
    return !text_starts(name, T("processes/")) && !text_starts(name, T("walks/")) &&
           !text_eq(name, T("exchange/steps.json")) && !text_eq(name, T("pack.sig"));
}

// The shipped pack with another id, these files in place of its own or beside them, and these words more in
// pack.json ("" or "\"opened_by\": [\"staff\"],").
static inline struct pack_files other_pack(struct house *h, const char *id, const char *more,
                                           const struct other_file *files) {
    struct arena *a = &h->arena;
    struct pack_files shipped = {0}, f = {0};
    assert_ok(pack_files_from_folder(a, "packs/eu-asylum", &shipped, &h->problem));
    for (size_t i = 0; i < shipped.count; i++)
        if (other_keeps(shipped.items[i].name)) *ARENA_PUSH(a, &f) = shipped.items[i];
    for (size_t i = 0; files[i].name; i++) {
        const struct pack_file *there = pack_file_find(&f, text_of(files[i].name));
        struct bytes content = bytes_of(text_of(files[i].content));
        if (there) {
            f.items[there - f.items].content = content;
            continue;
        }
        *ARENA_PUSH(a, &f) = (struct pack_file){text_of(files[i].name), content};
        qsort(f.items, f.count, sizeof *f.items, other_by_name);
    }
    other_say(a, &f, "pack.json", "\"id\": \"eu-asylum\",",
              text_c(a, text_printf(a, "\"id\": \"%s\", %s", id, more)));
    other_say(a, &f, "pack.json", "\"procedure\": \"asylum\"",
              text_c(a, text_printf(a, "\"procedure\": \"%s\"", id)));
    other_list(a, &f);
    return f;
}

static inline void load_other(struct house *h, const char *id, const char *more,
                              const struct other_file *files) {
    struct pack_files f = other_pack(h, id, more, files);
    enum status st = cases_load_pack(h->cases, 0, &f, &h->arena, &h->problem);
    if (st) house_say(h, "other pack", st);
    assert_int_equal(st, STATUS_OK);
}

// ---- steps ----

static const char *const SMALL_ANSWERS[][2] = {{"family_name", "Nakamura"}, {"wish", "To stay"}, {0}};

static inline int64_t opened(struct house *h, const char *procedure) {
    DO(h, REGISTRAR, .kind = COMMAND_OPEN_CASE,
       .open_case = {text_of(procedure), T("en"), answers_of(&h->arena, SMALL_ANSWERS)});
    int64_t id = h->result.case_id;
    assigned(h, id);
    return id;
}

static inline int64_t applied(struct house *h, const char *procedure) {
    DO(h, APPLICANT, .kind = COMMAND_START_APPLICATION,
       .start_application = {.language = T("en"), .procedure = text_of(procedure)});
    int64_t id = h->result.case_id;
    DO(h, APPLICANT, .kind = COMMAND_SAVE_ANSWERS, .case_id = id,
       .save_answers = {.answers = answers_of(&h->arena, SMALL_ANSWERS)});
    DO(h, APPLICANT, .kind = COMMAND_SUBMIT_APPLICATION, .case_id = id, .submit_application = {T("1")});
    assigned(h, id);
    return id;
}

// The newest open task of that element; 0 = none.
static inline int64_t task_at(struct house *h, int64_t id, const char *element) {
    struct case_file f;
    int64_t found = 0;
    open_file(h, OFFICER, "asylum_examination", id, &f);
    for (size_t i = 0; i < f.tasks.count; i++)
        if (!f.tasks.items[i].done.ms && text_eq(f.tasks.items[i].element, text_of(element)))
            found = f.tasks.items[i].task;
    return found;
}

#define COMPLETE(h, who, id, element, ...)                   \
    DO(h, who, .kind = COMMAND_COMPLETE_TASK, .case_id = id, \
       .complete_task = {task_at(h, id, element),            \
                         answers_of(&(h)->arena, (const char *const[][2]){__VA_ARGS__, {0}})})
#define COMPLETE_BARE(h, who, id, element)                   \
    DO(h, who, .kind = COMMAND_COMPLETE_TASK, .case_id = id, \
       .complete_task = {.task = task_at(h, id, element)})

static inline bool is_at(struct house *h, int64_t id, const char *element) {
    return task_at(h, id, element) != 0;
}

static inline const char *status_word(struct house *h, int64_t id) {
    struct case_file f;
    open_file(h, OFFICER, "asylum_examination", id, &f);
    return text_c(&h->arena, f.head.status);
}
