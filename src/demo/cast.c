// cast.c - accounts of the demonstration: staff of three units, keepers of registers, counsellors,
// applicants; and how to sign in as some of them.
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "access/session.h"
#include "demo/inside.h"

static const char *const UNIT_NAMES[UNITS] = {"North", "Harbour", "Airport"};
static const char PASSWORD[] = "lantern-harbour-tide-7";

// Shown to people; the secrets are public, so such an account must never exist outside a demonstration.
static const struct sign_in_card {
    const char *name, *email;
    uint8_t secret[20];
} CARDS[] = {
    {"applicant", "applicant@demo.example", "ostia-demo-applicant"},
    {"officer", "officer@demo.example", "ostia-demo-officer-1"},
    {"second", "second@demo.example", "ostia-demo-second-of"},
    {"supervisor", "supervisor@demo.example", "ostia-demo-superviso"},
    {"policy", "policy@demo.example", "ostia-demo-policy-of"},
    {"border_guard", "border@demo.example", "ostia-demo-border-gu"},
    {"border_second_line", "second-line@demo.example", "ostia-demo-border-2l"},
    {"register_keeper", "keeper@demo.example", "ostia-demo-keeper-of"},
    {"security_officer", "security@demo.example", "ostia-demo-security-"},
    {"data_protection_officer", "dpo@demo.example", "ostia-demo-dataprote"},
};
enum {
    CARD_COUNT = sizeof CARDS / sizeof *CARDS,
    APPLICANT = 0,
    OFFICER = 1,
    SECOND = 2,
    SUPERVISOR = 3,
    POLICY_OFFICER = 4,
    BORDER_GUARD = 5,
    BORDER_SECOND_LINE = 6,
    REGISTER_KEEPER = 7,
    SECURITY_OFFICER = 8,
    DATA_PROTECTION_OFFICER = 9
};

static void base32(const uint8_t *bytes, size_t n, char *out) {
    static const char SIGNS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    for (size_t bit = 0; bit < n * 8; bit += 5) {
        unsigned two = (unsigned)bytes[bit / 8] << 8 | (bit / 8 + 1 < n ? bytes[bit / 8 + 1] : 0u);
        *out++ = SIGNS[two >> (11 - bit % 8) & 31];
    }
    *out = 0;
}

struct role_set {
    const char *roles[7];
};
static const struct role_set AS_OFFICER = {{"officer", "registrar"}},
                             AS_SECOND = {{"officer", "second_officer"}}, AS_REGISTRAR = {{"registrar"}},
                             AS_SUPERVISOR = {{"supervisor"}}, AS_POLICY = {{"policy"}};
static const struct role_set AS_GUARD = {{"border_guard"}}, AS_SECOND_LINE = {{"border_second_line"}},
                             AS_KEEPER = {{"register_keeper"}}, AS_SECURITY = {{"security_officer"}},
                             AS_DATA_PROTECTION = {{"data_protection_officer"}},
                             AS_SPECIALIST = {{"biometric_officer", "responsibility_officer",
                                               "detention_officer", "return_officer", "offence_officer",
                                               "family_officer", "travel_authorisation_officer"}};

struct casting {
    struct access *access;
    struct arena *arena;
    struct dice dice;
    int number;
    struct problem *problem;
};

static enum status add_staff(struct casting *c, const struct role_set *roles, int unit,
                             const struct sign_in_card *card, struct actor *out) {
    struct person who = person_new(c->arena, &c->dice, (struct date){2026, 1, 1});
    struct text given = who.given_latin.n ? who.given_latin : who.given;
    struct text family = who.family_latin.n ? who.family_latin : who.family;
    struct new_staff n = {.name = TEXT_JOIN(c->arena, given, T(" "), family),
                          .unit = text_of(UNIT_NAMES[unit]),
                          .language = T("en"),
                          .public_code = text_printf(c->arena, "%c-%03d", UNIT_NAMES[unit][0], ++c->number),
                          .email = card ? text_of(card->email)
                                        : text_printf(c->arena, "staff%d@demo.example", c->number)};
    struct staff_made made;
    for (int i = 0; i < 7 && roles->roles[i]; i++) n.roles[n.role_count++] = text_of(roles->roles[i]);
    if (card) {
        n.password = text_of(PASSWORD);
        n.totp_secret = (struct bytes){card->secret, sizeof card->secret};
    }
    enum status st = access_create_staff(c->access, 0, &n, c->arena, &made, c->problem);
    if (st) return st;
    *out = (struct actor){.account = made.account,
                          .kind = ACTOR_STAFF,
                          .name = n.name,
                          .public_code = n.public_code,
                          .unit = n.unit,
                          .language = n.language,
                          .second_factor = true,
                          .role_count = n.role_count};
    memcpy(out->roles, n.roles, sizeof out->roles);
    return STATUS_OK;
}

static enum status add_unit(struct casting *c, int unit, struct unit *out) {
    enum status st = STATUS_OK;
    bool is_first = unit == 0;
    for (int i = 0; i < OFFICERS && !st; i++)
        st = add_staff(c, &AS_OFFICER, unit, is_first && i == 0 ? &CARDS[OFFICER] : NULL, &out->officers[i]);
    if (!st) st = add_staff(c, &AS_SECOND, unit, is_first ? &CARDS[SECOND] : NULL, &out->second);
    if (!st) st = add_staff(c, &AS_REGISTRAR, unit, NULL, &out->registrar);
    if (!st) st = add_staff(c, &AS_SUPERVISOR, unit, is_first ? &CARDS[SUPERVISOR] : NULL, &out->supervisor);
    return st;
}

// Who keeps the registers, and works with them at the border. The last ones have no sign-in that people are
// told.
static enum status add_keepers(struct casting *c, struct register_staff *out) {
    const struct {
        const struct role_set *roles;
        int unit, card; // card 0: none
        struct actor *actor;
    } all[] = {{&AS_GUARD, 2, BORDER_GUARD, &out->border_guard},
               {&AS_SECOND_LINE, 2, BORDER_SECOND_LINE, &out->second_line},
               {&AS_KEEPER, 0, REGISTER_KEEPER, &out->keeper},
               {&AS_SECURITY, 0, SECURITY_OFFICER, &out->security},
               {&AS_DATA_PROTECTION, 0, DATA_PROTECTION_OFFICER, &out->data_protection},
               {&AS_SECURITY, 0, 0, &out->other_security},
               {&AS_SPECIALIST, 0, 0, &out->specialist}};
    enum status st = STATUS_OK;
    for (size_t i = 0; i < sizeof all / sizeof *all && !st; i++)
        st = add_staff(c, all[i].roles, all[i].unit, all[i].card ? &CARDS[all[i].card] : NULL, all[i].actor);
    return st;
}

static struct actor outside(int64_t account, enum actor_kind kind) {
    return (struct actor){.account = account,
                          .kind = kind,
                          .role_count = 1,
                          .language = T("en"),
                          .roles = {kind == ACTOR_APPLICANT ? T("applicant") : T("representative")}};
}

static enum status add_outside(struct casting *c, enum actor_kind kind, struct actor *out) {
    struct source from = {T("127.0.0.1"), T("demonstration")};
    struct new_account n = {.kind = kind, .language = T("en")};
    struct account_made made;
    enum status st = access_create_account(c->access, &from, &n, c->arena, &made, c->problem);
    if (!st) *out = outside(made.account, kind);
    return st;
}

// The secret as the offer shows it, back to bytes. False for anything that is no base32.
static bool from_base32(struct text t, uint8_t *out, size_t max, size_t *n) {
    unsigned bits = 0, count = 0;
    *n = 0;
    for (size_t i = 0; i < t.n; i++) {
        char c = t.p[i];
        if (c == ' ') continue;
        if (!((c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'))) return false;
        bits = bits << 5 | (unsigned)(c >= 'A' ? c - 'A' : c - '2' + 26);
        count += 5;
        if (count < 8) continue;
        if (*n == max) return false;
        count -= 8;
        out[(*n)++] = (uint8_t)(bits >> count);
    }
    return true;
}

// With e-mail, password and the code of an authenticator app: its first code proves that the app has the
// secret.
static enum status add_demo_applicant(struct casting *c, const struct env *env, struct actor *out,
                                      struct text *secret) {
    struct source from = {T("127.0.0.1"), T("demonstration")};
    struct contact_code proof;
    struct account_made made;
    struct sign_in in;
    struct session session;
    struct totp_offer offer;
    uint8_t raw[64];
    size_t size;
    char code[7];
    enum status st = access_contact_code(c->access, &from, CODE_SIGN_UP, text_of(CARDS[APPLICANT].email),
                                         c->arena, &proof, c->problem);
    if (st) return st;
    struct new_account n = {
        .challenge = proof.challenge, .code = proof.code, .password = text_of(PASSWORD), .language = T("en")};
    st = access_create_account(c->access, &from, &n, c->arena, &made, c->problem);
    if (st) return st;
    *out = outside(made.account, ACTOR_APPLICANT);
    out->second_factor = true;
    st = sign_in_new_account(c->access, &from, made.account, c->arena, &in);
    if (!st) st = session_find(c->access, c->arena, in.token, env_now(env), &session);
    if (!st) st = access_totp_offer(c->access, &session.actor, c->arena, &offer, c->problem);
    if (st || !from_base32(offer.secret, raw, sizeof raw, &size)) return st ? st : STATUS_CORRUPT;
    st = totp_code((struct bytes){raw, size}, env_now(env), code);
    if (!st)
        st = access_totp_enrol(c->access, &from, &session.actor, offer.enrolment, text_of(code), c->arena,
                               c->problem);
    if (!st) st = session_end(c->access, in.token);
    *secret = offer.secret;
    return st;
}

// ---- the file with the sign-ins

static const char *cards_path(struct arena *a, const char *dir) {
    return text_c(a, text_printf(a, "%s/demo-sign-ins", dir));
}

// "name email password secret" a line; the secret without spaces.
static enum status write_cards(struct arena *a, const char *dir, struct text applicant_secret) {
    int fd = open(cards_path(a, dir), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    if (!f) return STATUS_IO;
    for (int i = 0; i < CARD_COUNT; i++) {
        char secret[64] = "";
        size_t n = 0;
        if (i) base32(CARDS[i].secret, sizeof CARDS[i].secret, secret);
        for (size_t k = 0; !i && k < applicant_secret.n && n + 1 < sizeof secret; k++)
            if (applicant_secret.p[k] != ' ') secret[n++] = applicant_secret.p[k];
        fprintf(f, "%s %s %s %s\n", CARDS[i].name, CARDS[i].email, PASSWORD, secret);
    }
    return fclose(f) == 0 ? STATUS_OK : STATUS_IO;
}

static enum status read_card(struct arena *a, struct text line, struct demo_card *out) {
    struct text parts[4] = {{0}};
    uint8_t raw[64];
    size_t n = 0;
    for (int i = 0; i < 4; i++)
        if (!text_cut(&line, ' ', &parts[i])) return STATUS_CORRUPT;
    if (!from_base32(parts[3], raw, sizeof raw, &n)) return STATUS_CORRUPT;
    *out = (struct demo_card){text_copy(a, parts[0]), text_copy(a, parts[1]), text_copy(a, parts[2]),
                              bytes_copy(a, (struct bytes){raw, n})};
    return STATUS_OK;
}

enum status demo_sign_ins(const char *dir, struct arena *a, struct demo_cards *out) {
    char line[512];
    *out = (struct demo_cards){0};
    FILE *f = fopen(cards_path(a, dir), "re");
    enum status st = f ? STATUS_OK : STATUS_NOT_FOUND;
    while (f && !st && fgets(line, sizeof line, f))
        st = read_card(a, text_trim(text_of(line)), ARENA_PUSH(a, out));
    if (f) fclose(f);
    return st;
}

static enum status show_card(FILE *out, const struct env *env, const struct demo_card *c) {
    char code[7];
    enum status st = totp_code(c->totp_secret, env_now(env), code);
    if (st) return st;
    int left = (int)(30 - env_now(env).ms / 1000 % 30);
    fprintf(out, "  %-11.*s " TEXT_FMT "   password " TEXT_FMT "   code %s (%d s more)\n", TEXT_ARG(c->name),
            TEXT_ARG(c->email), TEXT_ARG(c->password), code, left);
    return STATUS_OK;
}

enum status demo_show_sign_ins(FILE *out, const struct env *env, const char *dir, const char *site,
                               const char *name) {
    struct arena a = {0};
    struct demo_cards cards;
    enum status st = demo_sign_ins(dir, &a, &cards);
    int shown = 0;
    if (!st && site) fprintf(out, "Sign in at %s as\n", site);
    for (size_t i = 0; !st && i < cards.count; i++) {
        if (name && !text_eq(cards.items[i].name, text_of(name))) continue;
        st = show_card(out, env, &cards.items[i]);
        shown++;
    }
    arena_free(&a);
    return st ? st : shown ? STATUS_OK : STATUS_NOT_FOUND;
}

// ---- all of them

enum status cast_make(struct access *x, struct cases *c, int64_t cases, struct arena *a, struct cast *out,
                      struct problem *p) {
    struct casting casting = {.access = x, .arena = a, .dice = dice_of(7, 0), .problem = p};
    struct journal *j = cases_journal(c);
    struct text secret = {0};
    enum status st = STATUS_OK;
    for (int i = 0; i < UNITS && !st; i++) st = add_unit(&casting, i, &out->units[i]);
    for (int i = 0; i < COUNSELLORS && !st; i++)
        st = add_outside(&casting, ACTOR_REPRESENTATIVE, &out->counsellors[i]);
    if (!st) st = add_demo_applicant(&casting, journal_env(j), &out->applicants[0], &secret);
    struct actor policy; // has no part in any case
    if (!st) st = add_staff(&casting, &AS_POLICY, 0, &CARDS[POLICY_OFFICER], &policy);
    out->applicant_count = (int)(cases / 8 < APPLICANTS_MAX ? cases / 8 + 1 : APPLICANTS_MAX);
    for (int i = 1; i < out->applicant_count && !st; i++)
        st = add_outside(&casting, ACTOR_APPLICANT, &out->applicants[i]);
    if (!st) st = add_keepers(&casting, &out->registers);
    return st ? st : write_cards(a, store_dir(journal_store(j)), secret);
}
