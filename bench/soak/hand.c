// hand - makes channels between the privacy services of two authorities whose servers are stopped, as an
// invitation does. hand DIR CODE CASE DIR CODE CASE, as often as there are pairs of cases.
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "privacy/privacy.h"

enum { SERVICES_MAX = 8, WORDS_A_SIDE = 3 };
static const struct privacy_reader PROGRAM = {
    {"exchange", 8}, PRIVACY_MAY_MAP, PRIVACY_FOR_EXCHANGE, {"", 0}};

static struct {
    const char *dir;
    struct privacy *privacy;
} services[SERVICES_MAX];

static struct privacy *service_of(const char *dir, uint32_t code) {
    size_t i = 0;
    while (services[i].dir && !text_eq(text_of(services[i].dir), text_of(dir)))
        if (++i == SERVICES_MAX) exit(2);
    struct problem p = {0};
    struct privacy_options o = {.dir = dir, .authority = code, .zone = T("Europe/Brussels")};
    services[i].dir = dir;
    if (!services[i].privacy && privacy_open(env_real(), &o, &services[i].privacy, &p) != STATUS_OK)
        fprintf(stderr, "%s: %s\n", dir, p.rule ? p.rule : "?"), exit(1);
    return services[i].privacy;
}

static enum status join(char **one, char **other) {
    uint32_t codes[] = {(uint32_t)strtoul(one[1], NULL, 10), (uint32_t)strtoul(other[1], NULL, 10)};
    struct privacy *a = service_of(one[0], codes[0]), *b = service_of(other[0], codes[1]);
    struct privacy_mapping m;
    const struct privacy_new n = {strtoll(one[2], NULL, 10), codes + 1, 1, {2040, 1, 1}, T("Reg. 2024/1351")};
    enum status st = privacy_create(a, &PROGRAM, &n, &m, NULL);
    if (st) return st;
    const struct privacy_invitation i = {.channel = m.channel,
                                         .key = m.key,
                                         .epoch = m.epoch,
                                         .coordinator = m.coordinator,
                                         .members = m.members,
                                         .member_count = m.member_count,
                                         .delete_after = m.delete_after,
                                         .ground = n.ground};
    st = privacy_accept(b, &PROGRAM, &i, strtoll(other[2], NULL, 10), NULL);
    privacy_mapping_wipe(&m);
    return st;
}

int main(int argc, char **argv) {
    enum status st = STATUS_OK;
    log_level_set(LOG_ERROR);
    for (int i = 1; i + 2 * WORDS_A_SIDE <= argc && !st; i += 2 * WORDS_A_SIDE)
        st = join(argv + i, argv + i + WORDS_A_SIDE);
    if (st) fprintf(stderr, "%s\n", status_name(st));
    for (size_t i = 0; i < SERVICES_MAX; i++) privacy_close(services[i].privacy);
    return st != STATUS_OK;
}
