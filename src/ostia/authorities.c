#include "ostia/authorities.h"

#include "ostia/house.h"
#include "store/file.h"

static enum status read_xroad(const struct house *h, const struct settings *s, struct arena *a,
                              struct authorities *out, struct problem *p) {
    struct bytes file;
    if (!s->xroad) return STATUS_OK;
    if (file_read_small(h->env, a, s->xroad, &file))
        return problem(p, "xroad", "xroad_file", "problem.settings.xroad");
    enum status st = xroad_options_read(a, h->env, text_of_bytes(file), &out->options, p);
    if (!st) st = xroad_open(&out->options, h->env, &out->xroad);
    out->door.options = &out->options;
    return st;
}

// Their names are those of the directory; before they stand there, the identifiers of X-Road.
static struct text name_of(const struct members *all, const struct xroad_peer *peer, struct arena *a) {
    const struct member *m = member_of(all, peer->code);
    return m ? m->name : xroad_id_print(a, &peer->client);
}

static enum status load_members(const struct house *h, struct arena *a, struct members *out) {
    struct db *db;
    enum status st = store_reader(h->store, &db);
    if (st) return st;
    st = members_load(db, a, out);
    store_reader_release(h->store, db);
    return st;
}

enum status authorities_open(const struct house *h, const struct settings *s, const struct sources *sources,
                             struct arena *a, struct authorities *out, struct problem *p) {
    struct lookup_other *others = ARENA_ARRAY(a, struct lookup_other, AUTHORITIES_MAX);
    struct members all = {0};
    size_t count = 0;
    enum status st = read_xroad(h, s, a, out, p);
    if (!st) st = load_members(h, a, &all);
    if (st) return st;
    for (size_t i = 0; i < out->options.peer_count; i++) {
        const struct xroad_peer *peer = &out->options.peers[i];
        others[count++] = lookup_by_xroad(out->xroad, peer->code, name_of(&all, peer, a));
    }
    for (size_t i = 0; i < sources->count; i++)
        if (sources->items[i].lookups.n) others[count++] = lookup_by_source(&sources->items[i]);
    const struct lookup_options o = {h->registers, others, count};
    return lookup_open(h->cases, &o, &out->lookup);
}

void authorities_close(struct authorities *x) {
    lookup_close(x->lookup);
    xroad_close(x->xroad);
}
