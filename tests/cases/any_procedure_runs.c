// Any pack's process runs: tasks with forms, variables, messages, called processes, errors and escalations.
#include "other_pack.h"
#include "words.h"

// ---- tasks and their answers ----

static const struct other_file TASKS[] = {
    {"processes/sample.bpmn",
     BPMN("sample",
          START("begin") FLOW("begin", "look") USER("look", "officer", "finding", "") FLOW("look", "is_fine")
              CHOICE("is_fine", "explain") FLOW_IF("is_fine", "agree", "task.look.amount &gt; 10") FLOW(
                  "is_fine", "explain") USER("explain", "applicant", "finding", "") FLOW("explain", "look")
                  USER("agree", "officer, second_officer", "finding",
                       PROPERTIES(PROPERTY("second_person", "look"))) FLOW("agree", "done") END("done"))},
    SMALL_FORMS,
    {0}};

static void a_task_asks_its_form_and_leads_on_by_its_answers(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    load_other(&h, "sample", "\"number\": \"SMP\",", TASKS);
    int64_t id = opened(&h, "sample");
    open_file(&h, OFFICER, "asylum_examination", id, &f);
    assert_text(f.procedure, "sample");
    assert_text(f.process, "sample");
    assert_text(text_slice(f.head.case_no, 9, 12), "SMP");
    assert_text(f.head.name, "Nakamura");
    assert_int_equal(f.tasks.count, 1);
    assert_text(f.tasks.items[0].command, "complete_task");
    assert_text(f.tasks.items[0].name_key, "flow.sample.look");
    assert_text(f.tasks.items[0].form, "finding");
    assert_true(f.tasks.items[0].may_do);
    int64_t look = f.tasks.items[0].task;
    static const char *const ODD[][2] = {{"colour", "red"}, {"word", "x"}, {0}};
    static const char *const WRONG[][2] = {{"amount", "many"}, {"word", "x"}, {0}};
    REFUSED(&h, OFFICER, STATUS_INVALID, "required", .kind = COMMAND_COMPLETE_TASK, .case_id = id,
            .complete_task = {.task = look});
    assert_string_equal(h.problem.field, "word");
    REFUSED(&h, OFFICER, STATUS_INVALID, "form_unknown_field", .kind = COMMAND_COMPLETE_TASK, .case_id = id,
            .complete_task = {look, answers_of(&h.arena, ODD)});
    REFUSED(&h, OFFICER, STATUS_INVALID, "number_syntax", .kind = COMMAND_COMPLETE_TASK, .case_id = id,
            .complete_task = {look, answers_of(&h.arena, WRONG)});
    REFUSED(&h, OFFICER, STATUS_INVALID, "not_now", .kind = COMMAND_COMPLETE_TASK, .case_id = id,
            .complete_task = {.task = look + 100});
    REFUSED(&h, REGISTRAR, STATUS_REFUSED, "task_role", .kind = COMMAND_COMPLETE_TASK, .case_id = id,
            .complete_task = {look, answers_of(&h.arena, ODD)});
    COMPLETE(&h, OFFICER, id, "look", {"word", "good"}, {"amount", "12"});
    assert_true(is_at(&h, id, "agree"));
    struct actor officer = who(&h, OFFICER);
    struct look why = {.purpose = T("asylum_examination")};
    struct bytes given;
    struct answers answers;
    assert_ok(cases_task_answers(h.cases, &officer, &why, id, look, &h.arena, &given, &h.problem));
    assert_ok(answers_decode(&h.arena, given, &answers));
    assert_text(answers_get(&answers, T("amount")), "12");
    story_ends(&h);
}

static void four_eyes_see_it(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    load_other(&h, "sample", "", TASKS);
    int64_t id = opened(&h, "sample");
    COMPLETE(&h, OFFICER, id, "look", {"word", "good"}, {"amount", "12"});
    static const char *const YES[][2] = {{"word", "yes"}, {0}};
    REFUSED(&h, OFFICER, STATUS_REFUSED, "same_person", .kind = COMMAND_COMPLETE_TASK, .case_id = id,
            .complete_task = {task_at(&h, id, "agree"), answers_of(&h.arena, YES)});
    COMPLETE(&h, SECOND, id, "agree", {"word", "yes"});
    assert_string_equal(status_word(&h, id), "CLOSED");
    story_ends(&h);
}

static void the_person_does_what_is_theirs(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    load_other(&h, "sample", "", TASKS);
    int64_t id = applied(&h, "sample");
    COMPLETE(&h, OFFICER, id, "look", {"word", "unclear"}, {"amount", "3"});
    assert_string_equal(status_word(&h, id), "NEEDS_YOU");
    assert_true(words_in(h.store, "mail.task").tables == 1);
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_text(f.tasks.items[0].element, "explain");
    assert_true(f.tasks.items[0].may_do && f.tasks.items[0].is_for_person);
    static const char *const WORD[][2] = {{"word", "Because"}, {0}};
    struct bytes answers = answers_of(&h.arena, WORD);
    int64_t explain = task_at(&h, id, "explain");
    REFUSED(&h, OTHER_APPLICANT, STATUS_REFUSED, "access_relation", .kind = COMMAND_COMPLETE_TASK,
            .case_id = id, .complete_task = {explain, answers});
    COMPLETE(&h, APPLICANT, id, "explain", {"word", "Because"});
    assert_true(is_at(&h, id, "look"));
    REFUSED(&h, APPLICANT, STATUS_REFUSED, "task_role", .kind = COMMAND_COMPLETE_TASK, .case_id = id,
            .complete_task = {task_at(&h, id, "look"), answers});
    // Once more, on paper: the officer enters it for the person, from the day on which it came.
    COMPLETE(&h, OFFICER, id, "look", {"word", "unclear"}, {"amount", "4"});
    explain = task_at(&h, id, "explain");
    REFUSED(&h, OFFICER, STATUS_INVALID, "unknown_code", .kind = COMMAND_COMPLETE_TASK, .case_id = id,
            .complete_task = {explain, answers});
    DO(&h, OFFICER, .kind = COMMAND_COMPLETE_TASK, .case_id = id,
       .paper = {.on = {2026, 11, 21}, .by = T("post")}, .complete_task = {explain, answers});
    assert_true(is_at(&h, id, "look"));
    story_ends(&h);
}

// ---- variables ----

static const struct other_file VARIABLES[] = {
    {"processes/sample.bpmn",
     BPMN("sample",
          START("begin") FLOW("begin", "look") USER("look", "officer", "finding", "") FLOW(
              "look", "fee") SCRIPT("fee", "task.look.amount * 2", "fee")
              FLOW("fee", "each") "<bpmn:userTask id=\"each\">" MORE(
                  "<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups=\"=[&quot;officer&quot;]\"/>"
                  "<zeebe:formDefinition formId=\"finding\"/>"
                  "<zeebe:ioMapping>" INPUT("who + &quot;!&quot;", "called") OUTPUT(
                      "called + &quot; &quot; + task.each.word",
                      "said") "</zeebe:ioMapping>") "<bpmn:multiInstanceLoopCharacteristics "
                                                    "isSequential=\"true\">" MORE(
                                                        "<zeebe:"
                                                        "loopCharacteristics "
                                                        "inputCollection=\"=[&"
                                                        "quot;ann&quot;, "
                                                        "&quot;bo&quot;]\""
                                                        " inputElement=\"who\" "
                                                        "outputCollection="
                                                        "\"opinions\" "
                                                        "outputElement=\"=said\"/"
                                                        ">") "</"
                                                             "bpmn:"
                                                             "multiInstanceLoopCha"
                                                             "racteristics></"
                                                             "bpmn:userTask>" FLOW("each", "is_two")
                                                                 CHOICE("is_two", "bad") FLOW("is_two", "bad")
                                                                     FLOW_IF("is_two", "good",
                                                                             "fee = "
                                                                             "24 and "
                                                                             "opinions"
                                                                             " = "
                                                                             "[&quot;"
                                                                             "ann! "
                                                                             "yes&"
                                                                             "quot;, "
                                                                             "&quot;"
                                                                             "bo! "
                                                                             "no&quot;"
                                                                             "]"
                                                                             " and "
                                                                             "called "
                                                                             "= null") BARE_USER("goo"
                                                                                                 "d",
                                                                                                 "offi"
                                                                                                 "cer")
                                                                         FLOW("good", "done") END("done")
                                                                             BARE_USER("bad", "officer")
                                                                                 FLOW("bad", "worse")
                                                                                     END("worse"))},
    SMALL_FORMS,
    {0}};

static void results_and_mappings_are_variables(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    load_other(&h, "sample", "", VARIABLES);
    int64_t id = opened(&h, "sample");
    COMPLETE(&h, OFFICER, id, "look", {"word", "good"}, {"amount", "12"});
    COMPLETE(&h, OFFICER, id, "each", {"word", "yes"});
    COMPLETE(&h, OFFICER, id, "each", {"word", "no"});
    assert_true(is_at(&h, id, "good"));
    COMPLETE_BARE(&h, OFFICER, id, "good");
    story_ends(&h);
}

// ---- called processes, messages, errors ----

#define OFFICERS \
    MORE("<zeebe:properties><zeebe:property name=\"roles\" value=\"officer\"/></zeebe:properties>")
#define PAYMENT                                                                                   \
    BPMN("payment",                                                                               \
         START("p_begin") FLOW("p_begin", "p_wait") CATCH("p_wait", OFFICERS MESSAGE("m_paid"))   \
             FLOW("p_wait", "p_enough") CHOICE("p_enough", "p_short") FLOW("p_enough", "p_short") \
                 FLOW_IF("p_enough", "p_sum", "message.paid.amount &gt;= due")                    \
                     SCRIPT("p_sum", "message.paid.amount - due", "rest") FLOW("p_sum", "p_end")  \
                         END("p_end") "<bpmn:endEvent id=\"p_short\">" ERROR_BAD "</bpmn:endEvent>")
static const struct other_file CALLS[] = {
    {"processes/sample.bpmn",
     BPMN("sample",
          START("begin") FLOW("begin", "pay")
              CALL("pay", "payment", INPUT("30 + 10", "due") OUTPUT("rest + 1", "kept"))
                  FLOW("pay", "is_kept") AT("too_little", "pay", ERROR_BAD) FLOW("too_little", "ask")
                      BARE_USER("ask", "officer") FLOW("ask", "pay") CHOICE("is_kept", "odd")
                          FLOW_IF("is_kept", "good", "kept = 6") FLOW("is_kept", "odd")
                              BARE_USER("good", "officer") FLOW("good", "done") END("done") END("odd"))},
    {"processes/payment.bpmn", PAYMENT},
    SMALL_FORMS,
    {"forms/paid.form", FORM("paid", "task", FIELD("number", "amount", REQUIRED))},
    {0}};

static void pay(struct house *h, int64_t id, const char *amount) {
    struct case_file f;
    open_file(h, OFFICER, "asylum_examination", id, &f);
    DO(h, OFFICER, .kind = COMMAND_DELIVER_MESSAGE, .case_id = id,
       .deliver_message = {T("paid"), f.head.case_no,
                           answers_of(&h->arena, (const char *const[][2]){{"amount", amount}, {0}})});
}

static void a_called_process_waits_and_answers(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    load_other(&h, "sample", "", CALLS);
    int64_t id = opened(&h, "sample");
    open_file(&h, OFFICER, "asylum_examination", id, &f);
    assert_int_equal(f.awaited.count, 1); // in the called process
    assert_text(f.awaited.items[0].name, "paid");
    assert_text(f.awaited.items[0].form, "paid");
    assert_text(f.awaited.items[0].key, text_c(&h.arena, f.head.case_no));
    static const char *const FEW[][2] = {{"amount", "5"}, {0}};
    struct bytes few = answers_of(&h.arena, FEW);
    REFUSED(&h, OFFICER, STATUS_INVALID, "not_now", .kind = COMMAND_DELIVER_MESSAGE, .case_id = id,
            .deliver_message = {T("paid"), T("another key"), few});
    REFUSED(&h, OFFICER, STATUS_INVALID, "unknown_code", .kind = COMMAND_DELIVER_MESSAGE, .case_id = id,
            .deliver_message = {T("rumour"), T(""), few});
    REFUSED(&h, OFFICER, STATUS_INVALID, "message_reserved", .kind = COMMAND_DELIVER_MESSAGE, .case_id = id,
            .deliver_message = {T("decision_notified"), T(""), few});
    REFUSED(&h, OFFICER, STATUS_INVALID, "required", .kind = COMMAND_DELIVER_MESSAGE, .case_id = id,
            .deliver_message = {.name = T("paid"), .key = f.head.case_no});
    REFUSED(&h, BOSS, STATUS_REFUSED, "task_role", .kind = COMMAND_DELIVER_MESSAGE, .case_id = id,
            .deliver_message = {T("paid"), f.head.case_no, few});
    pay(&h, id, "5"); // too little: the error of the called process is caught outside of it
    assert_true(is_at(&h, id, "ask"));
    COMPLETE_BARE(&h, OFFICER, id, "ask");
    house_close(&h); // what waits, waits on disk
    house_open(&h);
    pay(&h, id, "45");
    assert_true(is_at(&h, id, "good"));
    COMPLETE_BARE(&h, OFFICER, id, "good");
    assert_string_equal(status_word(&h, id), "CLOSED");
    story_ends(&h);
}

// Instances of a called process do not see each other's values.
static const struct other_file EACH_CALLS[] = {
    {"processes/sample.bpmn",
     BPMN("sample",
          START("begin") FLOW("begin", "each") "<bpmn:callActivity id=\"each\">" MORE(
              "<zeebe:calledElement processId=\"part\"/>"
              "<zeebe:ioMapping>" INPUT(
                  "number",
                  "mine") "</zeebe:ioMapping>") "<bpmn:"
                                                "multiInstanceLoopCharacteristics"
                                                ">" MORE(
                                                    "<zeebe:loopCharacteristics "
                                                    "inputCollection=\"=[1, 2, "
                                                    "3]\" "
                                                    "inputElement=\"number\""
                                                    " outputCollection="
                                                    "\"doubles\" "
                                                    "outputElement=\"=double\"/"
                                                    ">") "</"
                                                         "bpmn:"
                                                         "multiInstanceLoopChara"
                                                         "cteristics></"
                                                         "bpmn:"
                                                         "callActivity>" FLOW("e"
                                                                              "a"
                                                                              "c"
                                                                              "h",
                                                                              "o"
                                                                              "n"
                                                                              "c"
                                                                              "e")
                                                             CALL("once", "part", INPUT("20", "mine"))
                                                                 FLOW("once", "i"
                                                                              "s"
                                                                              "_"
                                                                              "r"
                                                                              "i"
                                                                              "g"
                                                                              "h"
                                                                              "t") CHOICE("is_right", "odd")
                                                                     FLOW("is_"
                                                                          "righ"
                                                                          "t",
                                                                          "odd") FLOW_IF("is"
                                                                                         "_r"
                                                                                         "ig"
                                                                                         "h"
                                                                                         "t",
                                                                                         "go"
                                                                                         "o"
                                                                                         "d",
                                                                                         "do"
                                                                                         "ub"
                                                                                         "le"
                                                                                         "s "
                                                                                         "= "
                                                                                         "[2"
                                                                                         ", "
                                                                                         "4,"
                                                                                         " 6"
                                                                                         "] "
                                                                                         "an"
                                                                                         "d "
                                                                                         "do"
                                                                                         "ub"
                                                                                         "le"
                                                                                         " ="
                                                                                         " 4"
                                                                                         "0 "
                                                                                         "an"
                                                                                         "d "
                                                                                         "mi"
                                                                                         "ne"
                                                                                         " ="
                                                                                         " n"
                                                                                         "ul"
                                                                                         "l")
                                                                         BARE_USER("good", "officer")
                                                                             FLOW("good", "done") END("done")
                                                                                 END("odd"))},
    {"processes/part.bpmn",
     BPMN("part", START("p_begin") FLOW("p_begin", "p_double") SCRIPT("p_double", "mine * 2", "double")
                      FLOW("p_double", "p_task") BARE_USER("p_task", "officer") FLOW("p_task", "p_end")
                          END("p_end"))},
    SMALL_FORMS,
    {0}};

static void called_processes_keep_their_values_apart(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    load_other(&h, "sample", "", EACH_CALLS);
    int64_t id = opened(&h, "sample");
    for (int i = 0; i < 4; i++) COMPLETE_BARE(&h, OFFICER, id, "p_task");
    assert_true(is_at(&h, id, "good"));
    story_ends(&h);
}

static const struct other_file SIGNALS[] = {
    {"processes/sample.bpmn",
     BPMN("sample",
          START("begin") FLOW("begin", "fork") "<bpmn:parallelGateway id=\"fork\"/>" FLOW(
              "fork", "inside") FLOW("fork", "give") CALL("inside", "waiting", "") FLOW("inside", "join")
              BARE_USER("give", "officer") FLOW(
                  "give",
                  "throw") "<bpmn:intermediateThrowEvent id=\"throw\">" SIGNAL_GO
                           "</bpmn:intermediateThrowEvent>" FLOW(
                               "throw", "join") "<bpmn:parallelGateway id=\"join\"/>" FLOW("join", "hard")
                               USER("hard", "officer", "finding",
                                    PROPERTIES(PROPERTY("escalation_field", "word")))
                                   BESIDE("is_hard", "hard", ESCALATION_HARD) FLOW("is_hard", "help")
                                       BARE_USER("help", "supervisor") FLOW("help", "helped") END("helped")
                                           FLOW("hard", "risky")
                                               USER("risky", "officer", "finding",
                                                    PROPERTIES(PROPERTY("error_field", "word")))
                                                   AT("is_bad", "risky", ERROR_BAD) FLOW("is_bad", "mend")
                                                       BARE_USER("mend", "officer") FLOW("mend", "done")
                                                           FLOW("risky", "done") END("done"))},
    {"processes/waiting.bpmn",
     BPMN("waiting",
          START("w_begin") FLOW("w_begin", "w_task") BARE_USER("w_task", "officer") FLOW("w_task", "w_wait")
              CATCH("w_wait", SIGNAL_GO) FLOW("w_wait", "w_end") END("w_end"))},
    SMALL_FORMS,
    {0}};

static void signals_escalations_and_errors_find_their_way(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    load_other(&h, "sample", "", SIGNALS);
    int64_t id = opened(&h, "sample");
    assert_true(task_at(&h, id, "w_task") != task_at(&h, id, "give"));
    COMPLETE_BARE(&h, OFFICER, id, "w_task");
    COMPLETE_BARE(&h, OFFICER, id, "give"); // the signal reaches the called process
    COMPLETE(&h, OFFICER, id, "hard", {"word", "HARD"});
    assert_true(is_at(&h, id, "help") && is_at(&h, id, "risky")); // escalated, and went on
    COMPLETE_BARE(&h, BOSS, id, "help");
    COMPLETE(&h, OFFICER, id, "risky", {"word", "BAD"});
    assert_true(is_at(&h, id, "mend"));
    COMPLETE_BARE(&h, OFFICER, id, "mend");
    assert_string_equal(status_word(&h, id), "CLOSED");
    story_ends(&h);
}

// A key that only the sender knows is not kept as it is.
static const struct other_file KEYS[] = {
    {"processes/sample.bpmn",
     BPMN("sample", START("begin") FLOW("begin", "wait") CATCH("wait", MESSAGE("m_sent")) FLOW("wait", "late")
                        BARE_USER("late", "officer") FLOW("late", "done") END("done"))},
    SMALL_FORMS,
    {0}};

static void a_key_is_not_kept_in_words(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    load_other(&h, "sample", "", KEYS);
    int64_t id = opened(&h, "sample");
    assert_int_equal(words_in(h.store, "wish: To stay").tables, 0);
    open_file(&h, OFFICER, "asylum_examination", id, &f);
    assert_int_equal(f.awaited.items[0].key.n, 0);
    assert_true(f.awaited.items[0].needs_key);
    REFUSED(&h, OFFICER, STATUS_INVALID, "not_now", .kind = COMMAND_DELIVER_MESSAGE, .case_id = id,
            .deliver_message = {.name = T("sent"), .key = T("wish: To go")});
    DO(&h, OFFICER, .kind = COMMAND_DELIVER_MESSAGE, .case_id = id,
       .deliver_message = {.name = T("sent"), .key = T("wish: To stay")});
    assert_true(is_at(&h, id, "late"));
    story_ends(&h);
}

// Whatever stops the caller stops what it called.
static const struct other_file STOPPED[] = {
    {"processes/sample.bpmn",
     BPMN("sample", START("begin") FLOW("begin", "inside") CALL("inside", "waiting", "")
                        AT("stopped", "inside", MESSAGE("m_stop")) FLOW("stopped", "after") BARE_USER(
                            "after", "officer") FLOW("inside", "done") FLOW("after", "done") END("done"))},
    {"processes/waiting.bpmn",
     BPMN("waiting", START("w_begin") FLOW("w_begin", "w_task") BARE_USER("w_task", "officer")
                         AT("w_late", "w_task", TIMER("PT48H")) FLOW("w_late", "w_end")
                             FLOW("w_task", "w_end") END("w_end"))},
    SMALL_FORMS,
    {0}};

static void what_was_called_is_stopped_with_its_caller(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    load_other(&h, "sample", "", STOPPED);
    int64_t id = opened(&h, "sample"), other = opened(&h, "sample");
    open_file(&h, OFFICER, "asylum_examination", id, &f);
    DO(&h, OFFICER, .kind = COMMAND_DELIVER_MESSAGE, .case_id = id,
       .deliver_message = {T("stop"), f.head.case_no});
    assert_true(is_at(&h, id, "after") && !is_at(&h, id, "w_task"));
    pass_hours(&h, 49); // a timer of the called process ends the other one
    ticked(&h);
    assert_string_equal(status_word(&h, other), "CLOSED");
    assert_true(is_at(&h, id, "after"));
    story_ends(&h);
}

// ---- services, decisions, conditions ----

#define NOTE_LETTER                                                                  \
    "{\"id\": \"note\", \"kind\": \"receipt\", \"title\": \"letter.receipt.title\"," \
    " \"legal_basis\": \"Reg. (EU) 2024/1348 Art. 8\", \"parts\": ["                 \
    "{\"kind\": \"facts\", \"items\": ["                                             \
    "{\"label\": \"letter.fact.case_number\", \"value\": \"task.look.word\"},"       \
    "{\"label\": \"letter.fact.issued_on\", \"value\": \"variable.fee\"}]},"         \
    "{\"kind\": \"paragraph\", \"text\": \"letter.contact\"},"                       \
    "{\"kind\": \"signature\", \"text\": \"letter.signature\"},"                     \
    "{\"kind\": \"qr\", \"text\": \"letter.qr\"}]}"
static const struct other_file SERVICES[] = {
    {"processes/sample.bpmn",
     BPMN("sample",
          START("begin") FLOW("begin", "look") USER("look", "officer", "finding", "") FLOW(
              "look", "fee") SCRIPT("fee", "task.look.amount * 2", "fee")
              FLOW("fee", "track") "<bpmn:businessRuleTask id=\"track\">" MORE(
                  "<zeebe:calledDecision decisionId=\"suggest_track\" "
                  "resultVariable=\"hint\"/>") "</bpmn:businessRuleTask>" FLOW("track", "write")
                  SERVICE("write", "letter", HEADER("letter", "note")) FLOW("write", "run") SERVICE(
                      "run",
                      "clock_start", HEADER("rule", "lodging") HEADER("from", "made")) FLOW("run", "wait")
                      CATCH("wait", CONDITION("list contains(documents, &quot;passport&quot;)")) FLOW("wait",
                                                                                                      "told")
                          CATCH("told", CONDITION("answers.wish = &quot;To work&quot; and hint != null"))
                              FLOW("told", "stop") SERVICE("stop", "clock_stop", HEADER("rule", "lodging"))
                                  FLOW("stop", "late") BARE_USER("late", "officer") FLOW("late", "done")
                                      END("done"))},
    {"letters/note.json", NOTE_LETTER},
    SMALL_FORMS,
    {0}};

static bool runs(struct house *h, int64_t id, const char *deadline) {
    struct case_file f;
    open_file(h, OFFICER, "asylum_examination", id, &f);
    for (size_t i = 0; i < f.clocks.count; i++)
        if (text_eq(f.clocks.items[i].deadline, text_of(deadline)) && !f.clocks.items[i].ended.ms)
            return true;
    return false;
}

static void wish_changed(struct house *h, int64_t id) {
    static const char *const OTHER[][2] = {{"family_name", "Nakamura"}, {"wish", "To work"}, {0}};
    struct case_file f;
    open_file(h, OFFICER, "asylum_examination", id, &f);
    DO(h, OFFICER, .kind = COMMAND_SAVE_ANSWERS, .case_id = id,
       .save_answers = {f.sections_done, answers_of(&h->arena, OTHER), T("Said so at the counter.")});
}

static void passport_added(struct house *h, int64_t id) {
    DO(h, OFFICER, .kind = COMMAND_ADD_DOCUMENT, .case_id = id,
       .add_document = {
           .kind = T("passport"), .title = T("p.pdf"), .media = T("application/pdf"), .blob = {.size = 10}});
}

static void services_and_conditions_do_what_the_model_says(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    load_other(&h, "sample", "", SERVICES);
    int64_t id = opened(&h, "sample");
    COMPLETE(&h, OFFICER, id, "look", {"word", "sunny"}, {"amount", "21"});
    open_file(&h, OFFICER, "asylum_examination", id, &f);
    assert_text(f.letters.items[0].kind, "note");
    assert_int_equal(f.letters.count, 2); // and the receipt
    assert_true(f.letters.items[0].needs_printing && f.letters.items[1].needs_printing);
    assert_int_equal(words_in(h.store, "sunny").tables, 2); // the answer, and the letter that says it
    assert_true(runs(&h, id, "lodging"));
    passport_added(&h, id);
    assert_true(runs(&h, id, "lodging"));
    wish_changed(&h, id);
    assert_true(is_at(&h, id, "late") && !runs(&h, id, "lodging"));
    story_ends(&h);
}

static void nothing_of_it_is_left_of_an_erased_person(void **state) {
    (void)state;
    static const char *const WORDS[] = {"sunny", "Nakamura", "To stay", "To work"};
    int of_the_law[sizeof WORDS / sizeof *WORDS]; // the process has words of its own
    struct house h;
    struct actor system = actor_system();
    house_new(&h);
    load_other(&h, "sample", "", SERVICES);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        of_the_law[i] = words_in(h.store, WORDS[i]).tables;
    int64_t id = opened(&h, "sample");
    COMPLETE(&h, OFFICER, id, "look", {"word", "sunny"}, {"amount", "21"});
    wish_changed(&h, id);
    passport_added(&h, id);
    assert_true(words_in(h.store, "sunny").tables > 0);
    COMPLETE_BARE(&h, OFFICER, id, "late");
    struct command erase = {
        .kind = COMMAND_ERASE_PERSON, .case_id = id, .erase_person = {T("retention_ended")}};
    assert_ok(cases_do(h.cases, &system, &erase, &h.arena, NULL, &h.problem));
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        assert_int_equal(words_in(h.store, WORDS[i]).tables, of_the_law[i]);
    story_ends(&h);
}

// A case whose step cannot be done stays where it was, and who asked is told.
static const struct other_file ENDLESS[] = {
    {"processes/sample.bpmn",
     BPMN("sample", START("begin") FLOW("begin", "look") BARE_USER("look", "officer") FLOW("look", "call")
                        CALL("call", "short", "") FLOW("call", "again") CHOICE("again", "call")
                            FLOW("again", "call") FLOW_IF("again", "done", "1 = 2") END("done"))},
    {"processes/short.bpmn", BPMN("short", START("s_begin") FLOW("s_begin", "s_end") END("s_end"))},
    SMALL_FORMS,
    {0}};

static void a_process_that_never_rests_is_refused(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    load_other(&h, "sample", "", ENDLESS);
    int64_t id = opened(&h, "sample");
    REFUSED(&h, OFFICER, STATUS_TOO_LARGE, "process_too_long", .kind = COMMAND_COMPLETE_TASK, .case_id = id,
            .complete_task = {.task = task_at(&h, id, "look")});
    assert_true(is_at(&h, id, "look"));
    story_ends(&h);
}

// ---- side by side ----

static const struct other_file PLAIN[] = {
    {"processes/sample.bpmn", BPMN("sample", START("begin") FLOW("begin", "look") BARE_USER("look", "officer")
                                                 FLOW("look", "done") END("done"))},
    SMALL_FORMS,
    {0}};

static size_t listed(struct house *h, int which, const char *purpose, const char *procedure, int64_t *total) {
    struct actor a = who(h, which);
    struct look look = {.purpose = text_of(purpose)};
    struct work_filter filter = {.procedure = text_of(procedure)};
    struct work_list list;
    enum status st = cases_work_list(h->cases, &a, &look, &filter, &h->arena, &list, &h->problem);
    if (st) house_say(h, "work list", st);
    assert_int_equal(st, STATUS_OK);
    *total = list.total;
    return list.count;
}

static void procedures_are_in_force_side_by_side(void **state) {
    (void)state;
    struct house h;
    struct procedure_list all;
    int64_t total;
    house_new(&h);
    load_other(&h, "sample", "\"number\": \"SMP\",", PLAIN);
    assert_text(pack_id(cases_pack(h.cases)), "eu-asylum");
    assert_text(pack_id(cases_pack_for(h.cases, T("sample"))), "sample");
    assert_null(cases_pack_for(h.cases, T("nowhere")));
    cases_procedures(h.cases, &all);
    assert_int_equal(all.count, 2);
    load_other(&h, "sample", "\"number\": \"SMP\",", PLAIN); // the same again
    struct loaded_pack_list loaded;
    assert_ok(cases_loaded_packs(h.cases, &h.arena, &loaded));
    assert_int_equal(loaded.count, 2);
    int64_t asylum = with_officer(&h);
    opened(&h, "sample");
    int64_t sample = applied(&h, "sample");
    assert_int_equal(listed(&h, OFFICER, "asylum_examination", "", &total), 3);
    assert_int_equal(total, 3);
    assert_int_equal(listed(&h, OFFICER, "asylum_examination", "sample", &total), 2);
    assert_int_equal(total, 2);
    struct actor me = who(&h, APPLICANT);
    struct work_list own;
    assert_ok(cases_own(h.cases, &me, &h.arena, &own, &h.problem));
    assert_int_equal(own.count, 2);
    assert_text(own.rows[0].procedure, "sample");
    complete(&h, asylum); // by its own pack
    COMPLETE_BARE(&h, OFFICER, sample, "look");
    assert_int_equal(listed(&h, OFFICER, "asylum_examination", "", &total), 2);
    story_ends(&h);
}

// Who has this role has no right in it: each row for the role alone is an auditor's.
static void load_closed(struct house *h, const char *role) {
    struct text row = text_printf(&h->arena, "\"%s\"]", role);
    struct pack_files f = other_pack(h, "sample", "", PLAIN);
    for (size_t i = 0; i < f.count; i++) {
        struct text content = text_of_bytes(f.items[i].content);
        if (!text_ends(f.items[i].name, T("access.json"))) continue;
        struct out o = {.arena = &h->arena};
        size_t at;
        while (text_find(content, row, &at)) {
            out_text(&o, text_slice(content, 0, at));
            out_text(&o, T("\"auditor\"]"));
            content = text_slice(content, at + row.n, content.n);
        }
        out_text(&o, content);
        f.items[i].content = bytes_of(out_done(&o));
    }
    enum status st = cases_load_pack(h->cases, 0, &f, &h->arena, &h->problem);
    if (st) house_say(h, "closed pack", st);
    assert_int_equal(st, STATUS_OK);
}

static void who_has_no_right_in_a_procedure_sees_nothing_of_it(void **state) {
    (void)state;
    struct house h;
    struct work_list found;
    int64_t total;
    house_new(&h);
    load_closed(&h, "officer");
    int64_t asylum = with_officer(&h);
    DO(&h, REGISTRAR, .kind = COMMAND_OPEN_CASE,
       .open_case = {T("sample"), T("en"), answers_of(&h.arena, SMALL_ANSWERS)});
    int64_t sample = h.result.case_id;
    struct text number = text_copy(&h.arena, h.result.case_no);
    assert_int_equal(listed(&h, OFFICER, "asylum_examination", "", &total), 1);
    assert_int_equal(total, 1);
    assert_int_equal(listed(&h, OFFICER, "asylum_examination", "sample", &total), 0);
    assert_int_equal(total, 0);
    assert_int_equal(listed(&h, REGISTRAR, "registration", "", &total), 2);
    struct actor officer = who(&h, OFFICER);
    struct look look = {.purpose = T("asylum_examination")};
    assert_ok(cases_find(h.cases, &officer, &look, number, &h.arena, &found, &h.problem));
    assert_int_equal(found.count, 0);
    assert_ok(cases_find(h.cases, &officer, &look, T("Nakamura"), &h.arena, &found, &h.problem));
    assert_int_equal(found.count, 0);
    struct case_file f;
    assert_int_equal(cases_open_file(h.cases, &officer, &look, sample, &h.arena, &f, &h.problem),
                     STATUS_REFUSED);
    assert_ok(cases_open_file(h.cases, &officer, &look, asylum, &h.arena, &f, &h.problem));
    story_ends(&h);
}

static void load_is_counted_where_one_sees(void **state) {
    (void)state;
    struct house h;
    struct officer_load_list load;
    house_new(&h);
    load_closed(&h, "supervisor");
    with_officer(&h);
    for (int i = 0; i < 3; i++)
        DO(&h, REGISTRAR, .kind = COMMAND_OPEN_CASE,
           .open_case = {T("sample"), T("en"), answers_of(&h.arena, SMALL_ANSWERS)});
    pass_hours(&h, 24 * 400);
    struct actor boss = who(&h, BOSS);
    assert_ok(cases_load_by_officer(h.cases, &boss, &h.arena, &load, &h.problem));
    int64_t open = 0;
    for (size_t i = 0; i < load.count; i++) open += load.rows[i].open;
    assert_int_equal(open, 1);
    for (size_t i = 0; i < load.late_count; i++) assert_text(load.late[i].procedure, "eu-asylum");
    assert_int_equal(load.late_count, 1);
    story_ends(&h);
}

static void a_procedure_says_who_may_begin_it(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    load_other(&h, "sample", "\"opened_by\": [\"staff\"],", PLAIN);
    REFUSED(&h, APPLICANT, STATUS_INVALID, "opened_by", .kind = COMMAND_START_APPLICATION,
            .start_application = {.language = T("en"), .procedure = T("sample")});
    REFUSED(&h, APPLICANT, STATUS_INVALID, "unknown_code", .kind = COMMAND_START_APPLICATION,
            .start_application = {.language = T("en"), .procedure = T("tourism")});
    static const char *const HALF[][2] = {{"wish", "To stay"}, {0}};
    REFUSED(&h, REGISTRAR, STATUS_INVALID, "required", .kind = COMMAND_OPEN_CASE,
            .open_case = {T("sample"), T("en"), answers_of(&h.arena, HALF)});
    REFUSED(&h, APPLICANT, STATUS_REFUSED, "access_role", .kind = COMMAND_OPEN_CASE,
            .open_case = {T("sample"), T("en"), answers_of(&h.arena, SMALL_ANSWERS)});
    opened(&h, "sample");
    story_ends(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_task_asks_its_form_and_leads_on_by_its_answers),
        cmocka_unit_test(four_eyes_see_it),
        cmocka_unit_test(the_person_does_what_is_theirs),
        cmocka_unit_test(results_and_mappings_are_variables),
        cmocka_unit_test(a_called_process_waits_and_answers),
        cmocka_unit_test(called_processes_keep_their_values_apart),
        cmocka_unit_test(signals_escalations_and_errors_find_their_way),
        cmocka_unit_test(a_key_is_not_kept_in_words),
        cmocka_unit_test(what_was_called_is_stopped_with_its_caller),
        cmocka_unit_test(services_and_conditions_do_what_the_model_says),
        cmocka_unit_test(nothing_of_it_is_left_of_an_erased_person),
        cmocka_unit_test(a_process_that_never_rests_is_refused),
        cmocka_unit_test(procedures_are_in_force_side_by_side),
        cmocka_unit_test(who_has_no_right_in_a_procedure_sees_nothing_of_it),
        cmocka_unit_test(load_is_counted_where_one_sees),
        cmocka_unit_test(a_procedure_says_who_may_begin_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
