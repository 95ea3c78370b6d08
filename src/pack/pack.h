// pack.h - the law as data: a folder of processes, decisions, forms, letters, deadlines, texts and roles,
// read, cross-checked, then immutable and shared by all threads.
#pragma once
#include <stdbool.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/problem.h"
#include "base/text.h"
#include "pack/deadline.h"
#include "pack/form.h"
#include "pack/letter.h"
#include "pack/text_catalog.h"

enum {
    PACK_FILES_MAX = 600, // with those of the packs it needs; ours has 56
    PACK_FILE_BYTES_MAX = 4 * 1024 * 1024,
    PACK_BYTES_MAX = 32 * 1024 * 1024,
    PACK_NAME_MAX = 120,      // "letters/decision_negative.json"
    PACK_NEEDS_MAX = 8,       // of one pack
    PACK_NEEDS_DEPTH_MAX = 4, // Union, state, region, and one to spare
    CODES_MAX = 2000,         // in one list
    ACCESS_ROWS_MAX = 20000,
};

// ---- Files
// -------------------------------------------------------------------------------------------------

// Files of a pack that is needed have "needs/ID/" before their name: with them a version is whole, whatever
// becomes of the other pack.
struct pack_file {
    struct text name; // relative, with "/", [a-z0-9_.-] in each part
    struct bytes content;
};
// In order of name. From a folder, or from the database.
struct pack_files {
    struct pack_file *items;
    size_t count, capacity;
};

// Reads a folder two levels deep; symbolic links and other odd files are refused. Content is copied to `a`.
// The packs it needs are looked for in its folder `needs`, then beside it, by id; one that is not found is
// left for pack_read to name.
enum status pack_files_from_folder(struct arena *a, const char *path, struct pack_files *out,
                                   struct problem *p);
bool pack_file_name_ok(struct text name); // its form alone: pack_read says what may be there
// Canonical bytes (CBOR map name -> bytes) and back; decoding checks all limits. Names point into `b`.
struct bytes pack_files_encode(struct arena *a, const struct pack_files *files);
enum status pack_files_decode(struct arena *a, struct bytes b, struct pack_files *out);
const struct pack_file *pack_file_find(const struct pack_files *files, struct text name);

// ---- The pack
// ----------------------------------------------------------------------------------------------

struct pack;

// Parses and checks everything. `a` only serves the texts of `p`. On success *out holds one reference.
// STATUS_INVALID, STATUS_TOO_LARGE: p->field = file, p->line, p->rule, args "where", "what".
enum status pack_read(struct arena *a, const struct pack_files *files, struct pack **out, struct problem *p);
// References are counted; any thread. The last release frees it.
struct pack *pack_keep(const struct pack *pack);
void pack_release(const struct pack *pack);

struct text pack_id(const struct pack *pack);      // "eu-asylum"
struct text pack_version(const struct pack *pack); // "1.0.0"
struct text pack_title_key(const struct pack *pack);
struct date pack_valid_from(const struct pack *pack);
struct date pack_valid_to(const struct pack *pack); // last day; year 0: no end
bool pack_is_valid_on(const struct pack *pack, struct date on);
// Which day of a case says whose version it runs on.
enum pack_choice { PACK_BY_MADE, PACK_BY_REGISTERED, PACK_BY_LODGED };
enum pack_choice pack_chosen_by(const struct pack *pack);
struct hash pack_hash(const struct pack *pack); // SHA-256 of the canonical bytes of its files
// Id of the main process. Empty: a base, which other packs need and which is never in force by itself.
struct text pack_procedure(const struct pack *pack);
// Its three letters in a case number ("ASY"), and who may begin a case: the person, staff, or both.
struct text pack_number(const struct pack *pack);
struct text pack_purpose(const struct pack *pack); // for which staff work on its cases, "asylum_examination"
bool pack_opened_by_person(const struct pack *pack);
bool pack_opened_by_staff(const struct pack *pack);
struct text pack_official_language(const struct pack *pack);
const struct catalog *pack_catalog(const struct pack *pack);

struct legal_reference {
    struct text id;    // "APR"
    struct text title; // "Regulation (EU) 2024/1348"
    struct text eli;   // address of the text
};
size_t pack_legal_references(const struct pack *pack, const struct legal_reference **out);

const struct form *pack_form(const struct pack *pack, struct text id);
const struct letter_template *pack_letter(const struct pack *pack, struct text id);
const struct deadlines *pack_deadlines(const struct pack *pack);
// The rule in force on the day of its trigger.
const struct deadline_rule *pack_deadline(const struct pack *pack, struct text id, struct date on);
// NULL id or empty: the pack's own calendar. NULL when unknown.
const struct calendar *pack_calendar(const struct pack *pack, struct text id);
// How long people without a right of residence may stay (stay_law.h); NULL when the pack does not say.
struct stay_law;
const struct stay_law *pack_stay(const struct pack *pack);
// How identities are compared, and how often that errs (identity_law.h); NULL when the pack does not say: as
// in COMPARE_RULES.
struct identity_law;
const struct identity_law *pack_identity(const struct pack *pack);
// What authorities may tell each other (exchange_law.h); NULL when the pack does not say.
struct exchange_law;
const struct exchange_law *pack_exchange(const struct pack *pack);
// What its cases tell and hear (exchange_steps.h); empty when the pack does not say.
struct exchange_steps;
const struct exchange_steps *pack_steps(const struct pack *pack);
const struct calendar *pack_rule_calendar(const struct pack *pack, const struct deadline_rule *rule);

struct flow_model;
struct dmn_model;
size_t pack_processes(const struct pack *pack);
struct text pack_process_file(const struct pack *pack, size_t index);
const struct flow_model *pack_process(const struct pack *pack, size_t index);
// The model that holds the process / decision with this id, NULL when there is none.
const struct flow_model *pack_process_with(const struct pack *pack, struct text process_id);
const struct dmn_model *pack_decision_with(const struct pack *pack, struct text decision_id);
size_t pack_decisions(const struct pack *pack);
struct text pack_decision_file(const struct pack *pack, size_t index); // "decisions/suggest_track.dmn"
const struct dmn_model *pack_decision(const struct pack *pack, size_t index);
// Cases that its authors walk to try it (walk.h).
struct walk;
size_t pack_walks(const struct pack *pack, const struct walk **out);
// A file as it was read: BPMN for the viewer on the page.
struct bytes pack_file_content(const struct pack *pack, struct text name);
// The form-js schema of a form, its own or that of a pack it needs.
struct bytes pack_form_source(const struct pack *pack, struct text id);

// ---- Code lists
// --------------------------------------------------------------------------------------------

struct code {
    struct text code;         // "AFG"
    struct text label_key;    // empty: the name comes from ICU (countries, languages)
    struct text until;        // ISO date when it went out of use; still readable in old cases
    const json_t *properties; // other members, read with code_text and code_flag; NULL when there are none
};
struct code_list;
const struct code_list *pack_codes(const struct pack *pack, struct text list); // "country"
size_t code_count(const struct code_list *l);
const struct code *code_at(const struct code_list *l, size_t index);       // in the file's order
const struct code *code_find(const struct code_list *l, struct text code); // NULL when unknown
// The n-th code in the order of names in a language (collation of that language), for a select.
const struct code *code_in_order(const struct code_list *l, struct text language, size_t index);
// Its name in a language, else in English, else the code. Never empty.
struct text code_name(const struct code_list *l, const struct code *c, struct text language);
// The same for a code without its list at hand: the text "code.LIST.CODE" in lower case, else ICU's name for
// the lists country, nationality and language, else the code itself.
struct text code_label(struct arena *a, const struct texts *texts, struct text language, struct text list,
                       struct text code);
struct text code_text(const struct code *c, const char *property); // empty when absent
bool code_flag(const struct code *c, const char *property);

// What form_check needs, from this pack.
struct form_context pack_form_context(const struct pack *pack, struct date today);

// Decision outcomes (codes/outcome.json), typed.
struct outcome {
    struct text code; // "rejected"
    struct text label_key;
    bool is_adverse;   // needs reasons and a remedy
    bool needs_second; // somebody else than the proposer signs
    bool is_grant;
    struct text appeal;   // deadline rule id; empty when there is no appeal
    struct text letter;   // letter id
    bool appeal_suspends; // right to remain while the appeal is open
};
enum status pack_outcome(const struct pack *pack, struct text code, struct outcome *out); // STATUS_NOT_FOUND

// ---- Access
// ------------------------------------------------------------------------------------------------

// One permission: this role, for this purpose, in this relation to the case, may do this with this class of
// attributes. What no row allows is refused. access/ evaluates them; here they are only checked to name known
// words.
struct access_row {
    struct text role, purpose, relation, attribute_class, action;
    bool needs_reason; // the actor must write why
};
struct access_rows {
    struct access_row *items;
    size_t count, capacity;
};
// A word of one of the five lists, with the text key of its name.
struct access_word {
    struct text id, label_key;
};
struct access_words {
    struct access_word *items;
    size_t count, capacity;
};
struct access_rules {
    struct access_words roles, purposes, relations, classes, actions;
    struct access_rows rows;
};
const struct access_rules *pack_access(const struct pack *pack);
const struct access_word *access_word_find(const struct access_words *words, struct text id); // NULL
