// cast.c - who acts: the person, the system, and for each role of the pack members who do not exist, made
// when they are first needed.
#include <stdlib.h>
#include <string.h>

#include "trial/inside.h"

// No account of the house: as if the person had signed in.
#define PERSON (INT64_C(1) << 40)
enum { MEMBERS_MAX = 9 }; // of one role

bool cast_is_person(struct text name) {
    return text_eq(name, T("person")) || text_eq(name, T("applicant"));
}

static struct actor outside(int64_t account, enum actor_kind kind, struct text role) {
    return (struct actor){
        .account = account, .kind = kind, .role_count = 1, .roles = {role}, .language = T("en")};
}

// "officer" is the first of them, "officer#2" the second.
static bool take_apart(struct text name, struct text *role, int64_t *number) {
    size_t at;
    *role = name;
    *number = 1;
    if (!text_find(name, T("#"), &at)) return true;
    *role = text_slice(name, 0, at);
    return text_int(text_slice(name, at + 1, name.n), number) && *number >= 1 && *number <= MEMBERS_MAX;
}

static enum status add_staff(struct trial *t, struct text name, struct text role, int64_t number,
                             struct actor *out, struct problem *p) {
    struct staff_made made;
    size_t so_far = t->cast.count;
    struct new_staff n = {.name = TEXT_JOIN(&t->arena, T("Trial "), name),
                          .unit = T("Trial"),
                          .language = T("en"),
                          .public_code = text_printf(&t->arena, "T-%zu", so_far + 1),
                          .email = text_printf(&t->arena, "t%zu@trial.invalid", so_far + 1),
                          .roles = {role},
                          .role_count = 1};
    (void)number;
    enum status st = access_create_staff(t->access, 0, &n, &t->arena, &made, p);
    if (st) return st;
    *out = (struct actor){.account = made.account,
                          .kind = ACTOR_STAFF,
                          .name = n.name,
                          .public_code = n.public_code,
                          .unit = n.unit,
                          .language = n.language,
                          .second_factor = true,
                          .role_count = 1,
                          .roles = {role}};
    return STATUS_OK;
}

static enum status make(struct trial *t, struct text name, struct actor *out, struct problem *p) {
    struct text role;
    int64_t number;
    if (cast_is_person(name)) {
        *out = outside(PERSON, ACTOR_APPLICANT, T("applicant"));
        return STATUS_OK;
    }
    if (text_eq(name, T("system"))) {
        *out = actor_system();
        return STATUS_OK;
    }
    if (text_eq(name, T("representative"))) {
        *out = outside(PERSON + 1, ACTOR_REPRESENTATIVE, name);
        return STATUS_OK;
    }
    if (!take_apart(name, &role, &number) || !access_word_find(&pack_access(t->pack)->roles, role))
        return trial_problem(t, p, "role", name);
    return add_staff(t, name, text_copy(&t->arena, role), number, out, p);
}

enum status cast_find(struct trial *t, struct text name, const struct actor **out, struct problem *p) {
    if (text_ends(name, T("#1"))) name = text_slice(name, 0, name.n - 2);
    struct cast_member made = {.name = cast_is_person(name) ? T("person") : text_copy(&t->arena, name)};
    for (size_t i = 0; i < t->cast.count; i++)
        if (text_eq(t->cast.items[i].name, made.name)) return *out = &t->cast.items[i].actor, STATUS_OK;
    enum status st = make(t, made.name, &made.actor, p);
    if (st) return st;
    struct cast_member *m = ARENA_PUSH(&t->arena, &t->cast);
    *m = made;
    *out = &m->actor; // stays: growing copies, and the old one lives as long as the arena
    return STATUS_OK;
}
