// call.c - the words on the command line.
#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "ostia/command.h"

static void list_commands(FILE *out) {
    fprintf(out, "usage: ostia COMMAND [OPTIONS]\n\n");
    for (const struct subcommand *s = SUBCOMMANDS; s->name; s++)
        if (!s->is_internal) fprintf(out, "  %-19s %s\n", s->name, s->summary);
    fprintf(out, "\nostia COMMAND --help says more.\n");
}

static void show_help(const struct subcommand *s, FILE *out) {
    fprintf(out, "usage: ostia %s%s%s [OPTIONS]\n\n%s.\n", s->name, s->arguments[0] ? " " : "", s->arguments,
            s->summary);
    if (s->help) fprintf(out, "%s\n", s->help);
    if (s->options && s->options->name) fprintf(out, "\n");
    for (const struct flag *o = s->options; o && o->name; o++) {
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
        fprintf(out, "  %-24s %s\n", left, o->help);
    }
}

// "pack load" is two words; "serve" is one.
static const struct subcommand *find_command(int argc, char **argv, int *used) {
    for (const struct subcommand *s = SUBCOMMANDS; s->name; s++) {
        char two[128];
        snprintf(two, sizeof two, "%s %s", argv[1], argc > 2 ? argv[2] : "");
        *used = strchr(s->name, ' ') ? 2 : 1;
        if (!strcmp(s->name, *used == 2 ? two : argv[1])) return s;
    }
    return NULL;
}

static int option_index(const struct subcommand *s, const char *name, size_t length) {
    int i = 0, found = -1;
    for (; s->options && s->options[i].name; i++)
        if (strlen(s->options[i].name) == length && !memcmp(s->options[i].name, name, length)) found = i;
    assert(i <= OPTIONS_MAX && "more options than a call has room for");
    return found;
}

// "--name value" and "--name=value".
static bool read_option(struct call *c, int argc, char **argv, int *at, FILE *out) {
    const char *name = argv[*at] + 2, *equals = strchr(name, '=');
    int i = option_index(c->command, name, equals ? (size_t)(equals - name) : strlen(name));
    if (i < 0) {
        fprintf(out, "ostia %s: there is no option %s\n", c->command->name, argv[*at]);
        return false;
    }
    const struct flag *o = &c->command->options[i];
    if (!o->value) {
        c->values[i] = "";
    } else if (equals) {
        c->values[i] = equals + 1;
    } else if (*at + 1 < argc) {
        c->values[i] = argv[++*at];
    } else {
        fprintf(out, "ostia %s: --%s needs %s\n", c->command->name, o->name, o->value);
        return false;
    }
    return true;
}

// The server may run in another folder than who asks it.
static bool make_whole(struct call *c, FILE *out) {
    static char paths[OPTIONS_MAX][PATH_MAX]; // one command is read at a time
    for (int i = 0; c->command->perform && c->command->options && c->command->options[i].name; i++) {
        const char *kind = c->command->options[i].value;
        if (!c->values[i] || !kind || strcmp(kind, "FILE")) continue;
        if (!realpath(c->values[i], paths[i])) {
            fprintf(out, "ostia %s: %s: there is no such file or folder\n", c->command->name, c->values[i]);
            return false;
        }
        c->values[i] = paths[i];
    }
    return true;
}

static bool read_argument(struct call *c, const char *word, FILE *out) {
    if (c->argument_count == ARGUMENTS_MAX || c->argument_count == c->command->arguments_max) {
        fprintf(out, "ostia %s: too many arguments: %s\n", c->command->name, word);
        return false;
    }
    if (c->command->arguments_are_paths) {
        static char paths[ARGUMENTS_MAX][PATH_MAX]; // one command is read at a time
        char *whole = paths[c->argument_count];
        if (!realpath(word, whole)) {
            fprintf(out, "ostia %s: %s: there is no such file or folder\n", c->command->name, word);
            return false;
        }
        word = whole;
    }
    c->arguments[c->argument_count++] = word;
    return true;
}

static bool is_help(const char *word) {
    return !strcmp(word, "--help") || !strcmp(word, "-h");
}

static bool read_words(struct call *c, int from, int argc, char **argv, FILE *out) {
    bool only_arguments = false;
    for (int i = from; i < argc; i++) {
        bool good;
        if (!only_arguments && !strcmp(argv[i], "--")) {
            only_arguments = good = true;
        } else if (!only_arguments && !strncmp(argv[i], "--", 2)) {
            good = read_option(c, argc, argv, &i, out);
        } else {
            good = read_argument(c, argv[i], out);
        }
        if (!good) return false;
    }
    if (c->argument_count >= c->command->arguments_min) return make_whole(c, out);
    fprintf(out, "ostia %s: needs %s\n", c->command->name, c->command->arguments);
    return false;
}

bool call_read(int argc, char **argv, struct call *c, FILE *out, int *exit_code) {
    int used = 0;
    *c = (struct call){0};
    *exit_code = EXIT_USAGE;
    if (argc < 2 || is_help(argv[1]) || !strcmp(argv[1], "help")) {
        list_commands(argc < 2 ? out : stdout);
        if (argc >= 2) *exit_code = EXIT_DONE;
        return false;
    }
    c->command = find_command(argc, argv, &used);
    if (!c->command) {
        fprintf(out, "ostia: there is no command %s; ostia --help lists all\n", argv[1]);
        return false;
    }
    for (int i = 1 + used; i < argc; i++) {
        if (!is_help(argv[i])) continue;
        show_help(c->command, stdout);
        *exit_code = EXIT_DONE;
        return false;
    }
    return read_words(c, 1 + used, argc, argv, out);
}

const char *call_option(const struct call *c, const char *name) {
    int i = option_index(c->command, name, strlen(name));
    assert(i >= 0 && "an option that the table does not have");
    return c->values[i];
}

bool call_has(const struct call *c, const char *name) {
    return call_option(c, name) != NULL;
}

bool call_number(const struct call *c, const char *name, int64_t otherwise, int64_t min, int64_t max,
                 int64_t *number, FILE *out) {
    const char *typed = call_option(c, name);
    *number = otherwise;
    if (!typed || (text_int(text_of(typed), number) && *number >= min && *number <= max)) return true;
    fprintf(out, "ostia %s: --%s must be a whole number from %lld to %lld\n", c->command->name, name,
            (long long)min, (long long)max);
    return false;
}
