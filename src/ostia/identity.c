// identity.c - names from the command line: written in Latin letters, compared.
#include <string.h>

#include "base/json.h"
#include "identity/compare.h"
#include "identity/transcribe.h"
#include "ostia/command.h"

enum { LINE_BYTES_MAX = 8192 }; // of a list: two names of IDENTITY_TEXT_MAX bytes with room to spare

// One line after the other of standard input, without its end. False at the end, or when one is too long;
// that is said.
static bool next_line(char line[LINE_BYTES_MAX], bool *is_bad) {
    if (!fgets(line, LINE_BYTES_MAX, stdin)) return false;
    size_t n = strlen(line);
    if (n == LINE_BYTES_MAX - 1 && line[n - 1] != '\n') {
        fprintf(stderr, "ostia: a line is longer than %d bytes; is it a list of names?\n",
                LINE_BYTES_MAX - 2);
        return *is_bad = true, false;
    }
    while (n && (line[n - 1] == '\n' || line[n - 1] == '\r')) line[--n] = 0;
    return true;
}

// ---- transcribe ----

static void put_text(struct json_out *j, const char *key, struct text value) {
    json_key(j, key);
    json_put_text(j, value);
}

static void print_transcription(struct arena *a, const struct transcription *t, struct text name,
                                bool as_json) {
    if (!as_json) {
        printf(TEXT_FMT "\t" TEXT_FMT "\t" TEXT_FMT "\t" TEXT_FMT "\t" TEXT_FMT "%s\n", TEXT_ARG(name),
               TEXT_ARG(t->latin), TEXT_ARG(t->zone), TEXT_ARG(t->script), TEXT_ARG(t->reference),
               t->is_complete ? "" : " (without vowels)");
        return;
    }
    struct out o = {.arena = a};
    struct json_out j = {.out = &o};
    json_begin_object(&j);
    put_text(&j, "name", name);
    put_text(&j, "latin", t->latin);
    put_text(&j, "zone", t->zone);
    put_text(&j, "script", t->script);
    put_text(&j, "standard", t->standard);
    put_text(&j, "reference", t->reference);
    json_key(&j, "is_complete"), json_put_bool(&j, t->is_complete);
    json_key(&j, "is_mixed"), json_put_bool(&j, t->is_mixed);
    json_end_object(&j);
    printf(TEXT_FMT "\n", TEXT_ARG(out_done(&o)));
}

static int transcribe_one(const struct call *c, struct text name) {
    struct arena a = {0};
    struct problem p = {0};
    struct transcription t;
    struct text language = call_has(c, "language") ? text_of(call_option(c, "language")) : T("");
    enum status st = identity_transcribe(&a, name, language, &t, &p);
    int exit_code = st ? say_problem(stderr, st, &p) : EXIT_DONE;
    if (!st) print_transcription(&a, &t, name, call_has(c, "json"));
    arena_free(&a);
    return exit_code;
}

int identity_transcribe_run(const struct call *c) {
    int exit_code = EXIT_DONE;
    for (int i = 0; i < c->argument_count; i++)
        if (transcribe_one(c, text_of(c->arguments[i]))) exit_code = EXIT_WRONG;
    char line[LINE_BYTES_MAX];
    bool is_bad = false;
    while (!c->argument_count && next_line(line, &is_bad))
        if (line[0] && transcribe_one(c, text_of(line))) exit_code = EXIT_WRONG;
    return is_bad ? EXIT_WRONG : exit_code;
}

// ---- compare ----

// "1990-04-07" of --birth, and so on, into the record. False when it is no date; that is said.
static bool read_record(const struct call *c, const char *name, bool is_left, struct identity_record *r) {
    *r = (struct identity_record){.name_count = 1};
    r->names[0].whole = text_of(name);
    const char *birth = call_option(c, is_left ? "left-birth" : "right-birth");
    const char *number = call_option(c, is_left ? "left-number" : "right-number");
    if (number) r->numbers[r->number_count++].number = text_of(number);
    if (!birth) return true;
    if (!date_parse(text_of(birth), &r->births[r->birth_count++])) return true;
    fprintf(stderr, "ostia: %s is no date like 1990, 1990-04 or 1990-04-07\n", birth);
    return false;
}

static int compare_two(const struct call *c) {
    struct arena a = {0};
    struct identity_record left, right;
    if (!read_record(c, c->arguments[0], true, &left) || !read_record(c, c->arguments[1], false, &right))
        return EXIT_USAGE;
    struct comparison x;
    identity_compare(&left, &right, &COMPARE_RULES, &a, &x);
    for (int f = 0; f < FEATURE_COUNT; f++) {
        const struct feature_result *r = &x.features[f];
        if (r->is_known)
            printf("%-12s %.3f %+6.1f bits  %-22s " TEXT_FMT " | " TEXT_FMT "\n",
                   identity_feature_word(r->feature), r->agreement, r->bits, r->how, TEXT_ARG(r->left),
                   TEXT_ARG(r->right));
    }
    printf("%-12s %.3f %+6.1f bits\n", "together", x.score, x.bits);
    arena_free(&a);
    return EXIT_DONE;
}

// Pairs of names, a tab between them: agreement, how, evidence of the writing in bits.
static int compare_list(void) {
    char line[LINE_BYTES_MAX];
    bool is_bad = false;
    while (next_line(line, &is_bad)) {
        struct arena a = {0};
        struct text rest = text_of(line), left, right;
        if (!text_cut(&rest, '\t', &left) || !text_cut(&rest, '\t', &right)) {
            fprintf(stderr, "ostia: a line of the list is no pair of names with a tab between them\n");
            arena_free(&a);
            return EXIT_WRONG;
        }
        const char *how;
        const struct prepared_record *l = identity_prepare_name(left, T(""), &a),
                                     *r = identity_prepare_name(right, T(""), &a);
        double score = identity_compare_prepared_names(l, r, &how);
        printf("%.4f\t%s\t%.2f\t" TEXT_FMT "\t" TEXT_FMT "\n", score, how,
               identity_compare_prepared_writings(l, r), TEXT_ARG(left), TEXT_ARG(right));
        arena_free(&a);
    }
    return is_bad ? EXIT_WRONG : EXIT_DONE;
}

int identity_compare_run(const struct call *c) {
    if (c->argument_count == 2) return compare_two(c);
    if (c->argument_count == 0) return compare_list();
    fprintf(stderr, "ostia: identity compare needs two names, or none and a list on standard input\n");
    return EXIT_USAGE;
}
