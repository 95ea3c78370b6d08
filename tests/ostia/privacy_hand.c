// privacy_hand DIR create OWN...: opens channels and prints them. privacy_hand DIR look CHANNEL...: prints
// whose they are, or "nobody". What the exchange does in the server, for tests of the program.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "privacy/privacy.h"

static const struct privacy_reader PROGRAM = {
    {"exchange", 8}, PRIVACY_MAY_MAP, PRIVACY_FOR_EXCHANGE, {"", 0}};

static enum status create(struct privacy *s, struct arena *a, const char *own) {
    static const uint32_t members[] = {11};
    struct privacy_new n = {strtoll(own, NULL, 10), members, 1, {2040, 1, 1}, T("Reg. 2024/1351")};
    struct privacy_mapping m;
    struct problem p = {0};
    enum status st = privacy_create(s, &PROGRAM, &n, &m, &p);
    if (!st) printf(TEXT_FMT "\n", TEXT_ARG(hex_encode(a, channel_bytes(&m.channel))));
    return st;
}

static enum status look(struct privacy *s, struct arena *a, const char *hex) {
    struct privacy_mapping m;
    struct channel_id id;
    struct bytes raw;
    if (hex_decode(a, text_of(hex), &raw) || raw.n != CHANNEL_BYTES) return STATUS_INVALID;
    memcpy(id.b, raw.p, CHANNEL_BYTES);
    enum status st = privacy_own_of(s, &PROGRAM, &id, a, &m, NULL);
    if (!st) printf("%lld\n", (long long)m.own);
    if (st == STATUS_NOT_FOUND) printf("nobody\n");
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

int main(int argc, char **argv) {
    struct arena a = {0};
    struct privacy *s;
    struct problem p = {0};
    if (argc < 4) return 2;
    log_level_set(LOG_ERROR);
    struct privacy_options o = {.dir = argv[1],
                                .url = getenv("PRIVACY_DB"),
                                .schema = getenv("PRIVACY_SCHEMA"),
                                .authority = 22,
                                .zone = T("Europe/Brussels")};
    enum status st = privacy_open(env_real(), &o, &s, &p);
    for (int i = 3; i < argc && !st; i++) st = (strcmp(argv[2], "create") ? look : create)(s, &a, argv[i]);
    if (st) fprintf(stderr, "%s %s\n", status_name(st), p.rule ? p.rule : "");
    privacy_close(s);
    arena_free(&a);
    return st != STATUS_OK;
}
