// document.c - travel documents on the command line: zones, seals, chips and master lists, as JSON.
#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/encode.h"
#include "base/json.h"
#include "ostia/command.h"
#include "traveldoc/judge.h"

enum { FILE_BYTES_MAX = MASTERLIST_BYTES_MAX };

static bool read_path(struct arena *a, const char *path, struct bytes *out) {
    bool is_standard = !strcmp(path, "-");
    FILE *f = is_standard ? stdin : fopen(path, "re");
    if (!f) return fprintf(stderr, "ostia: %s: %s\n", path, strerror(errno)), false;
    struct out o = {.arena = a};
    char part[64 * 1024];
    size_t n;
    while (o.n <= FILE_BYTES_MAX && (n = fread(part, 1, sizeof part, f)))
        out_text(&o, (struct text){part, n});
    bool good = !ferror(f) && o.n <= FILE_BYTES_MAX;
    if (!is_standard) fclose(f);
    if (!good) fprintf(stderr, "ostia: %s: unreadable, or larger than %d bytes\n", path, FILE_BYTES_MAX);
    *out = bytes_of(out_done(&o));
    return good;
}

static struct date today(void) {
    return date_from_days(time(NULL) / 86400);
}

static void say(struct json_out *j, const char *name, struct text value) {
    json_key(j, name);
    json_put_text(j, value);
}

static void say_date(struct json_out *j, struct arena *a, const char *name, struct date d) {
    say(j, name, date_print(a, d));
}

static int done(struct json_out *j, bool is_right) {
    printf(TEXT_FMT "\n", TEXT_ARG(out_done(j->out)));
    return is_right ? EXIT_DONE : EXIT_WRONG;
}

// ---- zones

static void say_check(struct json_out *j, const struct mrz *m) {
    static const char *const WORDS[] = {"none", "right", "empty", "wrong"};
    json_key(j, "checks");
    json_begin_object(j);
    for (int f = 0; f < MRZ_FIELD_COUNT; f++)
        if (m->field[f].check != MRZ_CHECK_NONE)
            say(j, mrz_field_word((enum mrz_field)f), text_of(WORDS[m->field[f].check]));
    json_end_object(j);
}

static void say_zone(struct json_out *j, struct arena *a, const struct mrz *m) {
    say(j, "format", mrz_format_word(m->format));
    json_key(j, "lines");
    json_begin_array(j);
    for (int i = 0; i < MRZ_LINES_MAX && m->line[i].n; i++) json_put_text(j, m->line[i]);
    json_end_array(j);
    say(j, "document_code", m->document_code);
    say(j, "issuer", m->issuer);
    say(j, "family", m->family);
    say(j, "given", m->given);
    say(j, "number", m->number);
    say(j, "nationality", m->nationality);
    say_date(j, a, "birth", m->birth);
    say(j, "sex", (struct text){&m->sex, 1});
    say_date(j, a, "expiry", m->expiry);
    say(j, "optional", m->optional);
    say(j, "optional_2", m->optional_2);
    say_check(j, m);
    json_key(j, "fixes");
    json_begin_array(j);
    for (size_t i = 0; i < m->fix_count; i++)
        json_put_text(j, text_printf(a, "line %d, place %d: %c read as %c", m->fix[i].line, m->fix[i].column,
                                     m->fix[i].was, m->fix[i].now));
    json_end_array(j);
    json_key(j, "problems");
    json_begin_array(j);
    for (size_t i = 0; i < m->problem_count; i++)
        json_put_text(j, text_printf(a, "%s.%s", m->problem[i].field, m->problem[i].rule));
    json_end_array(j);
}

int document_mrz_run(const struct call *c) {
    struct arena a = {0};
    struct bytes file;
    struct mrz m;
    struct problem p = {0};
    struct out o = {.arena = &a};
    struct json_out j = {.out = &o};
    int code = EXIT_WRONG;
    enum status st = read_path(&a, c->argument_count ? c->arguments[0] : "-", &file) ? STATUS_OK : STATUS_IO;
    if (!st && (st = mrz_read(&a, text_of_bytes(file), today(), &m, &p))) say_problem(stderr, st, &p);
    if (!st) {
        json_begin_object(&j);
        say_zone(&j, &a, &m);
        json_end_object(&j);
        code = done(&j, m.checks_ok);
    }
    arena_free(&a);
    return code;
}

// ---- seals

// As a scanner writes it: bytes, or their hexadecimal.
static struct bytes seal_bytes(struct arena *a, struct bytes file) {
    struct bytes raw;
    struct text t = text_trim(text_of_bytes(file));
    return file.n && file.p[0] != 0xDC && !hex_decode(a, t, &raw) ? raw : file;
}

static void say_seal(struct json_out *j, struct arena *a, const struct seal *s, enum seal_result r) {
    say(j, "result", text_of(seal_result_word(r)));
    say(j, "profile", text_of(s->profile));
    say(j, "country", s->country);
    say(j, "signer", s->signer);
    say(j, "certificate", s->certificate);
    say_date(j, a, "issued", s->issued);
    say_date(j, a, "signed_on", s->signed_on);
    json_key(j, "features");
    json_begin_object(j);
    for (size_t i = 0; i < s->count; i++) {
        const struct seal_feature *f = &s->items[i];
        say(j, *f->word ? f->word : text_c(a, text_printf(a, "%d", f->tag)), f->value);
    }
    json_end_object(j);
}

int document_seal_run(const struct call *c) {
    struct arena a = {0};
    struct bytes file, certificate = {0};
    struct seal s;
    struct problem p = {0};
    struct out o = {.arena = &a};
    struct json_out j = {.out = &o};
    const char *path = call_option(c, "certificate");
    int code = EXIT_WRONG;
    bool good = read_path(&a, c->argument_count ? c->arguments[0] : "-", &file) &&
                (!path || read_path(&a, path, &certificate));
    enum status st = good ? seal_read(&a, seal_bytes(&a, file), &s, &p) : STATUS_IO;
    if (good && st) say_problem(stderr, st, &p);
    if (!st) {
        enum seal_result r = seal_check(&s, certificate);
        json_begin_object(&j);
        say_seal(&j, &a, &s, r);
        json_end_object(&j);
        code = done(&j, path ? r == SEAL_GENUINE : true);
    }
    arena_free(&a);
    return code;
}

// ---- chips and lists

// A master list, a certificate or a list of revoked ones.
static bool trust_file(struct arena *a, struct trust *t, const char *path) {
    struct bytes file;
    struct masterlist m;
    if (!read_path(a, path, &file)) return false;
    masterlist_read(a, file, t, today(), t, &m);
    if (m.count || !trust_add(t, file) || !trust_add_crl(t, file)) return true;
    fprintf(stderr, "ostia: %s: no master list, certificate, or list of revoked ones of a known state\n",
            path);
    return false;
}

// "FILE,FILE"
static bool trust_files(struct arena *a, struct trust *t, const char *paths) {
    struct text rest = text_of(paths), one;
    bool good = true;
    while (paths && text_cut(&rest, ',', &one)) good = trust_file(a, t, text_c(a, one)) && good;
    return good;
}

static void say_chip(struct json_out *j, struct arena *a, const struct chip *chip) {
    say(j, "result", text_of(chip_result_word(chip->result)));
    say(j, "zone", chip->zone);
    say(j, "signer", chip->signer);
    say(j, "csca", chip->csca);
    say(j, "algorithm", chip->algorithm);
    say(j, "hash", chip->hash);
    say_date(j, a, "signer_from", chip->signer_from);
    say_date(j, a, "signer_to", chip->signer_to);
    json_key(j, "groups");
    json_begin_object(j);
    for (int i = 1; i <= CHIP_GROUPS; i++)
        if (chip->group[i] != CHIP_GROUP_NONE)
            say(j, text_c(a, text_printf(a, "DG%d", i)), text_of(chip_group_word(chip->group[i])));
    json_end_object(j);
    json_key(j, "values");
    json_begin_array(j);
    for (size_t i = 0; i < chip->count; i++) {
        json_begin_object(j);
        say(j, "group", text_printf(a, "DG%d", chip->items[i].group));
        say(j, "word", text_of(chip->items[i].word));
        say(j, "value", chip->items[i].value);
        json_end_object(j);
    }
    json_end_array(j);
}

int document_chip_run(const struct call *c) {
    struct arena a = {0};
    struct chip_file files[CHIP_FILES_MAX];
    struct chip chip;
    struct trust *t = trust_new();
    struct out o = {.arena = &a};
    struct json_out j = {.out = &o};
    int code = EXIT_WRONG;
    bool good = trust_files(&a, t, call_option(c, "trust"));
    for (int i = 0; i < c->argument_count && good; i++) {
        struct bytes b;
        good = read_path(&a, c->arguments[i], &b);
        if (good) files[i] = chip_file_of(b);
    }
    if (good) {
        chip_check(&a, files, (size_t)c->argument_count, t, today(), &chip);
        json_begin_object(&j);
        say_chip(&j, &a, &chip);
        json_end_object(&j);
        code = done(&j, chip.result == CHIP_GENUINE);
    }
    trust_free(t);
    arena_free(&a);
    return code;
}

static void say_csca(struct json_out *j, struct arena *a, const struct csca *x) {
    json_begin_object(j);
    say(j, "kind", text_of(csca_kind_word(x->kind)));
    say(j, "country", x->country);
    say(j, "subject", x->subject);
    say(j, "serial", x->serial);
    say_date(j, a, "from", x->from);
    say_date(j, a, "to", x->to);
    say(j, "sha256", x->fingerprint);
    json_end_object(j);
}

int document_masterlist_run(const struct call *c) {
    struct arena a = {0};
    struct bytes file;
    struct masterlist m;
    struct trust *t = trust_new();
    struct out o = {.arena = &a};
    struct json_out j = {.out = &o};
    int code = EXIT_WRONG;
    if (trust_files(&a, t, call_option(c, "trust")) && read_path(&a, c->arguments[0], &file)) {
        masterlist_read(&a, file, t, today(), NULL, &m);
        json_begin_object(&j);
        say(&j, "result", text_of(masterlist_result_word(m.result)));
        say(&j, "signer", m.signer);
        say(&j, "root", m.signer_root);
        say(&j, "root_sha256", m.signer_root_fingerprint);
        json_key(&j, "certificates");
        json_begin_array(&j);
        for (size_t i = 0; i < m.count; i++) say_csca(&j, &a, &m.items[i]);
        json_end_array(&j);
        json_end_object(&j);
        code = done(&j, m.result <= MASTERLIST_UNKNOWN_SIGNER);
    }
    trust_free(t);
    arena_free(&a);
    return code;
}
