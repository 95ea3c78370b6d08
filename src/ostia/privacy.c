// privacy.c - `ostia privacy`: opened for one command, or asked of the server that has it; its operators.
#include "ostia/privacy.h"

#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/encode.h"
#include "ostia/control.h"
#include "store/file.h"

static int option_at(const struct call *c, const char *name) {
    for (int i = 0; c->command->options[i].name; i++)
        if (!strcmp(c->command->options[i].name, name)) return i;
    return -1;
}

// The operator's file is read by who called: the server need not be able to.
static enum status take_secret(struct call *c, struct arena *a, struct problem *p) {
    struct bytes content;
    int at = option_at(c, "as");
    if (at < 0) return STATUS_OK;
    if (!c->values[at]) return problem(p, "as", "as", "problem.privacy.as");
    enum status st = file_read_small(env_real(), a, c->values[at], &content);
    if (st) return problem(p, "as", "as", "problem.privacy.as");
    c->values[at] = text_c(a, text_trim(text_of_bytes(content)));
    return STATUS_OK;
}

// A file that is to be made: the server may run in another folder.
static void make_whole(struct call *c, struct arena *a) {
    char here[PATH_MAX];
    for (int i = 0; c->command->options[i].name; i++) {
        const char *kind = c->command->options[i].value, *path = c->values[i];
        if (!path || !kind || strcmp(kind, "PATH") != 0 || path[0] == '/' || !getcwd(here, sizeof here))
            continue;
        c->values[i] = text_c(a, text_printf(a, "%s/%s", here, path));
    }
}

int privacy_run(const struct call *given) {
    struct arena a = {0};
    struct settings s;
    struct call c = *given;
    struct problem p = {0};
    struct privacy_options o;
    struct house h = {.env = env_real(), .settings = &s};
    int exit_code = EXIT_USAGE;
    if (settings_read(&c, &a, &s, stderr)) {
        enum status st = take_secret(&c, &a, &p);
        make_whole(&c, &a);
        if (!st) st = house_privacy(&s, false, &o, &p);
        if (!st) st = privacy_open(h.env, &o, &h.privacy, &p);
        if (!st)
            exit_code = c.command->perform(&h, &c, stdout);
        else if (st != STATUS_BUSY || control_ask(s.data, &c, stdout, &exit_code))
            exit_code = say_problem(stderr, st, &p);
        privacy_close(h.privacy);
    }
    arena_free(&a);
    return exit_code;
}

int privacy_init_run(const struct call *c) {
    struct arena a = {0};
    struct settings s;
    struct problem p = {0};
    struct privacy_options o;
    struct privacy *service = NULL;
    uint8_t key[PRIVACY_PUBLIC_KEY_BYTES];
    int exit_code = EXIT_USAGE;
    if (settings_read(c, &a, &s, stderr)) {
        enum status st = house_privacy(&s, true, &o, &p);
        if (!st) st = privacy_open(env_real(), &o, &service, &p);
        exit_code = st ? say_problem(stderr, st, &p) : EXIT_DONE;
        if (!st) {
            privacy_public_key(service, key);
            printf("authority %u, public key of receipts " TEXT_FMT "\n", o.authority,
                   TEXT_ARG(hex_encode(&a, (struct bytes){key, sizeof key})));
        }
        privacy_close(service);
    }
    arena_free(&a);
    return exit_code;
}

// ---- who calls

static bool split_secret(struct text given, struct arena *a, struct text *name, struct key *secret) {
    struct bytes raw;
    struct text rest = given;
    if (!text_cut(&rest, ' ', name) || hex_decode(a, text_trim(rest), &raw) || raw.n != KEY_BYTES)
        return false;
    memcpy(secret->b, raw.p, KEY_BYTES);
    return true;
}

bool privacy_caller(struct house *h, const struct call *c, enum privacy_purpose purpose, struct arena *a,
                    struct privacy_reader *by, FILE *out) {
    struct problem p = {0};
    struct key secret;
    const char *as = call_option(c, "as"),
               *ground = option_at(c, "ground") < 0 ? NULL : call_option(c, "ground");
    *by = (struct privacy_reader){.purpose = purpose, .ground = text_of(ground)};
    enum status st = h->privacy ? STATUS_OK : problem(&p, "privacy", "off", "problem.privacy.off");
    if (!st && (!as || !split_secret(text_of(as), a, &by->who, &secret)))
        st = problem(&p, "as", "as", "problem.privacy.as");
    if (!st) st = privacy_operator_powers(h->privacy, by->who, &secret, &by->powers, &p);
    key_wipe(&secret);
    if (st) say_problem(out, st, &p);
    return !st;
}

// ---- operators

static const struct {
    const char *name;
    unsigned power;
} POWERS[] = {{"map", PRIVACY_MAY_MAP},   {"hold", PRIVACY_MAY_HOLD},   {"erase", PRIVACY_MAY_ERASE},
              {"keep", PRIVACY_MAY_KEEP}, {"audit", PRIVACY_MAY_AUDIT}, {"ledger", PRIVACY_READS_LEDGER}};

static unsigned powers_of(struct text list) {
    unsigned powers = 0;
    struct text word;
    while (text_cut(&list, ',', &word)) {
        size_t i = 0;
        while (i < sizeof POWERS / sizeof *POWERS && !text_eq(text_trim(word), text_of(POWERS[i].name))) i++;
        if (i == sizeof POWERS / sizeof *POWERS) return 0;
        powers |= POWERS[i].power;
    }
    return powers;
}

static enum status write_secret(struct arena *a, const char *path, struct text name, const struct key *secret,
                                struct problem *p) {
    struct text line = text_printf(a, TEXT_FMT " " TEXT_FMT "\n", TEXT_ARG(name),
                                   TEXT_ARG(hex_encode(a, (struct bytes){secret->b, KEY_BYTES})));
    enum status st = file_write_small(env_real(), path, bytes_of(line));
    sodium_memzero((char *)(uintptr_t)line.p, line.n);
    return st ? problem(p, "to", "file", "problem.privacy.key_not_written") : STATUS_OK;
}

static enum status add_operator(struct house *h, const struct call *c, struct arena *a, struct problem *p) {
    struct text name = text_of(c->arguments[0]);
    const char *to = call_option(c, "to");
    struct key secret = {0};
    if (!to) return problem(p, "to", "to", "problem.privacy.operator_to");
    if (access(to, F_OK) == 0) return problem(p, "to", "exists", "problem.privacy.file_there");
    enum status st =
        privacy_operator_add(h->privacy, name, powers_of(text_of(call_option(c, "may"))), &secret, p);
    if (!st) st = write_secret(a, to, name, &secret, p);
    key_wipe(&secret);
    return st;
}

int privacy_operator_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    enum status st = h->privacy ? STATUS_OK : problem(&p, "privacy", "off", "problem.privacy.off");
    if (!st)
        st = call_has(c, "remove") ? privacy_operator_remove(h->privacy, text_of(c->arguments[0]), &p)
                                   : add_operator(h, c, &a, &p);
    if (!st && !call_has(c, "remove"))
        fprintf(out, "%s holds the secret of %s: give it to that person alone\n", call_option(c, "to"),
                c->arguments[0]);
    int exit_code = st ? say_problem(out, st, &p) : EXIT_DONE;
    arena_free(&a);
    return exit_code;
}
