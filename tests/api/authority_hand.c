// authority_hand DATA CASE: plays other authorities for a case (0: the oldest, and prints its number) in a
// folder that no server has: nine weeks of a request to take charge that nobody answers, a place to stay, and
// what goes wrong. For tests of pages; the folder's settings name its privacy service.
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "exchange/channels.h"
#include "ostia/house.h"

enum { US = 22, ABROAD = 11, RECEPTION = 33, THIRD = 44, PEERS = 3 };
static const int64_t DAY_MS = 24 * 3600 * INT64_C(1000);

struct peer {
    uint32_t code;
    const char *name, *roles;
    struct own_key key;
    struct own own;
};
static struct peer peers[PEERS] = {{.code = ABROAD, .name = "Responsibility unit of Norland", .roles = "F"},
                                   {.code = RECEPTION, .name = "Reception agency", .roles = "R"},
                                   {.code = THIRD, .name = "Responsibility unit of Sudland", .roles = "F"}};
static struct house house;
static struct own own;
static struct own_key our_key;
static struct members members;
static struct arena arena;
static const struct exchange_law *law;
static struct channels *channels;
static struct moment now;
static struct event_id last; // of what was told or came last
static int64_t case_id;

static void must(enum status st, const char *what) {
    if (!st) return;
    fprintf(stderr, "authority_hand: %s: %s\n", what, status_name(st));
    exit(1);
}

static struct peer *peer_of(uint32_t code) {
    for (int i = 0; i < PEERS; i++)
        if (peers[i].code == code) return &peers[i];
    return NULL;
}

static void add_member(uint32_t code, const char *name, const char *roles, const struct own_key *key) {
    struct member *m = ARENA_PUSH(&arena, &members);
    *m = (struct member){.code = code,
                         .name = text_of(name),
                         .address = text_printf(&arena, "https://a%u.example", code),
                         .from = {now.ms - 400 * DAY_MS},
                         .keys = ARENA_NEW(&arena, struct member_key),
                         .key_count = 1};
    if (!exchange_roles_read(text_of(roles), &m->roles)) must(STATUS_INVALID, roles);
    *m->keys = (struct member_key){.number = 1, .from = m->from};
    memcpy(m->keys->signing, key->signing + 32, sizeof m->keys->signing);
    memcpy(m->keys->sealing, key->sealing, sizeof m->keys->sealing);
    memset(m->keys->tls.b, (int)code, sizeof m->keys->tls.b);
}

static enum status take_members(struct write *w, void *argument, struct problem *p) {
    return members_take(w, 1, argument, p);
}

static void meet(void) {
    must(own_key_load(house.store, 1, &our_key), "key");
    own = (struct own){US, &our_key, 1};
    for (int i = 0; i < PEERS; i++) {
        struct key seed;
        memset(seed.b, 7 * (i + 1), sizeof seed.b);
        own_key_make(&seed, 1, &peers[i].key);
        peers[i].own = (struct own){peers[i].code, &peers[i].key, 1};
    }
    add_member(ABROAD, peers[0].name, peers[0].roles, &peers[0].key);
    add_member(US, "Office for asylum", "D", &our_key);
    add_member(RECEPTION, peers[1].name, peers[1].roles, &peers[1].key);
    add_member(THIRD, peers[2].name, peers[2].roles, &peers[2].key);
    must(journal_write(house.journal, take_members, &members, &arena, NULL), "members");
}

// ---- what we tell, and their receipts

static enum status send(void *context, const struct member *to, struct bytes parcel, struct arena *a,
                        struct bytes *answer) {
    struct bytes items[PARCEL_MESSAGES_MAX];
    size_t count;
    (void)context;
    if (to->code == THIRD) return STATUS_IO; // cannot be reached
    must(parcel_read(parcel, items, &count), "parcel");
    for (size_t i = 0; i < count; i++) {
        struct sealed s;
        must(sealed_read(items[i], &s), "message");
        struct receipt r = {.by = to->code, .key = 1, .message = s.hash, .leaf = 41, .at = now};
        items[i] = receipt_make(&r, &peer_of(to->code)->key, a);
    }
    *answer = parcel_make(items, count, a);
    return STATUS_OK;
}

static const struct carrier *carrier_for(void *context, const struct member *to) {
    static const struct carrier CARRIER = {.send = send};
    (void)context, (void)to;
    return &CARRIER;
}

static enum status told(struct db *tx, void *argument) {
    static int count;
    return channels_tell(tx, text_printf(&arena, "hand:%08d", ++count), argument);
}

static const struct exchange_type *type_of(const char *name) {
    const struct exchange_type *t = exchange_type_named(law, text_of(name));
    if (!t) must(STATUS_NOT_FOUND, name);
    return t;
}

static struct channel_ground ground_of(const struct privacy_mapping *m) {
    struct channel_ground g = {.channel = m->channel, .epoch = m->epoch, .key = m->key};
    for (size_t i = 0; i < m->member_count; i++) g.members[g.member_count++] = m->members[i];
    return g;
}

static void remember_last(const struct channel_ground *g) {
    struct channel_items items;
    struct db *db;
    must(store_reader(house.store, &db), "reader");
    must(channel_read(db, law, g, &arena, &items), "channel");
    store_reader_release(house.store, db);
    if (!items.count) must(STATUS_NOT_FOUND, "nothing was written");
    last = items.items[items.count - 1].id;
}

static void tell(const struct channel_ground *g, const char *type, const char *code, int days, int due,
                 const struct event_id *ref) {
    struct channels_round r;
    struct channel_event e = {.own = case_id, .type = type_of(type), .at = {now.ms + days * DAY_MS}};
    if (code) e.code = exchange_code_named(e.type, text_of(code));
    if (due) e.due.ms = now.ms + due * DAY_MS;
    e.ref = ref;
    must(store_write(house.store, told, &e), type);
    must(channels_round(channels, &r), type);
    if (r.failed) must(STATUS_INVALID, type);
    remember_last(g);
}

// ---- what comes

static uint32_t sequence[PEERS];
static struct hash before[PEERS];

static void comes(const struct channel_ground *g, uint32_t from, const char *type, const char *code, int days,
                  int due, const struct event_id *ref) {
    struct peer *p = peer_of(from);
    size_t i = (size_t)(p - peers);
    struct envelope e = {.channel = g->channel,
                         .seq = ++sequence[i],
                         .type = type_of(type),
                         .at = {now.ms + days * DAY_MS},
                         .actor = from,
                         .to = {US},
                         .to_count = 1};
    if (code) e.code = exchange_code_named(e.type, text_of(code));
    if (due) e.due.ms = now.ms + due * DAY_MS;
    if (ref) e.has_ref = true, e.ref = *ref;
    const struct envelope_ground ground = {
        .law = law, .members = &members, .channel = g->channel, .case_key = &g->key};
    const struct sealing sealing = {.env = house.env,
                                    .own = &p->own,
                                    .members = &members,
                                    .ground = g,
                                    .to = e.to,
                                    .to_count = 1,
                                    .seq = e.seq,
                                    .before = before[i],
                                    .now = now};
    struct bytes canonical, message, answer, answers[PARCEL_MESSAGES_MAX];
    struct problem why = {0};
    struct sealed sealed;
    struct receipt receipt;
    size_t count;
    enum status st = envelope_print(&ground, &e, &arena, &canonical, &why);
    if (st) must(st, why.rule ? why.rule : type);
    must(sealed_make(&sealing, canonical, &arena, &message), type);
    must(sealed_read(message, &sealed), type);
    before[i] = sealed.hash;
    must(channels_receive(channels, from, parcel_make(&message, 1, &arena), &arena, &answer), type);
    must(parcel_read(answer, answers, &count), type);
    must(receipt_read(answers[0], &members, now, &receipt), type);
    if (receipt.refusal) must(STATUS_REFUSED, refusal_name(receipt.refusal));
    last = envelope_id(canonical);
}

// ---- the story

static struct channel_ground open_channel(uint32_t with) {
    static const struct privacy_reader READER = {
        .who = T("exchange"), .powers = PRIVACY_MAY_MAP, .purpose = PRIVACY_FOR_EXCHANGE};
    struct privacy_new n = {.own = case_id,
                            .members = &with,
                            .member_count = 1,
                            .delete_after = {2040, 1, 1},
                            .ground = T("Reg. 2024/1351")};
    struct privacy_mapping m;
    struct problem p = {0};
    if (privacy_create(house.privacy, &READER, &n, &m, &p)) must(STATUS_REFUSED, p.rule);
    struct channel_ground g = ground_of(&m);
    privacy_mapping_wipe(&m);
    return g;
}

static void play(void) {
    struct channel_ground g = open_channel(RECEPTION);
    tell(&g, "ASY_REGISTERED", "special", -62, 0, NULL);
    comes(&g, RECEPTION, "REC_ALLOCATED", NULL, -61, -54, NULL);
    g = open_channel(ABROAD);
    tell(&g, "TCH_SENT", "visa", -60, -10, NULL);
    struct event_id request = last;
    comes(&g, ABROAD, "TCH_RECEIVED", NULL, -59, 0, &request);
    tell(&g, "TCH_TACIT", NULL, -8, 170, &request);
    comes(&g, ABROAD, "TRF_DONE", NULL, -6, 0, NULL); // before anybody decided it
    tell(&g, "TRF_DECIDED", NULL, -4, 170, NULL);
    comes(&g, ABROAD, "TCH_REFUSED", "late", -3, 0, &request);
    tell(&g, "TRF_PLANNED", NULL, -1, 9, NULL);
    g = open_channel(THIRD);
    tell(&g, "TBK_SENT", "fingerprint", -2, 12, NULL);
}

static const struct sql OLDEST =
    SQL("hand_oldest", "select case_id from case_file where is_draft = 0 order by case_id limit 1");

static void find_oldest(void) {
    struct db *db;
    must(store_reader(house.store, &db), "reader");
    must(DB_INT(db, &case_id, &OLDEST), "oldest case");
    store_reader_release(house.store, db);
    printf("%lld\n", (long long)case_id);
}

int main(int argc, char **argv) {
    struct settings s = {0};
    static const struct subcommand NO_OPTIONS = {.name = "hand"};
    struct call none = {.command = &NO_OPTIONS};
    struct problem p = {0};
    int64_t id = 0;
    if (argc != 3 || !text_int(text_of(argv[2]), &id)) return 2;
    log_level_set(LOG_ERROR);
    crypto_start();
    if (!settings_read_in(argv[1], &none, &arena, &s, stderr)) return 1;
    if (house_open(env_real(), &s, HOUSE_WRITE, &house, &p)) must(STATUS_INVALID, p.rule ? p.rule : "house");
    now = env_now(env_real());
    case_id = id;
    if (!id) find_oldest();
    const struct pack *pack = cases_pack(house.cases);
    law = pack ? pack_exchange(pack) : NULL;
    if (!law || !house.privacy) must(STATUS_NOT_FOUND, "law or privacy service");
    meet();
    const struct channels_options o = {
        .own = &own, .law = law, .book = channel_book_of(house.privacy), .carrier_for = carrier_for};
    must(channels_open(house.journal, &o, &channels), "channels");
    play();
    channels_close(channels);
    house_close(&house);
    arena_free(&arena);
    return 0;
}
