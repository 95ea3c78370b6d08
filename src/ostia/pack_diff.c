// pack_diff.c - what a new version of a pack changes, for people and as JSON.
#include "pack/pack_diff.h"
#include "base/encode.h"

#include <string.h>

#include "ostia/pack_say.h"
#include "ostia/pack_stored.h"

enum { SHOWN_MAX = 160 }; // bytes of a value in the text; JSON has all of it

struct comparing {
    struct arena arena;
    const struct call *call;
    struct stored_packs stored;
    bool is_open; // an authority was named
    struct pack_files files[2];
    struct pack *pack[2];
    struct pack_differences found;
    int64_t running; // cases on the old version
};

// A folder, or the number of a version of the authority.
static enum status take(struct comparing *k, int i, struct problem *p) {
    int64_t number;
    struct text name = text_of(k->call->arguments[i]);
    bool is_number = text_int(name, &number) && number > 0;
    if (is_number && !k->is_open) return problem(p, "", "no_authority", "problem.pack.number_needs_data");
    enum status st = is_number ? stored_pack_files(&k->stored, number, &k->files[i], p)
                               : pack_files_from_folder(&k->arena, k->call->arguments[i], &k->files[i], p);
    return st ? st : pack_read(&k->arena, &k->files[i], &k->pack[i], p);
}

static struct text words(struct arena *a, const char *key, struct text otherwise) {
    struct problem p = {.text_key = key};
    struct text said = say_sentence(a, &p);
    return said.n ? said : otherwise;
}

static struct text property_name(struct arena *a, struct text name) {
    return words(a, text_c(a, TEXT_JOIN(a, T("diff.property."), name)), name);
}

// On one line, and cut at a character.
static struct text shown(struct arena *a, struct text value) {
    size_t n = value.n > SHOWN_MAX ? SHOWN_MAX : value.n;
    while (n < value.n && n > 0 && ((uint8_t)value.p[n] & 0xC0) == 0x80) n--;
    char *line = arena_copy(a, value.p, n);
    for (size_t i = 0; i < n; i++)
        if (line[i] == '\n') line[i] = ' ';
    struct text t = {line, n};
    return n < value.n ? TEXT_JOIN(a, t, T("...")) : t;
}

static void say_difference(FILE *out, struct arena *a, const struct pack_difference *d) {
    static const char SIGNS[] = {'+', '-', '~'};
    fprintf(out, "  %c " TEXT_FMT, SIGNS[d->change], TEXT_ARG(shown(a, d->id)));
    if (!text_eq(d->name, d->id)) fprintf(out, " (" TEXT_FMT ")", TEXT_ARG(shown(a, d->name)));
    if (d->change == PACK_CHANGED)
        fprintf(out, ": " TEXT_FMT ": " TEXT_FMT " -> " TEXT_FMT, TEXT_ARG(property_name(a, d->property)),
                TEXT_ARG(d->before.n ? shown(a, d->before) : T("none")),
                TEXT_ARG(d->now.n ? shown(a, d->now) : T("none")));
    else if (d->before.n || d->now.n)
        fprintf(out, ": " TEXT_FMT, TEXT_ARG(shown(a, d->change == PACK_ADDED ? d->now : d->before)));
    if (d->note.n && !text_eq(d->note, d->now)) fprintf(out, " [" TEXT_FMT "]", TEXT_ARG(shown(a, d->note)));
    fprintf(out, "\n");
}

static const char *const CHOICES[] = {"diff.cases_made", "diff.cases_registered", "diff.cases_lodged"};

static void say_all(FILE *out, struct comparing *k) {
    struct arena *a = &k->arena;
    const struct pack *old = k->pack[0], *new = k->pack[1];
    struct problem cases = {.text_key = CHOICES[pack_chosen_by(new)]};
    problem_arg(&cases, "from", date_print(a, pack_valid_from(new)));
    fprintf(out, TEXT_FMT " " TEXT_FMT " -> " TEXT_FMT " " TEXT_FMT "\n" TEXT_FMT "\n",
            TEXT_ARG(pack_id(old)), TEXT_ARG(pack_version(old)), TEXT_ARG(pack_id(new)),
            TEXT_ARG(pack_version(new)), TEXT_ARG(say_sentence(a, &cases)));
    if (k->is_open) {
        struct problem running = {.text_key = "diff.running"};
        problem_arg(&running, "count", text_printf(a, "%lld", (long long)k->running));
        fprintf(out, TEXT_FMT "\n", TEXT_ARG(say_sentence(a, &running)));
    }
    for (size_t i = 0; i < k->found.count; i++) {
        const struct pack_difference *d = &k->found.items[i];
        if (i == 0 || d->section != d[-1].section) pack_say_title(out, a, d->section);
        say_difference(out, a, d);
    }
    fprintf(out, "\n%zu changes\n", k->found.count);
}

static void put(struct json_out *j, const char *key, struct text value) {
    json_key(j, key);
    json_put_text(j, value);
}

static void put_pack(struct json_out *j, struct arena *a, const char *key, const struct pack *k) {
    struct hash h = pack_hash(k);
    json_key(j, key);
    json_begin_object(j);
    put(j, "pack", pack_id(k));
    put(j, "version", pack_version(k));
    put(j, "hash", hex_encode(a, hash_bytes(&h)));
    json_end_object(j);
}

static void put_difference(struct json_out *j, const struct pack_difference *d) {
    json_begin_object(j);
    put(j, "section", text_of(pack_section_name(d->section)));
    put(j, "change", text_of(pack_change_name(d->change)));
    put(j, "id", d->id);
    put(j, "name", d->name);
    if (d->property.n) put(j, "property", d->property);
    if (d->change != PACK_ADDED) put(j, "old", d->before);
    if (d->change != PACK_REMOVED) put(j, "new", d->now);
    if (d->note.n) put(j, "note", d->note);
    json_end_object(j);
}

static void put_all(FILE *out, struct comparing *k) {
    static const char *const NAMES[] = {"made", "registered", "lodged"};
    struct out o = {.arena = &k->arena};
    struct json_out j = {.out = &o};
    json_begin_object(&j);
    put_pack(&j, &k->arena, "old", k->pack[0]);
    put_pack(&j, &k->arena, "new", k->pack[1]);
    put(&j, "from", date_print(&k->arena, pack_valid_from(k->pack[1])));
    put(&j, "chosen_by", text_of(NAMES[pack_chosen_by(k->pack[1])]));
    if (k->is_open) {
        json_key(&j, "running_cases");
        json_put_int(&j, k->running);
    }
    json_key(&j, "changes");
    json_begin_array(&j);
    for (size_t i = 0; i < k->found.count; i++) put_difference(&j, &k->found.items[i]);
    json_end_array(&j);
    json_end_object(&j);
    fprintf(out, TEXT_FMT "\n", TEXT_ARG(out_done(&o)));
}

int pack_diff_run(const struct call *c) {
    struct comparing k = {.call = c, .is_open = call_has(c, "data") || call_has(c, "db")};
    struct problem p = {0};
    enum status st = k.is_open ? stored_packs_open(c, &k.stored, &p) : STATUS_OK;
    if (!st) st = take(&k, 0, &p);
    if (!st) st = take(&k, 1, &p);
    if (!st && k.is_open) st = stored_pack_cases(&k.stored, &k.files[0], &k.running);
    if (!st) {
        pack_compare(&k.arena, k.pack[0], k.pack[1], &k.found);
        if (call_has(c, "json"))
            put_all(stdout, &k);
        else
            say_all(stdout, &k);
    } else {
        say_problem(stderr, st, &p);
    }
    pack_release(k.pack[0]);
    pack_release(k.pack[1]);
    if (k.is_open) stored_packs_close(&k.stored);
    arena_free(&k.arena);
    return st ? EXIT_WRONG : EXIT_DONE;
}
