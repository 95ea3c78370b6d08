// say.c - problems in English, for operators. Sentences are those of the pages and of texts/en.po beside this
// file.
#include <string.h>

#include "base/embed.h"
#include "ostia/command.h"
#include "pack/text_catalog.h"

extern const struct embedded_list OSTIA_TEXTS; // made by tools/embed

static void read_layer(struct arena *a, const struct embedded *file, struct texts *t) {
    struct po_input po = {T("en"), text_of(file->name), {(const char *)file->p, file->n}};
    struct catalog *c;
    struct problem p;
    if (!catalog_read(a, &po, 1, &c, &p)) texts_add(t, c);
}

void say_texts(struct arena *a, struct texts *t) {
    *t = (struct texts){0};
    for (size_t i = 0; i < OSTIA_TEXTS.count; i++) read_layer(a, &OSTIA_TEXTS.files[i], t);
}

struct text say_with(struct arena *a, const struct texts *t, const struct problem *p) {
    struct text_value values[PROBLEM_ARGS_MAX];
    size_t count = 0;
    if (!texts_has(t, text_of(p->text_key))) return T("");
    for (int i = 0; i < PROBLEM_ARGS_MAX && p->args[i].name; i++)
        values[count++] = (struct text_value){text_of(p->args[i].name), p->args[i].value};
    return text_fill(a, texts_get(t, T("en"), text_of(p->text_key), NULL), values, count);
}

struct text say_sentence(struct arena *a, const struct problem *p) {
    struct texts t;
    say_texts(a, &t);
    return say_with(a, &t, p);
}

static bool is_shown(struct text shown, struct text value) {
    size_t at;
    return value.n && text_find(shown, value, &at);
}

int say_problem(FILE *out, enum status st, const struct problem *p) {
    struct arena a = {0};
    struct text said = p && p->text_key && p->text_key[0] ? say_sentence(&a, p) : T("");
    fprintf(out, "ostia: ");
    if (p && p->field && p->field[0]) fprintf(out, "%s: ", p->field);
    if (p && p->line) fprintf(out, "line %lld: ", (long long)p->line);
    if (said.n)
        fprintf(out, TEXT_FMT, TEXT_ARG(said));
    else if (p && p->text_key && p->text_key[0])
        fprintf(out, "%s (%s)", status_name(st), p->text_key);
    else
        fprintf(out, "%s", status_name(st));
    for (int i = 0; p && i < PROBLEM_ARGS_MAX && p->args[i].name; i++)
        if (!is_shown(said, p->args[i].value))
            fprintf(out, ", %s: " TEXT_FMT, p->args[i].name, TEXT_ARG(p->args[i].value));
    fprintf(out, "\n");
    arena_free(&a);
    return EXIT_WRONG;
}
