// client.c - accounts of other systems: made, given a new secret, closed.
#include "access/client.h"

#include "ostia/house.h"

static struct text given(const struct call *c, const char *name) {
    return text_of(call_option(c, name));
}

static size_t words(struct text list, struct text *to, size_t max) {
    struct text one;
    size_t n = 0;
    while (list.n && text_cut(&list, ',', &one) && n < max)
        if (text_trim(one).n) to[n++] = text_trim(one);
    return n;
}

static bool knows(const struct access_words *known, struct text word) {
    for (size_t i = 0; i < known->count; i++)
        if (text_eq(known->items[i].id, word)) return true;
    return false;
}

// Does the law of any procedure have this role (or purpose)?
static bool is_declared(const struct procedure_list *law, bool is_role, struct text word) {
    for (size_t i = 0; i < law->count; i++) {
        const struct access_rules *rules = pack_access(law->packs[i]);
        if (knows(is_role ? &rules->roles : &rules->purposes, word)) return true;
    }
    return false;
}

// A role or purpose that the law in force does not know would be refused at each request, long after this.
static enum status check_words(const struct house *h, const struct new_client *n, struct problem *p) {
    struct procedure_list law;
    cases_procedures(h->cases, &law);
    if (!law.count) return problem(p, "", "no_pack", "problem.pack.none");
    for (size_t i = 0; i < n->role_count; i++)
        if (!is_declared(&law, true, n->roles[i])) return problem(p, "roles", "word", "problem.client.words");
    for (size_t i = 0; i < n->purpose_count; i++)
        if (!is_declared(&law, false, n->purposes[i]))
            return problem(p, "purposes", "word", "problem.client.words");
    return STATUS_OK;
}

static void say_secret(FILE *out, struct text secret) {
    fprintf(out, "secret " TEXT_FMT "\n", TEXT_ARG(secret));
    fprintf(out, "The secret is shown this once. Hand it over in a sealed way.\n");
}

int client_add_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct client_made made;
    struct new_client n = {.id = given(c, "id"), .name = given(c, "name"), .unit = given(c, "unit")};
    n.role_count = words(given(c, "roles"), n.roles, ACTOR_ROLES_MAX);
    n.purpose_count = words(given(c, "purposes"), n.purposes, CLIENT_PURPOSES_MAX);
    enum status st = check_words(h, &n, &p);
    if (!st) st = access_create_client(h->access, 0, &n, &a, &made, &p);
    if (st) {
        say_problem(out, st, &p);
    } else {
        fprintf(out, "account %lld\nid " TEXT_FMT "\n", (long long)made.account, TEXT_ARG(n.id));
        say_secret(out, made.secret);
    }
    arena_free(&a);
    return st ? EXIT_WRONG : EXIT_DONE;
}

static int conclude(FILE *out, enum status st) {
    struct problem p = {0};
    if (st == STATUS_NOT_FOUND)
        p = (struct problem){.field = "id", .rule = "not_found", .text_key = "problem.client.not_found"};
    if (st) say_problem(out, st, &p);
    return st ? EXIT_WRONG : EXIT_DONE;
}

int client_secret_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct text secret;
    enum status st = access_client_secret(h->access, 0, text_of(c->arguments[0]), &a, &secret);
    if (!st) say_secret(out, secret);
    arena_free(&a);
    return conclude(out, st);
}

int client_close_perform(struct house *h, const struct call *c, FILE *out) {
    enum status st = access_close_client(h->access, 0, text_of(c->arguments[0]));
    if (!st) fprintf(out, "closed\n");
    return conclude(out, st);
}
