// versions.h - several versions of one small pack, and the people who look after processes.
#pragma once
#include "cases/incidents.h"
#include "cases/migrate.h"
#include "other_pack.h"

#define SMALL_FILES                                                                      \
    {"forms/application.form", SMALL_APPLICATION}, {"forms/finding.form", FINDING_FORM}, \
        {"letters/receipt.json", SMALL_RECEIPT}, {                                       \
        0                                                                                \
    }

static inline int64_t load_version(struct house *h, const char *id, const char *version,
                                   const struct other_file *files) {
    int64_t number = 0;
    struct pack_files f = other_pack(h, id, "", files);
    other_say(&h->arena, &f, "pack.json", "\"version\": \"1.0.0\"",
              text_c(&h->arena, text_printf(&h->arena, "\"version\": \"%s\"", version)));
    enum status st = cases_load_pack(h->cases, 0, &f, &h->arena, &h->problem);
    if (st) house_say(h, "version", st);
    assert_int_equal(st, STATUS_OK);
    assert_ok(migration_version(h->cases, text_of(version), &number));
    return number;
}

static inline struct actor with_role(struct house *h, const char *role) {
    return (struct actor){.account = h->account[BOSS],
                          .kind = ACTOR_STAFF,
                          .roles = {text_of(role)},
                          .role_count = 1,
                          .language = T("en"),
                          .second_factor = true};
}

static inline struct incident_list incidents(struct house *h) {
    struct incident_list list;
    struct actor a = with_role(h, "operator");
    enum status st =
        cases_incidents(h->cases, &a, &(struct incident_filter){0}, &h->arena, &list, &h->problem);
    if (st) house_say(h, "incidents", st);
    assert_int_equal(st, STATUS_OK);
    return list;
}

static inline enum status retry(struct house *h, const char *role, int64_t id, int64_t step) {
    struct actor a = with_role(h, role);
    struct command c = {
        .kind = COMMAND_RETRY_STEP, .case_id = id, .purpose = cases_retry_purpose(&a), .retry_step = {step}};
    return cases_do(h->cases, &a, &c, &h->arena, &h->result, &h->problem);
}

static inline void ticked_all(struct house *h) {
    size_t done;
    do assert_ok(cases_tick(h->cases, 100, &done));
    while (done);
}
