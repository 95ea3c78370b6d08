// federation.h - synthetic authorities with real keys, and the law of packs/eu-common, for tests.
#pragma once
#include <dirent.h>

#include "check.h"
#include "exchange/sealed.h"
#include "rules/dmn.h"

enum { OFFICE = 10, RECEPTION = 20, ABROAD = 30, COURT = 40, FEDERATION_SIZE = 4 };

struct federation {
    struct arena arena;
    struct exchange_law law;
    struct members members;
    struct own_key secrets[FEDERATION_SIZE]; // of members.items[i]
};

static inline void federation_law(struct federation *f) {
    static const char DIR_NAME[] = "packs/eu-common/exchange";
    DIR *d = opendir(DIR_NAME);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        bool is_rules = text_ends(text_of(e->d_name), T(".dmn"));
        if (!is_rules && !text_ends(text_of(e->d_name), T(".json"))) continue;
        static char path[512], content[64 * 1024];
        snprintf(path, sizeof path, "%s/%s", DIR_NAME, e->d_name);
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        size_t n = fread(content, 1, sizeof content, file);
        fclose(file);
        struct problem p = {0};
        if (is_rules)
            assert_ok(dmn_read(&f->arena, (struct text){content, n}, &f->law.plausibility, &p));
        else if (exchange_law_read(&f->arena, (struct text){content, n}, &f->law, &p))
            fail_msg("%s: %s %s", path, p.field, p.rule);
    }
    closedir(d);
    assert_ok(exchange_law_done(&f->arena, &f->law, NULL));
}

static inline void federation_key(struct member_key *k, struct own_key *own, uint32_t number, unsigned seed) {
    struct key bytes;
    memset(bytes.b, (int)seed, sizeof bytes.b);
    own_key_make(&bytes, number, own);
    *k = (struct member_key){.number = number, .from = {1767225600000}}; // 2026
    memcpy(k->signing, own->signing + 32, sizeof k->signing);
    memcpy(k->sealing, own->sealing, sizeof k->sealing);
    memset(k->tls.b, (int)seed, sizeof k->tls.b);
}

static inline void federation_open(struct federation *f) {
    static const struct {
        uint32_t code;
        const char *name, *roles;
    } WHO[FEDERATION_SIZE] = {{OFFICE, "Office for asylum", "D"},
                              {RECEPTION, "Reception centres", "R"},
                              {ABROAD, "Unit of another state", "F"},
                              {COURT, "Court", "C"}};
    *f = (struct federation){0};
    federation_law(f);
    for (unsigned i = 0; i < FEDERATION_SIZE; i++) {
        struct member *m = ARENA_PUSH(&f->arena, &f->members);
        *m = (struct member){.code = WHO[i].code, .name = text_of(WHO[i].name), .from = {1767225600000}};
        m->address = text_printf(&f->arena, "https://a%u.example", WHO[i].code);
        assert_true(exchange_roles_read(text_of(WHO[i].roles), &m->roles));
        m->keys = ARENA_ARRAY(&f->arena, struct member_key, MEMBER_KEYS_MAX);
        m->key_count = 1;
        federation_key(&m->keys[0], &f->secrets[i], 1, 10 * (i + 1));
    }
}

static inline void federation_close(struct federation *f) {
    arena_free(&f->arena);
}
