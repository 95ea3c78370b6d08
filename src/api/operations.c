// operations.c - every address of the API, one entry each. Routes, permissions, limits and documentation
// follow.
#include "api/registers.h"
#include "identity/identity.h"
#include "web/pages/document_check.h"

#define END \
    { 0 }
#define FIELDS(name, ...) static const struct api_field name[] = {__VA_ARGS__, END}
#define IN struct api_question
#define REASON(of)                                                                                \
    {                                                                                             \
        .name = "reason", .kind = API_TEXT, .at = offsetof(of, reason), .max = ACCESS_REASON_MAX, \
        .about = "why, outside the cases of your unit; the person sees that there was one",       \
        .example = "\"The person is at our counter.\""                                            \
    }

static const struct api_field NONE[] = {END};
FIELDS(ONLY_REASON, REASON(IN));
FIELDS(SEARCH,
       {.name = "q",
        .kind = API_TEXT,
        .at = offsetof(IN, q),
        .max = 200,
        .is_required = true,
        .about = "a number that the case ever had, or a name",
        .example = "\"OST-2026\""},
       REASON(IN));
FIELDS(SECTION,
       {.name = "section",
        .kind = API_TEXT,
        .at = offsetof(IN, section),
        .max = 64,
        .about = "one section of the form; all when left out",
        .example = "\"names\""},
       REASON(IN));
FIELDS(PICTURE,
       {.name = "px",
        .kind = API_NUMBER,
        .at = offsetof(IN, px),
        .min = 64,
        .max = 2000,
        .about = "longer side of the picture",
        .example = "1100"},
       REASON(IN));
FIELDS(CODE, {.name = "code",
              .kind = API_TEXT,
              .at = offsetof(IN, code),
              .max = 400,
              .is_required = true,
              .about = "code of the letter, or token of its QR code",
              .example = "\"ABCD-EFGH-JKMN\""});
#undef IN
#define IN struct api_arrivals
FIELDS(ARRIVALS, {.name = "from",
                  .kind = API_DATE,
                  .at = offsetof(IN, from),
                  .about = "day of arrival from which; else today",
                  .example = "\"2026-11-26\""});
#undef IN
#define IN struct api_travel_document
FIELDS(
    TRAVEL_DOCUMENT,
    {.name = "lines",
     .kind = API_TEXT,
     .at = offsetof(IN, lines),
     .max = 400,
     .about = "of the machine-readable zone, parted by line breaks",
     .example =
         "\"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\\nL898902C36UTO7408122F1204159ZE184226B<<<<<10\""},
    {.name = "seal",
     .kind = API_TEXT,
     .at = offsetof(IN, seal),
     .max = 6000,
     .about = "bytes of a visible digital seal, hexadecimal or base64",
     .example = "\"\""});
#undef IN
#define IN struct api_work
#define WORD(name_, say, ex)                                                                         \
    {                                                                                                \
        .name = #name_, .kind = API_TEXT, .at = offsetof(IN, filter.name_), .max = 64, .about = say, \
        .example = ex                                                                                \
    }
#define ONLY(name_, say) \
    { .name = #name_, .kind = API_BOOL, .at = offsetof(IN, filter.name_), .about = say, .example = "true" }
FIELDS(FILTER,
       {.name = "officer",
        .kind = API_NUMBER,
        .at = offsetof(IN, filter.officer),
        .min = -1,
        .about = "account; -1: nobody's",
        .example = "-1"},
       WORD(procedure, "id of its pack", "\"eu-asylum\""), WORD(unit, "office", "\"North\""),
       WORD(status, "word of the procedure", "\"IN_CHECK\""),
       WORD(task, "first open task", "\"check_completeness\""), WORD(nationality, "code", "\"IRN\""),
       WORD(track, "of the procedure", "\"regular\""), WORD(language, "of the person", "\"fa\""),
       {.name = "light",
        .kind = API_TEXT,
        .at = offsetof(IN, filter.light),
        .words = "overdue|soon|watch|ok|none",
        .about = "how urgent",
        .example = "\"soon\""},
       {.name = "search",
        .kind = API_TEXT,
        .at = offsetof(IN, filter.search),
        .max = 200,
        .about = "name or number",
        .example = "\"Hosseini\""},
       ONLY(only_vulnerable, "special needs"), ONLY(only_minor, "under age"), ONLY(only_paper, "on paper"),
       ONLY(only_unread, "unread messages"), ONLY(include_closed, "closed ones too"),
       {.name = "order",
        .kind = API_TEXT,
        .at = offsetof(IN, order),
        .words = "due|newest|oldest|changed",
        .about = "due when left out",
        .example = "\"newest\""},
       {.name = "limit",
        .kind = API_COUNT,
        .at = offsetof(IN, filter.limit),
        .min = 1,
        .max = LIST_MAX,
        .about = "of one page; 50 when left out",
        .example = "50"},
       {.name = "after",
        .kind = API_TEXT,
        .at = offsetof(IN, filter.after),
        .max = 200,
        .about = "`next` of the page before",
        .example = "\"\""},
       REASON(IN));
#undef IN
#define IN struct start_application
#define LANGUAGE(of, member)                                                                              \
    {                                                                                                     \
        .name = "language", .kind = API_TEXT, .at = offsetof(of, member), .max = 35, .is_required = true, \
        .about = "of the person, BCP 47", .example = "\"fa\""                                             \
    }
#define PHRASE(of, member)                                                          \
    {                                                                               \
        .name = "phrase", .kind = API_TEXT, .at = offsetof(of, member), .max = 200, \
        .about = "safety phrase that the person chose", .example = "\"blue door\""  \
    }
#define PROCEDURE(of, member)                                                              \
    {                                                                                      \
        .name = "procedure", .kind = API_TEXT, .at = offsetof(of, member), .max = 64,      \
        .about = "id of a pack (see Procedures); left out: the one that was loaded first", \
        .example = "\"eu-asylum\""                                                         \
    }
FIELDS(START, PROCEDURE(IN, procedure), LANGUAGE(IN, language), PHRASE(IN, phrase));
#undef IN
#define IN struct carry_over_case
#define DAY(name_, say, ...)                                                       \
    {                                                                              \
        .name = #name_, .kind = API_DATE, .at = offsetof(IN, name_), .about = say, \
        .example = "\"2019-03-01\"", __VA_ARGS__                                   \
    }
FIELDS(CARRIED,
       {.name = "origin",
        .kind = API_TEXT,
        .at = offsetof(IN, origin),
        .max = 100,
        .is_required = true,
        .about = "the former system",
        .example = "\"old register\""},
       {.name = "number",
        .kind = API_TEXT,
        .at = offsetof(IN, number),
        .max = 100,
        .is_required = true,
        .about = "of the file in it; both together come once",
        .example = "\"A 2019/000123\""},
       LANGUAGE(IN, language),
       {.name = "answers",
        .kind = API_ANSWERS,
        .at = offsetof(IN, answers),
        .is_required = true,
        .about = "what is known, as in the form; what is missing may be missing",
        .example = "{\"family_name\": \"Hosseini\", \"birth_date\": \"1991-04\"}"},
       DAY(made_on, "a whole day", .is_required = true), DAY(lodged_on, "when it is known"),
       DAY(decided_on, "when it is known"), DAY(closed_on, "a whole day", .is_required = true),
       {.name = "outcome",
        .kind = API_TEXT,
        .at = offsetof(IN, outcome),
        .max = 64,
        .about = "code of the list `outcome`; left out: closed without a decision",
        .example = "\"refugee\""});
#undef IN
#define WHOLE_APPLICATION                                                                          \
    "{\"family_name\": \"Hosseini\", \"given_names\": \"Maryam\", \"birth_date\": "                \
    "\"1991-04\", \"birth_date_basis\": \"told\", \"birth_country\": \"IRN\", \"sex\": \"2\", "    \
    "\"civil_status\": \"married\", \"nationalities\": [\"IRN\"], \"former_residence\": \"IRN\", " \
    "\"has_family\": \"no\", \"languages\": [\"fas\"], \"interpreter_language\": \"fas\", "        \
    "\"interpreter_sex\": \"female\", \"reading\": \"yes\", \"channel\": \"online\", "             \
    "\"address\": \"Reception centre 4, Harbour Road 1\", \"has_device\": \"yes\", "               \
    "\"place_kind\": \"reception\", \"has_documents\": \"no\", "                                   \
    "\"no_documents_reason\": \"They were lost at sea.\", \"left_on\": \"2026-08\", "              \
    "\"entered_on\": \"2026-11-02\", \"entry_means\": \"land\", \"had_visa\": \"no\", "            \
    "\"claim_reasons\": [\"opinion\"], "                                                           \
    "\"story\": \"I wrote about the harbour strike and was threatened twice.\", "                  \
    "\"fear\": \"I would be arrested when I return.\", \"urgent_help\": \"no\", "                  \
    "\"has_earlier\": \"no\", \"has_representative\": \"no\"}"
#define ANSWERS(of, member)                                                                         \
    {                                                                                               \
        .name = "answers", .kind = API_ANSWERS, .at = offsetof(of, member), .is_required = true,    \
        .about = "to all sections of the form, nested as the form is", .example = WHOLE_APPLICATION \
    }
#define IN struct open_case
FIELDS(OPENED, PROCEDURE(IN, procedure), LANGUAGE(IN, language), ANSWERS(IN, answers));
#undef IN
#define IN struct api_application
FIELDS(APPLICATION, PROCEDURE(IN, start.procedure), LANGUAGE(IN, start.language), PHRASE(IN, start.phrase),
       {.name = "notice_version",
        .kind = API_TEXT,
        .at = offsetof(IN, notice_version),
        .max = 40,
        .about = "version of the information sheet that was shown",
        .example = "\"1\""},
       ANSWERS(IN, answers));
#undef IN
#define IN struct api_new_document
FIELDS(NEW_DOCUMENT,
       {.name = "kind",
        .kind = API_TEXT,
        .at = offsetof(IN, kind),
        .max = 64,
        .is_required = true,
        .about = "code of the list `document`",
        .example = "\"passport\""},
       {.name = "title",
        .kind = API_TEXT,
        .at = offsetof(IN, title),
        .max = FILE_NAME_BYTES_MAX,
        .is_required = true,
        .about = "file name",
        .example = "\"passport.pdf\""},
       {.name = "request",
        .kind = API_ID,
        .at = offsetof(IN, request),
        .min = 1,
        .about = "document request that it answers",
        .example = "1"});
#undef IN
#define IN struct api_circle
FIELDS(CIRCLE,
       {.name = "ground",
        .kind = API_TEXT,
        .at = offsetof(IN, ground),
        .max = 64,
        .is_required = true,
        .about = "id in invitations.json of the case's pack",
        .example = "\"take_charge\""},
       {.name = "members",
        .kind = API_TEXTS,
        .at = offsetof(IN, members),
        .count_at = offsetof(IN, member_count),
        .max = API_CIRCLE_MAX - 1,
        .each_max = 10,
        .is_required = true,
        .about = "codes of the authorities; one of another state is alone",
        .example = "[\"11\"]"},
       {.name = "tells",
        .kind = API_TEXTS,
        .at = offsetof(IN, tells),
        .count_at = offsetof(IN, tell_count),
        .max = API_CIRCLE_MAX,
        .each_max = 40,
        .is_required = true,
        .about = "what they are told of the person; what the ground does not name is left out",
        .example = "[\"family_name\", \"given_names\", \"birth_date\"]"});
#undef IN
#define IN struct api_correction
FIELDS(CORRECTION,
       {.name = "phase",
        .kind = API_NUMBER,
        .at = offsetof(IN, phase),
        .min = 1,
        .max = 1000,
        .is_required = true,
        .about = "of the channel, as Circles says it",
        .example = "1"},
       {.name = "right",
        .kind = API_ID,
        .at = offsetof(IN, right),
        .min = 1,
        .about = "the case of ours that is meant; left out: none",
        .example = "1"});
#undef IN
#define IN struct api_invitation_reply
FIELDS(INVITATION_REPLY,
       {.name = "case",
        .kind = API_ID,
        .at = offsetof(IN, own),
        .min = 1,
        .about = "our case that is meant",
        .example = "1"},
       {.name = "refusal",
        .kind = API_TEXT,
        .at = offsetof(IN, refusal),
        .max = 64,
        .about = "without a case: code of invitations.json",
        .example = "\"not_found\""});
#undef IN
#define IN struct api_window
FIELDS(WINDOW,
       {.name = "number",
        .kind = API_TEXT,
        .at = offsetof(IN, number),
        .max = 200,
        .about = "of a document, case, permit or vehicle",
        .example = "\"L898902C3\""},
       {.name = "name",
        .kind = API_TEXT,
        .at = offsetof(IN, name),
        .max = 200,
        .about = "of a person",
        .example = "\"Maryam Hosseini\""},
       {.name = "birth",
        .kind = API_TEXT,
        .at = offsetof(IN, birth),
        .max = 10,
        .about = "date, may be partial",
        .example = "\"1991-04\""},
       {.name = "purpose",
        .kind = API_TEXT,
        .at = offsetof(IN, purpose),
        .max = 64,
        .about = "said by who asks; the purpose of the token is the one that counts",
        .example = "\"registration\""},
       REASON(IN));
#undef IN
#define IN struct lookup_question
FIELDS(LOOKUP,
       {.name = "lookup",
        .kind = API_TEXT,
        .at = offsetof(IN, lookup),
        .max = 64,
        .is_required = true,
        .about = "which request of the law: lookups.json of the pack",
        .example = "\"residence_status\""},
       {.name = "ground",
        .kind = API_TEXT,
        .at = offsetof(IN, ground),
        .max = 64,
        .is_required = true,
        .about = "legal ground, as the law names it",
        .example = "\"LTR:8\""},
       {.name = "number",
        .kind = API_TEXT,
        .at = offsetof(IN, number),
        .max = LOOKUP_WORD_MAX,
        .about = "of the document, person or entry",
        .example = "\"PN-100\""},
       {.name = "name",
        .kind = API_TEXT,
        .at = offsetof(IN, name),
        .max = LOOKUP_WORD_MAX,
        .about = "when there is no number, and the law allows it",
        .example = "\"Olena Verbenko\""},
       {.name = "birth",
        .kind = API_TEXT,
        .at = offsetof(IN, birth),
        .max = 10,
        .about = "whole date, with a name",
        .example = "\"1990-05-17\""},
       {.name = "issue",
        .kind = API_TEXT,
        .at = offsetof(IN, issue),
        .max = LOOKUP_WORD_MAX,
        .about = "the matter, as who asks calls it; no name",
        .example = "\"LO-2026-17\""},
       {.name = "purpose",
        .kind = API_TEXT,
        .at = offsetof(IN, purpose),
        .max = 64,
        .about = "said by who asks; the purpose of the token is the one that counts",
        .example = "\"residence\""},
       {.name = "watch_until",
        .kind = API_DATE,
        .at = offsetof(IN, watch_until),
        .about = "tell of changes until that day, at most a year"});
#undef IN
#define IN struct api_lookup_after
FIELDS(CHANGES_AFTER, {.name = "after",
                       .kind = API_NUMBER,
                       .at = offsetof(IN, after),
                       .about = "`next` of the last answer; 0: all",
                       .example = "0"});
#undef IN
#define IN struct api_lookup_after
FIELDS(NOTES_BEFORE, {.name = "before",
                      .kind = API_NUMBER,
                      .at = offsetof(IN, after),
                      .about = "`seq` of the last note of the page before; 0: the newest",
                      .example = "0"});
#undef IN
#define IN struct api_tracking
FIELDS(TRACKING,
       {.name = "code",
        .kind = API_TEXT,
        .at = offsetof(IN, code),
        .max = 64,
        .is_required = true,
        .about = "tracking code",
        .example = "\"ABCD-EFGH-JKMN\""},
       {.name = "birth_date",
        .kind = API_DATE,
        .at = offsetof(IN, birth),
        .is_required = true,
        .about = "of the person, as in the application",
        .example = "\"1991-04\""});
#undef IN
#define IN struct api_names
FIELDS(NAMES_TO_TRANSCRIBE,
       {.name = "names",
        .kind = API_TEXTS,
        .at = offsetof(IN, names),
        .count_at = offsetof(IN, count),
        .max = NAMES_MAX,
        .each_max = IDENTITY_TEXT_MAX,
        .is_required = true,
        .about = "in any script, as the person writes them",
        .example = "[\"Олена Ковальчук\"]"},
       {.name = "language",
        .kind = API_TEXT,
        .at = offsetof(IN, language),
        .max = 35,
        .about = "BCP 47; it picks national rules",
        .example = "\"uk\""});
#undef IN
#define IN struct api_grant
#define PART(member, required, say, ex)                                                                     \
    {                                                                                                       \
        .name = #member, .kind = API_TEXT, .at = offsetof(IN, member), .is_required = required, .max = 200, \
        .about = say, .example = ex                                                                         \
    }
FIELDS(GRANT, PART(grant_type, false, "client_credentials", "\"client_credentials\""),
       PART(scope, false, "the one purpose; may be left out when the client has only one",
            "\"registration\""),
       PART(client_id, false, "unless it comes by Basic authentication", "\"harbour-registry\""),
       PART(client_secret, false, "unless it comes by Basic authentication", "\"ocs_...\""));
FIELDS(REVOCATION, PART(token, false, "that ends", "\"oat_...\""),
       PART(client_id, false, "unless it comes by Basic authentication", "\"harbour-registry\""),
       PART(client_secret, false, "unless it comes by Basic authentication", "\"ocs_...\""));
#undef IN
#define IN struct saved_view
FIELDS(SAVED_VIEW,
       {.name = "name",
        .kind = API_TEXT,
        .at = offsetof(IN, name),
        .max = 100,
        .is_required = true,
        .about = "as you call it",
        .example = "\"Late and mine\""},
       {.name = "query",
        .kind = API_TEXT,
        .at = offsetof(IN, query),
        .max = 2000,
        .is_required = true,
        .about = "query string of the work list",
        .example = "\"light=overdue\""},
       {.name = "is_shared",
        .kind = API_BOOL,
        .at = offsetof(IN, is_shared),
        .about = "everybody sees it",
        .example = "false"});
#undef IN

#undef WORD
#define IN struct api_entry_question
#define WORD(name_, say, ex) \
    { .name = #name_, .kind = API_TEXT, .at = offsetof(IN, name_), .max = 200, .about = say, .example = ex }
FIELDS(ENTRY_FILTER, WORD(q, "a reference, a number, or parts of a name or word", "\"BTH-2026\""),
       WORD(number, "of a document or file", "\"X1234567\""), WORD(name, "parts of a name", "\"Sample\""),
       WORD(birth, "may be partial: finds those that may be it", "\"1992-03\""),
       WORD(nationality, "code", "\"PRT\""), WORD(plate, "of a vehicle", "\"B-OS 12\""),
       {.name = "state",
        .kind = API_TEXT,
        .at = offsetof(IN, state),
        .words = "current|ended|waiting|refused|replaced|undone|erased|pseudonymised|any",
        .about = "current when left out",
        .example = "\"current\""},
       {.name = "limit",
        .kind = API_COUNT,
        .at = offsetof(IN, limit),
        .min = 1,
        .max = LIST_MAX,
        .about = "of one page; 50 when left out",
        .example = "50"},
       WORD(after, "`next` of the page before", "\"\""), REASON(IN));
#undef WORD
FIELDS(ENTRY_TIME,
       {.name = "day",
        .kind = API_DATE,
        .at = offsetof(IN, day),
        .about = "what was true on it; today when left out",
        .example = "\"2026-03-01\""},
       {.name = "known",
        .kind = API_MOMENT,
        .at = offsetof(IN, known),
        .about = "as it was known then; now when left out",
        .example = "\"2026-03-01T12:00:00Z\""},
       {.name = "history",
        .kind = API_BOOL,
        .at = offsetof(IN, history),
        .about = "every version too",
        .example = "true"},
       REASON(IN));
#undef IN
#define IN struct api_entry_act
#define WHY(needed, say)                                                                            \
    {                                                                                               \
        .name = "reason", .kind = API_TEXT, .at = offsetof(IN, reason), .max = REGISTER_REASON_MAX, \
        .is_required = needed, .about = say, .example = "\"It was measured again.\""                \
    }
#define SEEN                                                                              \
    {                                                                                     \
        .name = "seen", .kind = API_ID, .at = offsetof(IN, seen), .min = 1,               \
        .about = "version that you looked at; 409 when it changed since", .example = "12" \
    }
#define FROM(say) \
    { .name = "from", .kind = API_DATE, .at = offsetof(IN, from), .about = say, .example = "\"2026-03-01\"" }
#define UNTIL                                                                                    \
    {                                                                                            \
        .name = "until", .kind = API_DATE, .at = offsetof(IN, until),                            \
        .about = "first day on which it is not; open when left out", .example = "\"2031-02-28\"" \
    }
#define SOURCE_PART(name_, say, ex)                                                                        \
    {                                                                                                      \
        .name = "source_" #name_, .kind = API_TEXT, .at = offsetof(IN, name_), .max = REGISTER_SOURCE_MAX, \
        .about = say, .example = ex                                                                        \
    }
#define SOURCE                                                                         \
    SOURCE_PART(authority, "that says so; left out: ours", "\"Harbour master\""),      \
        SOURCE_PART(method, "code of the list `provenance_method`", "\"document\""),   \
        SOURCE_PART(evidence, "number of a document or file", "\"HM 2026/17\""), {     \
        .name = "source_confidence", .kind = API_TEXT, .at = offsetof(IN, confidence), \
        .words = "high|medium|low", .about = "how sure it is", .example = "\"high\""   \
    }
#define SAID                                                                                      \
    {                                                                                             \
        .name = "answers", .kind = API_ANSWERS, .at = offsetof(IN, answers), .is_required = true, \
        .about = "to all questions of the register's form, nested as it is", .example = BERTH     \
    }
#define BERTH "{\"berth_no\": \"N-1\", \"boat\": \"Heron\", \"quay\": \"north\", \"family_name\": \"Sample\"}"
FIELDS(ENTRY_RECORD, SAID, FROM("since when it is true; today when left out"), SOURCE, WHY(false, "why"));
FIELDS(ENTRY_CORRECT, SAID, FROM("since when it is so; today when left out"), UNTIL,
       {.name = "is_mistake",
        .kind = API_BOOL,
        .at = offsetof(IN, is_mistake),
        .about = "it never was so; else it changed",
        .example = "false"},
       SOURCE, WHY(true, "why"), SEEN);
FIELDS(ENTRY_END, FROM("from which day it is no longer true; today when left out"), WHY(true, "why"), SEEN);
FIELDS(ENTRY_REVIEW, FROM("day of the next review"), WHY(true, "why it is still needed"), SEEN);
FIELDS(ENTRY_VERDICT,
       {.name = "version",
        .kind = API_ID,
        .at = offsetof(IN, version),
        .min = 1,
        .about = "that waits; left out: the one that waits",
        .example = "12"},
       WHY(false, "needed to refuse"));
FIELDS(ENTRY_FAULT, WHY(true, "what is wrong, or why"));
FIELDS(ENTRY_ANSWER, WHY(true, "what came of it"),
       {.name = "outcome",
        .kind = API_TEXT,
        .at = offsetof(IN, outcome),
        .words = "corrected|not_wrong|erased|passed_on",
        .is_required = true,
        .about = "in one word",
        .example = "\"corrected\""});
#undef IN

#define QUESTION .in_size = sizeof(struct api_question)
#define OFFICE (STAFF | PARTNER)

const struct api_operation API_OPERATIONS[] = {
    {POST, "/api/token", "token", "Tokens", "Get a token for one purpose", api_token,
     "OAuth 2.0 client credentials (RFC 6749, 4.4). The scope is the purpose. A token is good for half an "
     "hour.",
     .in_size = sizeof(struct api_grant), .query = NONE, .body = GRANT, .body_kind = BODY_FIELDS,
     .shape = &SHAPE_TOKEN, .is_public = true, .has_own_errors = true, .rate = RATE_SIGN_IN},
    {POST, "/api/token/revoke", "revoke", "Tokens", "End a token", api_revoke,
     "RFC 7009. A token that is unknown is no error.", .in_size = sizeof(struct api_grant), .query = NONE,
     .body = REVOCATION, .body_kind = BODY_FIELDS, .answer_kind = ANSWER_EMPTY, .is_public = true,
     .has_own_errors = true, .rate = RATE_SIGN_IN},
    {GET, "/api/me", "me", "Tokens", "Who am I", api_me, .in_size = 1, .query = NONE, .shape = &SHAPE_ME,
     .never = 403, .needs = SIGNED_IN},

    {POST, "/api/applications", "apply", "Applications", "Make a whole application", api_apply,
     "All sections, and the application is made, in one request and one commit. Everything that is wrong is "
     "named at once.",
     .in_size = sizeof(struct api_application), .query = NONE, .body = APPLICATION, .body_kind = BODY_OBJECT,
     .shape = &SHAPE_RESULT, .success = 201, .writes = true, .needs = SIGNED_IN},
    {POST, "/api/cases", "start_application", "Applications", "Begin a draft", api_start,
     "Then save_answers, of one section after the other or of the whole form, and submit_application.",
     .in_size = sizeof(struct start_application), .query = NONE, .body = START, .body_kind = BODY_OBJECT,
     .shape = &SHAPE_RESULT, .success = 201, .writes = true, .needs = SIGNED_IN},

    {POST, "/api/cases/carried", "carry_over_case", "Applications", "Carry over a closed file",
     api_carry_over,
     "Of the former system: found and read here for ever. A program that was stopped begins again: a file "
     "that "
     "came before is refused (rule `carried_before`).",
     .in_size = sizeof(struct carry_over_case), .query = NONE, .body = CARRIED, .body_kind = BODY_OBJECT,
     .shape = &SHAPE_RESULT, .success = 201, .writes = true, .needs = SIGNED_IN},

    {POST, "/api/cases/opened", "open_case", "Applications", "Open a case", api_open,
     "At the counter, or for another authority: begun and made in one step. Nothing of it stays when the "
     "form is "
     "not complete.",
     .in_size = sizeof(struct open_case), .query = NONE, .body = OPENED, .body_kind = BODY_OBJECT,
     .shape = &SHAPE_RESULT, .success = 201, .writes = true, .needs = SIGNED_IN},

    {GET, "/api/cases", "work_list", "Cases", "The work list", api_list,
     "Names are personal data: each page leaves a trace.", .in_size = sizeof(struct api_work),
     .query = FILTER, .shape = &SHAPE_WORK_LIST, .needs = SIGNED_IN},
    {GET, "/api/search", "search", "Cases", "Find cases by number or name", api_search,
     "Exact numbers first, at most 20.", QUESTION, .query = SEARCH, .shape = &SHAPE_WORK_LIST,
     .needs = SIGNED_IN},
    {POST, "/api/window", "window", "Cases", "Is a person, document or vehicle known?", api_window,
     "Hit or no hit over cases and registers. Each question leaves a trace. Either a number, or a name with "
     "a "
     "birth date.",
     .in_size = sizeof(struct api_window), .query = NONE, .body = WINDOW, .body_kind = BODY_OBJECT,
     .shape = &SHAPE_WINDOW, .needs = SIGNED_IN},
    {POST, "/api/lookups", "lookup", "Cases", "Ask once: a few data of a register, by law", api_lookup,
     "For programs of other authorities, so that nobody brings papers that we have. The law says which "
     "request "
     "may be made for which purpose and on which ground, and what is told. Who asked, for what and on which "
     "ground is kept; the person sees it. A mistake in what is told is reported with report_fault.",
     .in_size = sizeof(struct lookup_question), .query = NONE, .body = LOOKUP, .body_kind = BODY_OBJECT,
     .shape = &SHAPE_LOOKUP, .needs = OFFICE | PARTNER},
    {GET, "/api/lookups/changes", "lookup_changes", "Cases", "What has changed of what was asked",
     api_lookup_changes, "Of requests that were made with watch_until, for the purpose of the token.",
     .in_size = sizeof(struct api_lookup_after), .query = CHANGES_AFTER, .shape = &SHAPE_LOOKUP_CHANGES,
     .needs = OFFICE | PARTNER},
    {GET, "/api/lookups/log", "lookup_log", "Cases", "Who asked whom", api_lookup_log,
     "For who watches over data protection (action read_search_log). The look leaves a trace.",
     .in_size = sizeof(struct api_lookup_after), .query = NOTES_BEFORE, .shape = &SHAPE_LOOKUP_LOG,
     .needs = OFFICE},
    {GET, "/api/oversight", "oversight", "Cases", "The exchange between authorities, as numbers",
     api_oversight,
     "For who watches over it (action see_exchange): broken rules, late deadlines, witnesses. Never a case.",
     .in_size = 1, .query = NONE, .shape = &SHAPE_OVERSIGHT, .needs = STAFF},
    {POST, "/api/authorities/:authority/lookups", "ask_authority", "Cases", "Ask another authority",
     api_lookup_ask,
     "The same the other way round, by X-Road or HTTPS. Silence is named: no_answer, from whom and why.",
     .in_size = sizeof(struct lookup_question), .query = NONE, .body = LOOKUP, .body_kind = BODY_OBJECT,
     .shape = &SHAPE_LOOKUP, .needs = OFFICE},
    {GET, "/api/own-cases", "own_cases", "Cases", "Cases that were begun by this account", api_own,
     "Drafts too; at most 50.", .in_size = 1, .query = NONE, .shape = &SHAPE_WORK_LIST, .needs = SIGNED_IN},
    {GET, "/api/cases/:case", "case_file", "Cases", "The file of a case", api_file,
     "The answer's ETag is the version of the case: send it as If-Match with a command.", QUESTION,
     .query = ONLY_REASON, .shape = &SHAPE_CASE_FILE, .is_of_case = true, .needs = SIGNED_IN},
    {GET, "/api/cases/:case/answers", "answers", "Cases", "The answers to the form", api_answers_of, QUESTION,
     .query = SECTION, .shape = &SHAPE_ANSWERS, .is_of_case = true, .needs = SIGNED_IN},
    {GET, "/api/cases/:case/tasks/:task/answers", "task_answers", "Cases", "What was answered in a task",
     api_task_answers, "Of a task that is done.", QUESTION, .query = ONLY_REASON, .shape = &SHAPE_ANSWERS,
     .is_of_case = true, .needs = SIGNED_IN},
    {GET, "/api/cases/:case/forms/:form", "form", "Cases", "A form of the law that the case runs on",
     api_form,
     "The form of a task (CaseFile.tasks), of a message that is awaited (the form of its name), or "
     "`application`.",
     QUESTION, .query = ONLY_REASON, .shape = &SHAPE_FORM, .is_of_case = true, .needs = SIGNED_IN},
    {GET, "/api/cases/:case/suggestions/:decision", "suggestion", "Cases", "What the rules suggest",
     api_suggest, "`decision` is a decision of the pack: `plausibility`. Never a decision about a person.",
     QUESTION, .query = ONLY_REASON, .shape = &SHAPE_SUGGESTION, .is_of_case = true, .needs = SIGNED_IN},
    {GET, "/api/cases/:case/decisions/:proposal/letter", "letter_preview", "Cases",
     "The letter that signing would send", api_letter_preview,
     "`proposal` is a decision that is proposed now. Read it before you sign: signing sends these words.",
     QUESTION, .query = ONLY_REASON, .shape = &SHAPE_LETTER_PREVIEW, .also = 409, .is_of_case = true,
     .needs = SIGNED_IN},
    {GET, "/api/cases/:case/events", "case_events", "Cases", "What authorities told each other",
     api_case_events, "Of all channels of the case; each reading is evidence in the privacy service.",
     QUESTION, .query = ONLY_REASON, .shape = &SHAPE_CASE_EVENTS, .is_of_case = true, .needs = SIGNED_IN},
    {GET, "/api/cases/:case/events/:place/proof", "event_proof", "Cases", "The offline proof of an event",
     api_event_proof,
     "C2SP tlog-proof, with the key of this one message: for ostia-verify, with its message.", QUESTION,
     .query = ONLY_REASON, .answer_kind = ANSWER_FILE, .media = "text/plain", .is_of_case = true,
     .needs = SIGNED_IN},
    {GET, "/api/cases/:case/events/:place/message", "event_message", "Cases", "What an event says",
     api_event_message, "The canonical bytes of the message (CBOR), as they were sealed.", QUESTION,
     .query = ONLY_REASON, .answer_kind = ANSWER_FILE, .media = "application/cbor", .is_of_case = true,
     .needs = SIGNED_IN},
    {GET, "/api/cases/:case/authorities", "circles", "Cases", "With whom a case is written about",
     api_circles, "Its channels, and what came of our invitations.", .in_size = 1, .query = NONE,
     .shape = &SHAPE_CIRCLES, .needs = OFFICE},
    {POST, "/api/cases/:case/authorities", "invite_authority", "Cases", "Invite authorities to a case",
     api_circle_open,
     "Opens a channel and sends each an invitation, sealed to it alone. The same circle is opened once.",
     .in_size = sizeof(struct api_circle), .query = NONE, .body = CIRCLE, .body_kind = BODY_OBJECT,
     .shape = &SHAPE_CIRCLES, .needs = OFFICE},
    {POST, "/api/cases/:case/authorities/correct", "correct_link", "Cases", "Correct a wrong link",
     api_circle_correct,
     "What is on that channel is about another case of ours, or about none. The others are told.",
     .in_size = sizeof(struct api_correction), .query = NONE, .body = CORRECTION, .body_kind = BODY_OBJECT,
     .shape = &SHAPE_CIRCLES, .needs = OFFICE},
    {GET, "/api/invitations", "invitations", "Cases", "Invitations of other authorities", api_invitations,
     "What they told of a person, so that the own case is found. The look leaves a trace.", .in_size = 1,
     .query = NONE, .shape = &SHAPE_INVITATIONS, .needs = OFFICE},
    {POST, "/api/invitations/:invitation", "answer_invitation", "Cases", "Answer an invitation",
     api_invitation_answer, "With `case` it is joined, else declined. What it said is erased either way.",
     .in_size = sizeof(struct api_invitation_reply), .query = NONE, .body = INVITATION_REPLY,
     .body_kind = BODY_OBJECT, .shape = &SHAPE_INVITATIONS, .needs = OFFICE},
    {POST, "/api/cases/:case/:command", "command", "Commands", "Do something to a case", api_do_command,
     .in_size = sizeof(struct command), .query = NONE, .body_kind = BODY_OBJECT, .shape = &SHAPE_RESULT,
     .writes = true, .is_of_case = true, .is_command = true, .needs = SIGNED_IN},

    {POST, "/api/cases/:case/documents", "add_document", "Documents", "Add a document", api_document_add,
     "The body is the file: PDF, JPEG or PNG, at most 20 MB.", .in_size = sizeof(struct api_new_document),
     .query = NEW_DOCUMENT, .body_kind = BODY_FILE, .shape = &SHAPE_RESULT, .success = 201, .writes = true,
     .is_of_case = true, .needs = SIGNED_IN, .rate = RATE_UPLOAD, .sink = &API_DOCUMENT_SINK},
    {GET, "/api/documents/:document", "document", "Documents", "The file of a document", api_document,
     QUESTION, .query = ONLY_REASON, .answer_kind = ANSWER_FILE, .media = "*/*", .is_of_case = true,
     .needs = SIGNED_IN},
    {GET, "/api/documents/:document/pages/:page", "document_page", "Documents", "A picture of one page",
     api_document_page, "Pages count from 1; the header Pages says how many there are.", QUESTION,
     .query = PICTURE, .answer_kind = ANSWER_FILE, .media = "image/png", .is_of_case = true,
     .needs = SIGNED_IN},
    {GET, "/api/letters/:letter", "letter", "Documents", "The PDF of a letter", api_letter, QUESTION,
     .query = ONLY_REASON, .answer_kind = ANSWER_FILE, .media = "application/pdf", .is_of_case = true,
     .needs = SIGNED_IN},
    {POST, "/api/travel-documents/zone", "document_zone", "Travel", "Read the lines on a photo",
     api_document_zone,
     "The body is the picture: JPEG, PNG or PDF, at most 12 MB. Nothing is kept of it. Then check_document.",
     .in_size = 1, .query = NONE, .body_kind = BODY_FILE, .shape = &SHAPE_DOCUMENT_ZONE, .needs = SIGNED_IN,
     .rate = RATE_UPLOAD, .sink = &DOCUMENT_PHOTO},
    {POST, "/api/travel-documents/check", "check_document", "Travel", "Check a travel document",
     api_document_check,
     "Reads its lines, its seal or both, says what does not fit, and whether it was checked before: when, "
     "where, with which result. That it was checked now is kept without a name.",
     .in_size = sizeof(struct api_travel_document), .query = NONE, .body = TRAVEL_DOCUMENT,
     .body_kind = BODY_OBJECT, .shape = &SHAPE_DOCUMENT_CHECK, .needs = SIGNED_IN},
    {POST, "/api/carrier-lists", "hand_in_carrier_list", "Border", "Hand in a list of passengers or crew",
     api_carrier_hand_in,
     "The body is the telegram as it goes over the line: UN/EDIFACT PAXLST or PNRGOV, the US form of it, "
     "with or "
     "without the lines of a Type B telegram around it; at most 6 MB. A list with errors is kept, and the "
     "answer says "
     "`refused` with the segment, the rule and the way out: send the whole list again. For border_check.",
     .in_size = 1, .query = NONE, .body_kind = BODY_FILE, .shape = &SHAPE_CARRIER_RECEIVED, .success = 201,
     .writes = true, .needs = SIGNED_IN, .rate = RATE_UPLOAD, .sink = &API_CARRIER_SINK},
    {GET, "/api/carrier-lists", "carrier_lists", "Border", "Who arrives", api_carrier_lists,
     "For border_check.", sizeof(struct api_arrivals), .query = ARRIVALS, .shape = &SHAPE_CARRIER_LISTS,
     .also = 422, .needs = OFFICE},
    {GET, "/api/carrier-lists/:list", "carrier_list", "Border", "A list with candidates", api_carrier_list,
     "People and the entries that they may be. Somebody compares them on the page of the list.", .in_size = 1,
     .query = NONE, .shape = &SHAPE_CARRIER_LIST, .needs = OFFICE},

    {GET, "/api/registers", "registers", "Registers", "Registers that this token may use", api_registers,
     .in_size = 1, .query = NONE, .shape = &SHAPE_REGISTERS, .needs = OFFICE},
    {GET, "/api/registers/:register", "register_form", "Registers", "The form of a register",
     api_register_form, "What its entries say: form-js, with the words of its labels.", .in_size = 1,
     .query = NONE, .shape = &SHAPE_FORM, .needs = OFFICE},
    {GET, "/api/registers/:register/entries", "register_entries", "Registers", "Find entries", api_entries,
     "All that is given must hold. Newest first; each page leaves a trace.",
     .in_size = sizeof(struct api_entry_question), .query = ENTRY_FILTER, .shape = &SHAPE_ENTRIES,
     .also = 422, .needs = OFFICE},
    {GET, "/api/registers/:register/entries/:entry", "register_entry", "Registers",
     "An entry as of any day and moment", api_entry, "What was true on `day`, as it was known at `known`.",
     .in_size = sizeof(struct api_entry_question), .query = ENTRY_TIME, .shape = &SHAPE_ENTRY, .also = 422,
     .needs = OFFICE},
    {POST, "/api/registers/:register/entries", "record_entry", "Registers", "Record an entry", api_entry_act,
     "Another current entry with the same key is refused (rule `key_taken`, with its reference).",
     .in_size = sizeof(struct api_entry_act), .query = NONE, .body = ENTRY_RECORD, .body_kind = BODY_OBJECT,
     .shape = &SHAPE_REGISTER_DONE, .success = 201, .also = 409, .writes = true, .needs = OFFICE},
    {POST, "/api/registers/:register/entries/:entry/correct", "correct_entry", "Registers",
     "Correct or change an entry", api_entry_act,
     "Nothing is overwritten: it is a layer over what was said before.",
     .in_size = sizeof(struct api_entry_act), .query = NONE, .body = ENTRY_CORRECT, .body_kind = BODY_OBJECT,
     .shape = &SHAPE_REGISTER_DONE, .also = 409, .writes = true, .needs = OFFICE},
    {POST, "/api/registers/:register/entries/:entry/end", "end_entry", "Registers", "End an entry",
     api_entry_act, .in_size = sizeof(struct api_entry_act), .query = NONE, .body = ENTRY_END,
     .body_kind = BODY_OBJECT, .shape = &SHAPE_REGISTER_DONE, .also = 409, .writes = true, .needs = OFFICE},
    {POST, "/api/registers/:register/entries/:entry/review", "review_entry", "Registers",
     "Say that an entry is still needed", api_entry_act, .in_size = sizeof(struct api_entry_act),
     .query = NONE, .body = ENTRY_REVIEW, .body_kind = BODY_OBJECT, .shape = &SHAPE_REGISTER_DONE,
     .also = 409, .writes = true, .needs = OFFICE},
    {POST, "/api/registers/:register/entries/:entry/erase", "erase_entry", "Registers",
     "Erase an entry before its time", api_entry_act, "What is left is that there was one.",
     .in_size = sizeof(struct api_entry_act), .query = NONE, .body = ENTRY_FAULT, .body_kind = BODY_OBJECT,
     .shape = &SHAPE_REGISTER_DONE, .also = 409, .writes = true, .needs = OFFICE},
    {POST, "/api/registers/:register/entries/:entry/confirm", "confirm_entry", "Registers",
     "Confirm what another person asked for", api_entry_act, "Four eyes: never by who asked.",
     .in_size = sizeof(struct api_entry_act), .query = NONE, .body = ENTRY_VERDICT, .body_kind = BODY_OBJECT,
     .shape = &SHAPE_REGISTER_DONE, .also = 409, .writes = true, .needs = OFFICE},
    {POST, "/api/registers/:register/entries/:entry/refuse", "refuse_entry", "Registers",
     "Do not confirm what another person asked for", api_entry_act, .in_size = sizeof(struct api_entry_act),
     .query = NONE, .body = ENTRY_VERDICT, .body_kind = BODY_OBJECT, .shape = &SHAPE_REGISTER_DONE,
     .also = 409, .writes = true, .needs = OFFICE},
    {POST, "/api/registers/:register/entries/:entry/faults", "report_fault", "Registers",
     "Report a mistake in an entry", api_entry_act, "A ticket with a clock: who keeps the entry must answer.",
     .in_size = sizeof(struct api_entry_act), .query = NONE, .body = ENTRY_FAULT, .body_kind = BODY_OBJECT,
     .shape = &SHAPE_REGISTER_DONE, .success = 201, .also = 409, .writes = true, .needs = OFFICE},
    {POST, "/api/registers/:register/entries/:entry/faults/:fault/answer", "answer_fault", "Registers",
     "Answer a report of a mistake", api_entry_act, .in_size = sizeof(struct api_entry_act), .query = NONE,
     .body = ENTRY_ANSWER, .body_kind = BODY_OBJECT, .shape = &SHAPE_REGISTER_DONE, .writes = true,
     .needs = OFFICE},
    {GET, "/api/registers/:register/imports", "register_imports", "Registers", "Files that came in",
     api_imports, .in_size = 1, .query = NONE, .shape = &SHAPE_IMPORTS, .needs = OFFICE},
    {POST, "/api/registers/:register/imports", "import_entries", "Registers", "Bring in a file of entries",
     api_import_take,
     "The body is the file. Each row is checked before anything is recorded: all of it or nothing. The same "
     "file once more is the same import.",
     .in_size = sizeof(struct import_question), .query = API_IMPORT_QUERY, .body_kind = BODY_FILE,
     .shape = &SHAPE_IMPORT, .success = 202, .needs = OFFICE, .rate = RATE_UPLOAD, .sink = &API_IMPORT_SINK,
     .leave = api_import_leave},
    {GET, "/api/registers/:register/imports/:import", "register_import", "Registers", "How far a file is",
     api_import, .in_size = 1, .query = NONE, .shape = &SHAPE_IMPORT, .needs = OFFICE},
    {GET, "/api/registers/:register/imports/:import/errors", "import_errors", "Registers",
     "The file again, with what is wrong in each row", api_import_errors,
     "Its first columns say line, field, rule and way out. Put right, it may be sent as it is.", .in_size = 1,
     .query = NONE, .answer_kind = ANSWER_FILE, .media = "*/*", .needs = OFFICE},
    {POST, "/api/registers/:register/imports/:import/undo", "undo_import", "Registers",
     "Take back a file that is in force", api_import_act, .in_size = sizeof(struct api_entry_act),
     .query = NONE, .body = ENTRY_FAULT, .body_kind = BODY_OBJECT, .shape = &SHAPE_IMPORT, .also = 409,
     .needs = OFFICE},
    {POST, "/api/registers/:register/imports/:import/drop", "drop_import", "Registers",
     "Do not record a file", api_import_act, .in_size = sizeof(struct api_entry_act), .query = NONE,
     .body = ENTRY_FAULT, .body_kind = BODY_OBJECT, .shape = &SHAPE_IMPORT, .also = 409, .needs = OFFICE},
    {GET, "/api/registers/:register/export", "register_export", "Registers", "Take out rows that name nobody",
     api_register_export,
     "Coded answers, days as years, and a number that is good for this file only. Sent as it is read.",
     .in_size = sizeof(struct export_question), .query = API_EXPORT_QUERY, .answer_kind = ANSWER_FILE,
     .media = "*/*", .also = 422, .needs = OFFICE},
    {GET, "/api/registers/:register/statistics/:statistic", "register_statistic", "Registers",
     "Counts by a definition of the register", api_register_statistic, "Fewer than five are not told apart.",
     .in_size = sizeof(struct export_question), .query = API_STATISTIC_QUERY, .shape = &SHAPE_STATISTIC,
     .needs = OFFICE},

    {GET, "/api/load", "load", "Office", "Open work by officer", api_load, "For the purpose supervision.",
     .in_size = 1, .query = NONE, .shape = &SHAPE_LOAD, .needs = SIGNED_IN},
    {GET, "/api/staff", "staff", "Office", "Staff by name", api_staff, .in_size = 1, .query = NONE,
     .shape = &SHAPE_STAFF, .needs = OFFICE},
    {GET, "/api/views", "views", "Office", "Saved views of the work list", api_views, .in_size = 1,
     .query = NONE, .shape = &SHAPE_VIEWS, .needs = OFFICE},
    {POST, "/api/views", "save_view", "Office", "Save a view of the work list", api_view_save,
     .in_size = sizeof(struct saved_view), .query = NONE, .body = SAVED_VIEW, .body_kind = BODY_OBJECT,
     .shape = &SHAPE_RESULT, .success = 201, .writes = true, .needs = OFFICE},
    {DELETE, "/api/views/:view", "delete_view", "Office", "Delete a saved view of one's own", api_view_delete,
     .in_size = 1, .query = NONE, .answer_kind = ANSWER_EMPTY, .success = 204, .needs = OFFICE},
    {GET, "/api/packs", "packs", "Office", "Versions of the law", api_packs, .in_size = 1, .query = NONE,
     .shape = &SHAPE_PACKS, .needs = OFFICE},
    {POST, "/api/names/transcribe", "transcribe", "Office", "Write names in Latin letters", api_transcribe,
     "The same answer for the same name, always: by ICAO Doc 9303-3 where it has a table. Nothing is kept.",
     .in_size = sizeof(struct api_names), .query = NONE, .body = NAMES_TO_TRANSCRIBE,
     .body_kind = BODY_OBJECT, .shape = &SHAPE_TRANSCRIPTIONS, .never = 403, .needs = SIGNED_IN},

    {GET, "/api/procedures", "procedures", "Anybody", "What can be applied for", api_procedures,
     "The procedures that are in force, in the order in which they came.", .in_size = 1, .query = NONE,
     .shape = &SHAPE_PROCEDURES, .is_public = true},
    {GET, "/api/letter-check", "letter_check", "Anybody", "Is a letter genuine", api_letter_check, QUESTION,
     .query = CODE, .shape = &SHAPE_LETTER_CHECK, .is_public = true, .rate = RATE_LOOKUP},
    {GET, "/api/letter-key", "letter_key", "Anybody", "Key to check letters offline", api_key, .in_size = 1,
     .query = NONE, .shape = &SHAPE_LETTER_KEY, .is_public = true},
    {POST, "/api/track", "track", "Anybody", "Where a case stands", api_track,
     "With the tracking code and the date of birth. Any mismatch is one and the same answer.",
     .in_size = sizeof(struct api_tracking), .query = NONE, .body = TRACKING, .body_kind = BODY_OBJECT,
     .shape = &SHAPE_TRACKED, .also = 404, .is_public = true, .rate = RATE_LOOKUP},
    {GET, "/api/openapi.json", "openapi", "Anybody", "This description", api_openapi, .in_size = 1,
     .query = NONE, .answer_kind = ANSWER_FILE, .media = "application/json", .is_public = true},
    {0},
};
const size_t API_OPERATION_COUNT = sizeof API_OPERATIONS / sizeof *API_OPERATIONS - 1;
