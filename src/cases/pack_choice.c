// pack_choice.c - which version of the law a case runs on, when several are in force side by side.
#include "cases/internal.h"

#include "base/log.h"

static void emit_choice(struct decide *d) {
    d->s->pack_version = d->entry->version;
    draft_int(case_emit(d, &EVENT_pack_chosen), "pack_version", d->entry->version);
}

void pack_fix(struct decide *d) {
    if (d->s->pack_version != d->entry->version) emit_choice(d);
}

// Every clock that runs must have its rule there.
static bool has_rules_of_clocks(const struct decide *d, const struct pack *pack) {
    for (size_t i = 0; i < d->s->clocks.count; i++) {
        const struct clock_state_row *c = &d->s->clocks.items[i];
        if (!clock_rule(pack, c->rule, &c->clock, d->cases->zone)) return false;
    }
    return true;
}

// What the case runs by on another version.
struct place {
    const struct flow_model *model;
    struct flow_state process;
    struct called_process *calls;
};

static bool reads(struct decide *d, const struct flow_model *from, const struct flow_state *state,
                  const struct flow_model *to, struct flow_state *out) {
    struct problem why;
    struct bytes now = flow_state_write(from, state, d->arena);
    return to && flow_state_read(to, now, d->arena, out, &why) == STATUS_OK;
}

// Where each process stands must be an element of the same kind there.
static bool can_go_on(struct decide *d, const struct pack *pack, struct place *out) {
    const struct case_state *s = d->s;
    *out = (struct place){.model = pack_process_with(pack, pack_procedure(pack)),
                          .calls = ARENA_ARRAY(d->arena, struct called_process, s->calls.count)};
    if (!has_rules_of_clocks(d, pack)) return false;
    bool fits = !s->has_process || reads(d, s->model, &s->process, out->model, &out->process);
    for (size_t i = 0; i < s->calls.count && fits; i++) {
        const struct called_process *c = &s->calls.items[i];
        out->calls[i] = *c;
        out->calls[i].model = pack_process_with(pack, flow_process_id(c->model));
        fits = reads(d, c->model, &c->state, out->calls[i].model, &out->calls[i].state);
    }
    return fits;
}

// A version for the same time, loaded later to put something right: running cases keep the one they have.
static bool is_corrected(const struct pack *here, const struct pack *there, struct date on) {
    return pack_is_valid_on(here, on) && date_cmp(pack_valid_from(there), pack_valid_from(here)) <= 0;
}

enum status pack_follow(struct decide *d, enum pack_choice by, struct date on) {
    const struct pack_entry *there = packs_on(d->cases, d->s->procedure, on);
    struct place place;
    if (!there || there == d->entry || is_corrected(d->pack, there->pack, on)) return STATUS_OK;
    // How one version passes into the other is for the newer one to say.
    const struct pack_entry *newer = there->version > d->entry->version ? there : d->entry;
    if (pack_chosen_by(newer->pack) != by) return STATUS_OK;
    if (!can_go_on(d, there->pack, &place)) {
        log_line(LOG_WARNING, "pack.stays", "case=%lld version=%lld wanted=%lld", (long long)d->s->case_id,
                 (long long)d->entry->version, (long long)there->version);
        return STATUS_OK;
    }
    d->entry = there;
    d->pack = there->pack;
    d->s->model = place.model;
    if (d->s->has_process) d->s->process = place.process;
    for (size_t i = 0; i < d->s->calls.count; i++) d->s->calls.items[i] = place.calls[i];
    emit_choice(d);
    return STATUS_OK;
}
