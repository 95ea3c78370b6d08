#include "ostia/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *name;
    size_t at;
    const char *otherwise;
    bool is_kept;
} SETTINGS[] = {
#define SETTING(name, member, otherwise, kept) \
    { name, offsetof(struct settings, member), otherwise, kept }
    SETTING("data", data, "data", false),
    SETTING("db", db, NULL, true),
    SETTING("db-schema", db_schema, NULL, true),
    SETTING("authority", authority, "Authority for Asylum (demonstration)", true),
    SETTING("site", site, "", true),
    SETTING("zone", zone, "Europe/Brussels", true),
    SETTING("log", log, "ostia.localhost/log", true),
    SETTING("log-tiles", log_tiles, "no", false),
    SETTING("listen", listen, "127.0.0.1:8080", false),
    SETTING("pack", pack, NULL, false),
    SETTING("pack-signers", pack_signers, NULL, false),
    SETTING("sources", sources, NULL, false),
    SETTING("xroad", xroad, NULL, false),
    SETTING("mail-from", mail_from, "no-reply@ostia.localhost", false),
    SETTING("mail-name", mail_name, "", false),
    SETTING("mail-folder", mail_folder, NULL, false),
    SETTING("smtp", smtp, NULL, false),
    SETTING("clamd", clamd, NULL, false),
    SETTING("proxy", proxy, "no", false),
    SETTING("metrics-from", metrics_from, "127.0.0.1", false),
    SETTING("api-rate", api_rate, "3000", false),
    SETTING("backup-to", backup_to, NULL, false),
    SETTING("backup-key", backup_key, NULL, false),
    SETTING("authority-code", authority_code, NULL, true),
    SETTING("exchange-cert", exchange_cert, NULL, false),
    SETTING("exchange-key", exchange_key, NULL, false),
    SETTING("exchange-listen", exchange_listen, NULL, false),
    SETTING("exchange-ca", exchange_ca, NULL, false),
    SETTING("nats", nats, NULL, false),
    SETTING("nats-ca", nats_ca, NULL, false),
    SETTING("nats-credentials", nats_credentials, NULL, false),
    SETTING("privacy", privacy, NULL, true),
    SETTING("privacy-db", privacy_db, NULL, true),
    SETTING("privacy-db-schema", privacy_db_schema, NULL, true),
    SETTING("privacy-key", privacy_key, NULL, true),
#undef SETTING
};
enum { SETTING_COUNT = sizeof SETTINGS / sizeof *SETTINGS };

bool settings_exchange(const struct settings *s) {
    return s->exchange_cert || s->nats || (s->xroad && s->privacy && s->authority_code);
}

static const char **slot(struct settings *s, size_t i) {
    return (const char **)((char *)s + SETTINGS[i].at);
}

static bool set_line(struct text line, struct arena *a, struct settings *s) {
    struct text rest = line, name;
    text_cut(&rest, ' ', &name);
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (!text_eq(name, text_of(SETTINGS[i].name))) continue;
        *slot(s, i) = text_c(a, text_trim(rest));
        return true;
    }
    return false;
}

static bool set_lines(struct text content, const char *path, struct arena *a, struct settings *s, FILE *out) {
    struct text line;
    for (int number = 1; text_cut(&content, '\n', &line); number++) {
        line = text_trim(line);
        if (!line.n || line.p[0] == '#') continue;
        if (set_line(line, a, s)) continue;
        fprintf(out, "ostia: %s:%d: there is no setting \"" TEXT_FMT "\"\n", path, number, TEXT_ARG(line));
        return false;
    }
    return true;
}

static bool read_file(const char *path, bool is_wanted, struct arena *a, struct settings *s, FILE *out) {
    static _Thread_local char bytes[SETTINGS_BYTES_MAX];
    FILE *f = fopen(path, "re");
    if (!f) {
        if (is_wanted) fprintf(out, "ostia: %s: %s\n", path, strerror(errno));
        return !is_wanted;
    }
    size_t n = fread(bytes, 1, sizeof bytes, f);
    bool whole = n < sizeof bytes && !ferror(f);
    fclose(f);
    if (!whole) fprintf(out, "ostia: %s: too large or unreadable\n", path);
    return whole && set_lines((struct text){bytes, n}, path, a, s, out);
}

static const char *given(const struct call *c, const char *name) {
    for (int i = 0; c->command->options && c->command->options[i].name; i++)
        if (!strcmp(c->command->options[i].name, name)) return c->values[i];
    return NULL;
}

bool settings_read(const struct call *c, struct arena *a, struct settings *s, FILE *out) {
    return settings_read_in(given(c, "data") ? given(c, "data") : "data", c, a, s, out);
}

bool settings_read_in(const char *folder, const struct call *c, struct arena *a, struct settings *s,
                      FILE *out) {
    for (size_t i = 0; i < SETTING_COUNT; i++) *slot(s, i) = SETTINGS[i].otherwise;
    s->data = folder;
    if (!read_file(text_c(a, text_printf(a, "%s/ostia.conf", folder)), false, a, s, out)) return false;
    if (given(c, "config") && !read_file(given(c, "config"), true, a, s, out)) return false;
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if (given(c, SETTINGS[i].name)) *slot(s, i) = given(c, SETTINGS[i].name);
    if (!s->site[0]) s->site = text_c(a, text_printf(a, "http://%s", s->listen));
    s->data = folder;
    return true;
}

enum status settings_keep(const struct settings *s) {
    struct arena a = {0};
    struct settings copy = *s;
    const char *path = text_c(&a, text_printf(&a, "%s/ostia.conf", s->data));
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    arena_free(&a);
    if (fd < 0) return errno == EEXIST ? STATUS_OK : STATUS_IO;
    FILE *f = fdopen(fd, "w");
    fprintf(f, "# Settings of this authority. Options of `ostia serve` win. Never change \"log\": it names "
               "the proofs.\n");
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if (SETTINGS[i].is_kept && *slot(&copy, i)) fprintf(f, "%s %s\n", SETTINGS[i].name, *slot(&copy, i));
    bool good = fflush(f) == 0 && fsync(fd) == 0;
    return fclose(f) == 0 && good ? STATUS_OK : STATUS_IO;
}

enum status settings_move(const struct settings *s, const char *db, const char *schema) {
    struct arena a = {0};
    FILE *f = fopen(text_c(&a, text_printf(&a, "%s/ostia.conf", s->data)), "ae");
    arena_free(&a);
    if (!f) return STATUS_IO;
    fprintf(f, "# The database was copied or restored to here.\ndb %s\n", db);
    if (schema) fprintf(f, "db-schema %s\n", schema);
    bool good = fflush(f) == 0 && fsync(fileno(f)) == 0;
    return fclose(f) == 0 && good ? STATUS_OK : STATUS_IO;
}
