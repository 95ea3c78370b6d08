// note.c - commands that read many cases without a question of access leave a trace that says so.
#include "ostia/note.h"

#include "ostia/control.h"

int note_perform(struct house *h, const struct call *c, FILE *out) {
    struct actor system = actor_system();
    struct access_trace trace = {.actor = &system,
                                 .purpose = T("policy_review"),
                                 .relation = T("none"),
                                 .what = text_of(c->arguments[0])};
    enum status st = access_record_now(h->journal, &trace);
    return st ? say_problem(out, st, NULL) : EXIT_DONE;
}

static const struct subcommand *note_command(void) {
    const struct subcommand *s = SUBCOMMANDS;
    while (s->perform != note_perform) s++;
    return s;
}

bool note(struct settings *s, const char *what) {
    struct call c = {.command = note_command(), .arguments = {what}, .argument_count = 1};
    struct house h;
    struct problem p = {0};
    int exit_code = EXIT_WRONG;
    enum status st = control_ask(s->data, &c, stderr, &exit_code);
    if (!st) return exit_code == EXIT_DONE;
    st = house_open(env_real(), s, HOUSE_WRITE, &h, &p);
    if (st) {
        say_problem(stderr, st, &p);
        return false;
    }
    exit_code = note_perform(&h, &c, stderr);
    house_close(&h);
    return exit_code == EXIT_DONE;
}
