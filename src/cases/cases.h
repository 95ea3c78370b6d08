// cases.h - the files of an authority: doing something to a case, and reading it with a purpose.
//
//     cases_do(c, &actor, &command, arena, &result, &problem)      the only way to change a case
//     cases_open_file(c, &actor, &look, case_id, arena, &file, &problem)   one of the few ways to read one
//
// Every reading function asks access/, records who read what and why, waits until that record is durable, and
// only then returns. What the actor may not see is left empty and named in `hidden`.
#pragma once
#include "access/access.h"
#include "cases/commands.h"
#include "cases/views.h"
#include "journal/journal.h"
#include "pack/pack_sign.h"

struct flow_model;
struct flow_effect;
struct exchange_type;
struct exchange_code;
struct cases; // the room: journal, active packs; shared by all threads

// What a case tells other authorities (exchange/steps.json of its pack).
struct case_told {
    int64_t case_id;
    struct text key; // the same command tells it once; a case's keys sort as it was told
    const struct exchange_type *type;
    const struct exchange_code *code;    // NULL: none, or none that the type knows
    struct moment at, due;               // due: the first moment in UTC of the last day; ms 0: none
    const struct exchange_type *answers; // it refers to the last event of this type; NULL: to none
    bool has_digest;
    struct hash digest; // of the letter that it commits to
};

struct cases_options {
    struct text authority; // name on letters
    struct text site;      // https address printed on letters
    struct text zone;      // IANA name of the authority's clock
    // A pack that was read before (pack_read): not read again when the database has the same. For programs
    // that open many houses; NULL otherwise.
    const struct pack *pack;
    const struct pack_signers *signers; // NULL: packs need no signature
    // Sees all that happens in processes, in the writer's thread, when it is not sure yet that it stays.
    // NULL: nobody looks.
    void (*watch)(void *context, const struct flow_model *model, const struct flow_effect *effect);
    void *watch_context;
    // Is given it in the transaction of its command, in the writer's thread. NULL: nobody is told anything.
    enum status (*tell)(void *context, struct db *tx, const struct case_told *told);
    void *tell_context;
};
// The event types and migrations of this room, for journal_open and store_open.
extern const struct event_type *const cases_event_types[];
extern const size_t cases_event_type_count;
extern const struct migrations CASES_MIGRATIONS;

enum status cases_open(struct journal *j, const struct cases_options *o, struct cases **out,
                       struct problem *p);
void cases_close(struct cases *c);
struct journal *cases_journal(struct cases *c);

// Puts a new version of the law into force: checked, stored, and used by every case whose day (made,
// registered or lodged, as pack.json says) lies in its validity. Later versions go before earlier ones.
enum status cases_load_pack(struct cases *c, int64_t actor, const struct pack_files *files, struct arena *a,
                            struct problem *p);
// Packs with different ids are procedures that are in force side by side. The pack in force today (of the id
// that was loaded first), the one loaded last, and the one a case runs on. Valid while `c` is open. NULL when
// none was loaded.
const struct pack *cases_pack(struct cases *c);
const struct pack *cases_pack_newest(struct cases *c);
const struct pack *cases_pack_of(struct cases *c, int64_t pack_version);
// The pack that a case runs on, by its number. NULL: there is no such case.
const struct pack *cases_pack_of_case(struct cases *c, int64_t case_id);
// The version that was made of these files, the newest one if there are several; NULL when there is none.
const struct pack *cases_pack_with(struct cases *c, const struct pack_files *files);
// The pack of a procedure (its id) in force today; empty: that of cases_pack. NULL when there is none.
const struct pack *cases_pack_for(struct cases *c, struct text procedure);
// Today's pack of each procedure, in the order in which their ids were first loaded.
enum { PROCEDURES_MAX = 16 }; // of one authority; each has its policy asked for each list
struct procedure_list {
    const struct pack *packs[PROCEDURES_MAX];
    size_t count;
};
void cases_procedures(struct cases *c, struct procedure_list *out);

// For rooms above: is this about no single case, and allowed by the law in force? A refusal is recorded. `p`
// may be NULL.
enum status cases_may(struct cases *c, const struct actor *actor, const struct access_question *question,
                      struct problem *p);

// The same about one case, in the actor's relation to it and by the law that it runs on. STATUS_NOT_FOUND:
// there is none. Reads nothing of it, and leaves no trace but of a refusal.
struct look;
enum status cases_may_on(struct cases *c, const struct actor *actor, const struct look *look, int64_t case_id,
                         struct text action, struct text attribute_class, struct problem *p);

// Does the command as `actor`. STATUS_INVALID (the person's mistake), STATUS_REFUSED (no right to; recorded),
// STATUS_CONFLICT (the case changed since `seen`; result->changed says what), STATUS_NOT_FOUND, STATUS_FULL,
// STATUS_BUSY. Returns when durable. Texts of the result live in `a`.
enum status cases_do(struct cases *c, const struct actor *actor, const struct command *command,
                     struct arena *a, struct command_result *result, struct problem *p);

// The same command on many cases (bulk assignment), all or none, at most 500.
enum { CASES_BULK_MAX = 500 };
enum status cases_do_all(struct cases *c, const struct actor *actor, const struct command *commands,
                         size_t count, struct arena *a, struct problem *p);

// What a caller adds to the transaction of its commands. `before` may say that all of it was done earlier (a
// request that came twice); `after` sees the result and is durable with it. Both run in the writer thread.
struct cases_around {
    void *context;
    enum status (*before)(struct write *w, void *context, bool *is_done, struct problem *p);
    enum status (*after)(struct write *w, void *context, const struct command_result *result);
};
// Commands that belong together, all or none, in one commit: those after the first that name no case are for
// the case that the first one began. The result is that of the last one. `around` may be NULL.
enum status cases_do_together(struct cases *c, const struct actor *actor, const struct command *commands,
                              size_t count, const struct cases_around *around, struct arena *a,
                              struct command_result *result, struct problem *p);

// What the room knows about a command, for who describes or offers it.
struct command_about {
    const char *name;    // "add_note": the action in access.json
    const char *purpose; // usual one
    bool by_system;      // nobody else may
    bool by_person;      // a named human only
    bool compares;       // minds what happened since `seen`
};
struct command_about cases_command_about(enum command_kind kind);

// Commands of any actors on any cases, each on its own: one that fails does not stop the others. They are
// done in this order and share commits; for imports, demonstrations and the clock. Returns when all are
// durable or failed.
struct cases_request {
    const struct actor *actor;
    const struct command *command;
    struct arena *answer; // texts of result and problem
    struct command_result result;
    struct problem problem;
    enum status status;
};
void cases_do_each(struct cases *c, struct cases_request *list, size_t count);

// What the clock brings: process timers that are due, deadlines that passed, warnings, in order of their
// moments. Does at most `limit` in shared commits and says how many it did; 0: nothing is due. Nothing is
// asked of the database before the next moment that is known. One thread at a time.
enum status cases_tick(struct cases *c, size_t limit, size_t *done);
// That moment; far away when nothing waits for the clock.
struct moment cases_next_due(struct cases *c);

// Renders the PDF of a letter that has none yet and stores it with the case. Not in the writer thread.
enum status cases_render_letter(struct cases *c, int64_t letter, struct problem *p);

// Why somebody reads. Purposes are those of the pack's access.json.
struct look {
    struct text purpose;
    struct text reason; // needed outside one's own cases
};

// The whole file of a case, as far as the actor may see it.
enum status cases_open_file(struct cases *c, const struct actor *actor, const struct look *look,
                            int64_t case_id, struct arena *a, struct case_file *file, struct problem *p);
// A page of the work list. Names are personal data: the reading is recorded once a page.
enum status cases_work_list(struct cases *c, const struct actor *actor, const struct look *look,
                            const struct work_filter *filter, struct arena *a, struct work_list *list,
                            struct problem *p);
// Cases by any number they ever had, or by name: exact numbers first. At most 20.
enum status cases_find(struct cases *c, const struct actor *actor, const struct look *look, struct text query,
                       struct arena *a, struct work_list *list, struct problem *p);
// Load by officer and what is late, without names.
enum status cases_load_by_officer(struct cases *c, const struct actor *actor, struct arena *a,
                                  struct officer_load_list *list, struct problem *p);
// The cases of the signed-in applicant (drafts too).
enum status cases_own(struct cases *c, const struct actor *actor, struct arena *a, struct work_list *list,
                      struct problem *p);
// The answers of one section, as saved last; of all sections when `section` is empty. Empty when there are
// none.
enum status cases_answers(struct cases *c, const struct actor *actor, const struct look *look,
                          int64_t case_id, struct text section, struct arena *a, struct bytes *answers,
                          struct problem *p);
// What was answered in a task that is done, as far as the actor may see it. Empty when there is nothing.
enum status cases_task_answers(struct cases *c, const struct actor *actor, const struct look *look,
                               int64_t case_id, int64_t task, struct arena *a, struct bytes *answers,
                               struct problem *p);
// What the rules suggest for the case now, with their trace. Never a decision.
enum status cases_suggestion(struct cases *c, const struct actor *actor, const struct look *look,
                             int64_t case_id, struct text decision, struct arena *a, struct suggestion *out,
                             struct problem *p);
// Opens the bytes of a document or letter for streaming; the caller closes the reader.
enum status cases_open_document(struct cases *c, const struct actor *actor, const struct look *look,
                                int64_t document, struct arena *a, struct document_view *view,
                                struct blob_reader **reader, struct problem *p);
enum status cases_open_letter(struct cases *c, const struct actor *actor, const struct look *look,
                              int64_t letter, struct arena *a, struct letter_view *view,
                              struct blob_reader **reader, struct problem *p);
// The event of our log that brought a document or the PDF of a letter, by its number, for its proof. Whoever
// asks has opened it. STATUS_NOT_FOUND: a letter that was not rendered yet, or none of either.
enum status cases_file_event(struct journal *j, struct db *db, int64_t id, int64_t *seq);
// The letter that signing this proposal would send, in its blocks and order (paper/paper.h), for staff who
// see decisions; only code and QR are drawn later. STATUS_NOT_FOUND when it is not proposed now.
struct paper;
enum status cases_preview_letter(struct cases *c, const struct actor *actor, const struct look *look,
                                 int64_t case_id, int64_t decision, struct arena *a, struct paper *out,
                                 struct problem *p);
// For which purpose an actor does what both sides can do: messages, documents, answers.
struct text cases_usual_purpose(const struct actor *actor);
// A key for a document that is being uploaded to this case (the applicant's document key).
enum status cases_upload_key(struct cases *c, const struct actor *actor, int64_t case_id, struct key *key,
                             struct problem *p);

// Work-list views, saved by an officer for themselves or for all.
enum status cases_save_view(struct cases *c, const struct actor *actor, const struct saved_view *v,
                            const struct cases_around *around, struct arena *a, int64_t *view,
                            struct problem *p);
enum status cases_delete_view(struct cases *c, const struct actor *actor, int64_t view, struct problem *p);
enum status cases_views(struct cases *c, const struct actor *actor, struct arena *a,
                        struct saved_view **views, size_t *count);

// Anyone with a letter: is it genuine, and does it still hold. Nothing else is told. Unknown codes give
// LETTER_UNKNOWN, never an error.
enum status cases_verify_letter(struct cases *c, struct text code, struct arena *a, struct letter_check *out);
// Anyone with a tracking code and the birth date: the status word. STATUS_NOT_FOUND for any mismatch.
enum status cases_track(struct cases *c, struct text code, struct date birth, struct arena *a,
                        struct tracked_case *out);
// The public half of the key that signs the QR codes of letters (Ed25519, 32 bytes), for checks without the
// network.
struct bytes cases_letter_key(struct cases *c, struct arena *a);

// For operators: every version of the law that was loaded, newest first; at most 100.
struct loaded_pack {
    int64_t pack_version;
    struct text id, version, signed_by; // signed_by: name of the key, empty when nobody signed
    struct moment loaded_at;
};
struct loaded_pack_list {
    struct loaded_pack *items;
    size_t count, capacity;
};
enum status cases_loaded_packs(struct cases *c, struct arena *a, struct loaded_pack_list *out);

// The safety phrase that the person of a case chose, for messages to them; empty when there is none, or no
// such case.
enum status cases_phrase(struct db *db, int64_t case_id, struct arena *a, struct text *phrase);

// The check character that ends our references: "OST-2026-ASY-0000001" and this (ISO 7064 MOD 37,36).
char cases_check_character(struct text reference);

// Is it a message that one of our commands sends, so that nobody outside can deliver it?
bool cases_message_is_own(struct text name);

// A policy officer is about to try a law in a house of its own (trial/): asks access, and records that it was
// done, or refused. Of the trial itself nothing comes here.
enum status cases_note_trial(struct cases *c, const struct actor *actor, const struct look *look,
                             struct problem *p);

// ---- for intake/: what is to be done after a document or letter came in ----

struct pending_document {
    int64_t document, case_id;
    struct text media;
    struct hash blob;
    struct key key;
};
// The oldest documents that were not scanned, after document `after`, and letters without PDF; at most
// `limit`. Wipe the keys.
enum status cases_pending_documents(struct cases *c, int64_t after, size_t limit, struct arena *a,
                                    struct pending_document **out, size_t *count);
enum status cases_pending_letters(struct cases *c, size_t limit, struct arena *a, int64_t **letters,
                                  size_t *count);
