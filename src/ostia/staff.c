// staff.c - the first accounts of an authority; later ones are made on the pages of administrators.
#include "ostia/house.h"

static struct text given(const struct call *c, const char *name) {
    return text_of(call_option(c, name));
}

static void say_invitation(FILE *out, struct text invitation) {
    fprintf(out, "invitation " TEXT_FMT "\n", TEXT_ARG(invitation));
    fprintf(out, "The invitation signs in once, within two weeks, to set a password and a second factor. "
                 "Hand it over in person.\n");
}

int staff_add_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct new_staff n = {.name = given(c, "name"),
                          .email = given(c, "email"),
                          .public_code = given(c, "code"),
                          .unit = given(c, "unit"),
                          .language = call_has(c, "language") ? given(c, "language") : T("en")};
    struct staff_made made;
    struct text roles = given(c, "roles"), role;
    while (text_cut(&roles, ',', &role) && n.role_count < ACTOR_ROLES_MAX)
        if (text_trim(role).n) n.roles[n.role_count++] = text_trim(role);
    enum status st = access_create_staff(h->access, 0, &n, &a, &made, &p);
    if (st) {
        say_problem(out, st, &p);
    } else {
        fprintf(out, "account %lld\nsign-in name " TEXT_FMT "\n", (long long)made.account,
                TEXT_ARG(made.sign_in_name));
        say_invitation(out, made.invitation);
    }
    arena_free(&a);
    return st ? EXIT_WRONG : EXIT_DONE;
}

int staff_invite_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct text invitation;
    int64_t account;
    enum status st = access_account_find(h->access, text_of(c->arguments[0]), &account);
    if (!st) st = access_invite_staff(h->access, 0, account, &a, &invitation);
    if (st)
        say_problem(out, st, &p);
    else
        say_invitation(out, invitation);
    arena_free(&a);
    return st ? EXIT_WRONG : EXIT_DONE;
}
