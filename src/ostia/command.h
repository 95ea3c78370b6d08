// command.h - one subcommand of the program: name, options and help from one table.
#pragma once
#include <stdbool.h>
#include <stdio.h>

#include "base/env.h"
#include "base/problem.h"

enum {
    OPTIONS_MAX = 48, // serve has the most, every setting
    ARGUMENTS_MAX = 64,
    EXIT_DONE = 0,  // done, or nothing wrong found
    EXIT_WRONG = 1, // refused, failed, or something wrong was found
    EXIT_USAGE = 2, // typed wrongly
};

struct flag {
    const char *name;  // "data"
    const char *value; // what stands behind it in the help: "DIR"; NULL: a flag
    const char *help;
};

struct call;
struct house;

struct subcommand {
    const char *name;      // "pack load"
    const char *arguments; // "DIR"; "" when there are none
    const char *summary;   // one line
    const char *help;      // more, may be NULL
    int arguments_min, arguments_max;
    bool arguments_are_paths;
    bool is_internal;           // not listed
    const struct flag *options; // end with {0}
    // One of both. `perform` needs the open house: when a server has the folder it runs there (control.h).
    // With both, `run` opens what `perform` needs, or asks the server.
    int (*run)(const struct call *c);
    int (*perform)(struct house *h, const struct call *c, FILE *out);
};

// Ends with a zeroed entry. Subcommands of one file are next to each other.
extern const struct subcommand SUBCOMMANDS[];

struct call {
    const struct subcommand *command;
    const char *values[OPTIONS_MAX]; // in the order of command->options; "" for a given flag
    const char *arguments[ARGUMENTS_MAX];
    int argument_count;
    bool is_in_server; // asked for through its control socket
};

// Finds the subcommand and takes the words apart. What is wrong, or the help that was asked for, is printed
// to `out`; then *exit_code says how to end, and the answer is false.
bool call_read(int argc, char **argv, struct call *c, FILE *out, int *exit_code);

// Value of an option, NULL when it was not given. The name must be in the table (asserted).
const char *call_option(const struct call *c, const char *name);
bool call_has(const struct call *c, const char *name);
// Whole number in [min, max]; says what is wrong to `out` and answers false.
bool call_number(const struct call *c, const char *name, int64_t otherwise, int64_t min, int64_t max,
                 int64_t *number, FILE *out);

// ---- say.c

// Prints the problem in English, else its key, else the status. Answers EXIT_WRONG.
int say_problem(FILE *out, enum status st, const struct problem *p);
// Its sentence in English with the values filled in; empty when there is none.
struct text say_sentence(struct arena *a, const struct problem *p);
// The same for many: the texts are read once.
struct texts;
void say_texts(struct arena *a, struct texts *t);
struct text say_with(struct arena *a, const struct texts *t, const struct problem *p);

// ---- subcommands, by file
int serve_run(const struct call *c);
int demo_run(const struct call *c);
int demo_code_run(const struct call *c);
int verify_run(const struct call *c);
int backup_run(const struct call *c);
int backup_key_run(const struct call *c);
int restore_run(const struct call *c);
int rebuild_run(const struct call *c);
int copy_run(const struct call *c);
int pack_load_perform(struct house *h, const struct call *c, FILE *out);
int pack_migrate_perform(struct house *h, const struct call *c, FILE *out);
int pack_check_run(const struct call *c);
int pack_diff_run(const struct call *c);
int pack_walk_run(const struct call *c);
int pack_versions_run(const struct call *c);
int pack_export_run(const struct call *c);
int pack_key_run(const struct call *c);
int pack_sign_run(const struct call *c);
int rules_eval_run(const struct call *c);
int rules_check_run(const struct call *c);
int rules_set_run(const struct call *c);
int rules_tck_run(const struct call *c);
int rules_replay_run(const struct call *c);
int note_perform(struct house *h, const struct call *c, FILE *out);
int xes_run(const struct call *c);
int identity_transcribe_run(const struct call *c);
int identity_compare_run(const struct call *c);
int identity_dedupe_run(const struct call *c);
int identity_link_run(const struct call *c);
int registers_retention_perform(struct house *h, const struct call *c, FILE *out);
int flow_check_run(const struct call *c);
int flow_run_run(const struct call *c);
int flow_picture_run(const struct call *c);
int flow_roundtrip_run(const struct call *c);
int staff_add_perform(struct house *h, const struct call *c, FILE *out);
int staff_invite_perform(struct house *h, const struct call *c, FILE *out);
int client_add_perform(struct house *h, const struct call *c, FILE *out);
int client_secret_perform(struct house *h, const struct call *c, FILE *out);
int client_close_perform(struct house *h, const struct call *c, FILE *out);
int document_mrz_run(const struct call *c);
int document_seal_run(const struct call *c);
int document_chip_run(const struct call *c);
int document_masterlist_run(const struct call *c);
int openapi_run(const struct call *c);
int paxlst_run(const struct call *c);
int exchange_key_perform(struct house *h, const struct call *c, FILE *out);
int exchange_members_perform(struct house *h, const struct call *c, FILE *out);
int exchange_revoke_perform(struct house *h, const struct call *c, FILE *out);
int exchange_list_perform(struct house *h, const struct call *c, FILE *out);
int privacy_run(const struct call *c);
int privacy_init_run(const struct call *c);
int privacy_restore_run(const struct call *c);
int privacy_operator_perform(struct house *h, const struct call *c, FILE *out);
int privacy_due_perform(struct house *h, const struct call *c, FILE *out);
int privacy_delete_perform(struct house *h, const struct call *c, FILE *out);
int privacy_hold_perform(struct house *h, const struct call *c, FILE *out);
int privacy_release_perform(struct house *h, const struct call *c, FILE *out);
int privacy_erase_perform(struct house *h, const struct call *c, FILE *out);
int privacy_leave_perform(struct house *h, const struct call *c, FILE *out);
int privacy_confirm_perform(struct house *h, const struct call *c, FILE *out);
int privacy_requests_perform(struct house *h, const struct call *c, FILE *out);
int privacy_receipts_perform(struct house *h, const struct call *c, FILE *out);
int privacy_access_perform(struct house *h, const struct call *c, FILE *out);
int privacy_restrict_perform(struct house *h, const struct call *c, FILE *out);
int privacy_rotate_perform(struct house *h, const struct call *c, FILE *out);
int privacy_audit_perform(struct house *h, const struct call *c, FILE *out);
int privacy_backup_perform(struct house *h, const struct call *c, FILE *out);
int log_checkpoint_run(const struct call *c);
int log_prove_run(const struct call *c);
int log_bundle_run(const struct call *c);
int log_witnesses_run(const struct call *c);
int log_rotate_perform(struct house *h, const struct call *c, FILE *out);
int log_revoke_perform(struct house *h, const struct call *c, FILE *out);
int log_stamp_perform(struct house *h, const struct call *c, FILE *out);
int log_keys_perform(struct house *h, const struct call *c, FILE *out);
int log_witness_perform(struct house *h, const struct call *c, FILE *out);
int log_watch_perform(struct house *h, const struct call *c, FILE *out);
int version_run(const struct call *c);
