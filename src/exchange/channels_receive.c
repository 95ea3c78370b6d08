// channels_receive.c - what another authority sent: held against everything we know, logged, answered.
#include <string.h>

#include "base/log.h"
#include "exchange/channels_inside.h"

struct incoming {
    struct channels *x;
    struct sealed sealed;
    struct bytes message;
    enum refusal refusal;
    struct text rule; // of REFUSED_EVENT
    struct slot_content slot;
    const struct channel_ask *of; // NULL: not looked up
    struct channel_item item;
    uint16_t answered[2]; // type and code of the event that it answers; 0: none
    struct channel_tally tally;
    bool is_read;
    struct bytes note;
    const struct own_key *key; // that signs the answer
    struct receipt answer;
};
struct parcel {
    struct channels *x;
    const struct directory *d;
    struct moment now;
    uint32_t from;
    struct incoming items[PARCEL_MESSAGES_MAX];
    struct channel_ask asks[PARCEL_MESSAGES_MAX];
    size_t count;
};

// ---- how much a peer may send

// Tokens come back with time, up to a burst. Whoever sends more is told to come later, before anything costs.
static bool has_tokens(struct channels *x, uint32_t peer, size_t count) {
    pthread_mutex_lock(&x->lock);
    struct peer *p = peer_of(x, peer);
    uint64_t now = env_monotonic_us(x->env);
    p->tokens += (double)(now - p->filled_us) / 1e6 * x->o.rate;
    p->filled_us = now;
    if (p->tokens > x->o.burst) p->tokens = x->o.burst;
    bool ok = p->tokens >= (double)count;
    if (ok) p->tokens -= (double)count;
    pthread_mutex_unlock(&x->lock);
    return ok;
}

// ---- who, and signed by whom

static enum refusal check_sender(const struct parcel *p, const struct incoming *in) {
    const struct sealed *s = &in->sealed;
    if (!s->suite) return REFUSED_SUITE;
    if (p->from && s->sender != p->from) return REFUSED_SENDER;
    if (s->sender == p->x->o.own->code) return REFUSED_SENDER;
    switch (sealed_verify(s, &p->d->members, p->now)) {
    case STATUS_OK: return REFUSED_NOT;
    case STATUS_NOT_FOUND: return member_of(&p->d->members, s->sender) ? REFUSED_KEY : REFUSED_SENDER;
    case STATUS_EXPIRED: return REFUSED_KEY;
    default: return REFUSED_SIGNATURE;
    }
}

static void open_slot(struct parcel *p, struct incoming *in) {
    if (sealed_read(in->message, &in->sealed)) {
        in->refusal = REFUSED_FORM;
        in->sealed.hash = hash_of(in->message);
        return;
    }
    in->refusal = check_sender(p, in);
    if (!in->refusal && sealed_slot_open(&in->sealed, p->x->o.own, &in->slot))
        in->refusal = REFUSED_NOT_FOR_US;
}

// ---- whose channel

// The slots are those of the members, and the tag is the sender's: so nobody else reads along.
static enum refusal check_members(const struct incoming *in, const struct own *own) {
    const struct channel_ground *g = &in->of->ground;
    const struct sealed *s = &in->sealed;
    struct channel_tag tag = channel_tag(&g->channel, g->epoch, s->sender);
    if (!channel_has_member(g, s->sender) || !channel_has_member(g, own->code)) return REFUSED_MEMBERS;
    if (s->slot_count != g->member_count) return REFUSED_MEMBERS;
    for (size_t i = 0; i < s->slot_count; i++)
        if (s->slots[i].code != g->members[i]) return REFUSED_MEMBERS;
    return memcmp(tag.b, s->tag.b, sizeof tag.b) ? REFUSED_MEMBERS : REFUSED_NOT;
}

static enum status look_up(struct parcel *p) {
    size_t asked = 0, of[PARCEL_MESSAGES_MAX];
    for (size_t i = 0; i < p->count; i++) {
        if (p->items[i].refusal) continue;
        p->asks[asked] =
            (struct channel_ask){.channel = p->items[i].slot.channel, .epoch = p->items[i].slot.epoch};
        of[asked++] = i;
    }
    if (!asked) return STATUS_OK;
    enum status st = p->x->o.book.of_channels(p->x->o.book.context, p->asks, asked);
    for (size_t i = 0; i < asked && !st; i++) {
        struct incoming *in = &p->items[of[i]];
        in->of = &p->asks[i];
        in->refusal = p->asks[i].status ? REFUSED_CHANNEL : check_members(in, p->x->o.own);
    }
    return st;
}

// ---- what it says

static enum status knows(void *context, const struct event_id *id) {
    const struct channel_items *history = context;
    for (size_t i = 0; i < history->count; i++)
        if (!memcmp(history->items[i].id.b, id->b, EVENT_ID_BYTES)) return STATUS_OK;
    return STATUS_NOT_FOUND;
}

static enum refusal refuse_event(struct incoming *in, struct text rule) {
    in->rule = rule;
    return REFUSED_EVENT;
}

static bool is_reader(const struct envelope *e, uint32_t code) {
    for (size_t i = 0; i < e->to_count; i++)
        if (e->to[i] == code) return true;
    return false;
}

static enum refusal check_event(const struct parcel *p, struct incoming *in, struct bytes canonical,
                                const struct channel_items *history, struct envelope *e) {
    struct problem why = {.rule = "unreadable"};
    const struct envelope_ground ground = {.law = p->x->o.law,
                                           .members = &p->d->members,
                                           .channel = in->of->ground.channel,
                                           .case_key = &in->of->ground.key,
                                           .knows = knows,
                                           .context = (void *)history};
    if (envelope_read(&ground, canonical, e, &why)) return refuse_event(in, text_of(why.rule));
    if (e->seq != in->sealed.seq || e->actor != in->sealed.sender) return refuse_event(in, T("envelope"));
    if (!is_reader(e, p->x->o.own->code)) return refuse_event(in, T("reader_unknown"));
    for (size_t i = 0; i < e->to_count; i++)
        if (!channel_has_member(&in->of->ground, e->to[i])) return refuse_event(in, T("reader_unknown"));
    return e->at.ms > p->now.ms + CHANNELS_SKEW_MS ? REFUSED_CLOCK : REFUSED_NOT;
}

// Events of this parcel that come before, on the same channel.
static void history_with(const struct parcel *p, const struct incoming *in, struct arena *a,
                         struct channel_items *history) {
    for (const struct incoming *other = p->items; other < in; other++)
        if (other->is_read && !other->refusal &&
            !memcmp(other->slot.channel.b, in->slot.channel.b, CHANNEL_BYTES))
            *ARENA_PUSH(a, history) = other->item;
}

static enum status read_event(struct parcel *p, struct db *db, struct incoming *in, struct arena *a) {
    struct channel_items history;
    struct bytes canonical;
    struct envelope e;
    if (in->refusal || !in->slot.is_reader) return STATUS_OK;
    enum status st = history_load(p->x, db, &in->of->ground, a, &history);
    if (st) return st;
    history_with(p, in, a, &history);
    if (sealed_open(&in->sealed, &in->slot, &in->of->ground.key, a, &canonical))
        in->refusal = refuse_event(in, T("unreadable"));
    else
        in->refusal = check_event(p, in, canonical, &history, &e);
    if (in->refusal) return STATUS_OK;
    in->item = channel_item_of(&e, canonical);
    in->is_read = true;
    for (size_t i = 0; e.has_ref && i < history.count; i++) {
        if (memcmp(history.items[i].id.b, e.ref.b, EVENT_ID_BYTES) != 0) continue;
        in->answered[0] = history.items[i].type_number;
        in->answered[1] = history.items[i].code ? history.items[i].code->number : 0;
    }
    plausibility(p->x->o.law, &p->d->sees, &history, &in->item, a);
    channel_tally_of(&history, &in->item, &in->tally);
    in->note = note_seal(p->x->env, &in->of->ground, &in->sealed.tag, in->sealed.seq, &in->item, a);
    return STATUS_OK;
}

// ---- in order, and into the log

static struct receipt answer_to(const struct incoming *in, enum refusal why, struct moment at) {
    return (struct receipt){.by = in->x->o.own->code,
                            .key = in->key->number,
                            .message = in->sealed.hash,
                            .refusal = why,
                            .at = at};
}

// What we said of it before: the same words, by the same key while that is ours.
static struct receipt answer_again(struct incoming *in, const struct message_row *row) {
    const struct own_key *then = own_key_of(in->x->o.own, row->key);
    if (then) in->key = then;
    struct receipt r = answer_to(in, row->refusal, row->at);
    r.leaf = row->place - 1;
    return r;
}

// An event for us that no rule rejects, on a channel where only one person is meant.
static bool drives(const struct incoming *in) {
    return in->x->o.cases && in->is_read && !in->refusal && in->item.mark != CHANNEL_REJECT &&
           in->of->is_open;
}

static enum status write_one(struct write *w, void *argument, struct problem *p) {
    struct incoming *in = argument;
    const struct sealed *s = &in->sealed;
    struct message_row row;
    struct hash before = {0};
    uint32_t last = 0;
    (void)p;
    enum status st = message_at(w->db, &s->tag, s->seq, w->arena, &row);
    if (!st) {
        bool is_same = hash_eq(&row.hash, &s->hash);
        in->answer = is_same ? answer_again(in, &row) : answer_to(in, REFUSED_FORK, w->now);
        return STATUS_OK;
    }
    if (st != STATUS_NOT_FOUND) return st;
    st = message_last(w->db, &s->tag, &last, &before);
    if (st && st != STATUS_NOT_FOUND) return st;
    if (s->seq != last + 1 || !hash_eq(&before, &s->before)) {
        in->answer = answer_to(in, s->seq <= last + 1 ? REFUSED_FORK : REFUSED_GAP, w->now);
        if (in->answer.refusal == REFUSED_GAP) in->answer.expected = last + 1;
        return STATUS_OK;
    }
    if (in->refusal == REFUSED_EVENT)
        st = log_refused(w, s, in->refusal, in->rule, in->key->number);
    else
        st = log_received(w, in->message, in->note, in->key->number);
    if (!st && in->is_read && !in->refusal) st = channel_tally_write(w->db, &in->tally, w->now);
    if (!st && drives(in)) st = hear_later(w, in->of, &in->item, in->answered);
    in->answer = answer_to(in, in->refusal, w->now);
    in->answer.leaf = w->last - 1;
    return st;
}

static enum status write_all(struct parcel *p, struct arena *a) {
    struct journal_request *requests = ARENA_ARRAY(a, struct journal_request, p->count + 1);
    size_t count = 0;
    enum status st = STATUS_OK;
    for (size_t i = 0; i < p->count; i++) {
        struct incoming *in = &p->items[i];
        if (!in->refusal || in->refusal == REFUSED_EVENT)
            requests[count++] = (struct journal_request){.fn = write_one, .argument = in, .answer = a};
        else
            in->answer = answer_to(in, in->refusal, p->now);
    }
    if (count) journal_write_each(p->x->journal, requests, count);
    for (size_t i = 0; i < count && !st; i++) st = requests[i].status;
    return st;
}

// ---- a parcel

const struct own_key *channels_key(const struct channels *x, const struct directory *d, struct moment now) {
    const struct member *us = member_of(&d->members, x->o.own->code);
    const struct member_key *k = us ? member_key_at(us, now) : NULL;
    return k ? own_key_of(x->o.own, k->number) : NULL;
}

static void log_refusals(const struct parcel *p) {
    for (size_t i = 0; i < p->count; i++) {
        const struct incoming *in = &p->items[i];
        if (in->answer.refusal && in->answer.refusal != REFUSED_GAP)
            log_line(LOG_WARNING, "exchange.refuses", "sender=%u reason=\"%s\" rule=\"" TEXT_FMT "\"",
                     in->sealed.sender, refusal_name(in->answer.refusal), TEXT_ARG(in->rule));
    }
}

static enum status take_parcel(struct parcel *p, struct db *db, struct arena *a, struct bytes *answer) {
    struct bytes answers[PARCEL_MESSAGES_MAX];
    for (size_t i = 0; i < p->count; i++) open_slot(p, &p->items[i]);
    enum status st = look_up(p);
    pthread_mutex_lock(&p->x->receiving); // history, then what is added to it
    for (size_t i = 0; i < p->count && !st; i++) st = read_event(p, db, &p->items[i], a);
    if (!st) st = write_all(p, a);
    pthread_mutex_unlock(&p->x->receiving);
    if (st) return st;
    for (size_t i = 0; i < p->count; i++) answers[i] = receipt_make(&p->items[i].answer, p->items[i].key, a);
    *answer = parcel_make(answers, p->count, a);
    channels_wake(p->x); // there is something to hear
    log_refusals(p);
    return STATUS_OK;
}

// Receipts, missives and messages are told apart by their first part.
static bool are_receipts(const struct bytes *items, size_t count, const struct directory *d,
                         struct moment now, uint32_t *by) {
    struct receipt r;
    if (!count || receipt_read(items[0], &d->members, now, &r)) return false;
    *by = r.by;
    return true;
}

static enum status receive(struct channels *x, uint32_t from, const struct bytes *items, size_t count,
                           struct db *db, struct arena *a, struct bytes *answer) {
    struct directory *d;
    struct channels_round round = {0};
    uint32_t by;
    enum status st = directory_take(x, db, &d);
    if (st) return st;
    struct parcel *p = ARENA_NEW(a, struct parcel);
    *p = (struct parcel){.x = x, .d = d, .now = env_now(x->env), .from = from, .count = count};
    const struct own_key *key = channels_key(x, d, p->now);
    for (size_t i = 0; i < count; i++)
        p->items[i] = (struct incoming){.x = x, .message = items[i], .key = key};
    if (are_receipts(items, count, d, p->now, &by))
        st = from && from != by ? STATUS_REFUSED : channels_answers(x, d, by, items, count, &round);
    else if (key && are_missives(items, count))
        st = missives_receive(x, d, key, from, items, count, db, a, answer);
    else
        st = key ? take_parcel(p, db, a, answer) : STATUS_BUSY; // we have no key to answer with
    for (size_t i = 0; i < count; i++) {
        key_wipe(&p->items[i].slot.content_key);
        key_wipe(&p->asks[i].ground.key);
    }
    directory_give(x, d);
    return st;
}

enum status channels_receive(void *context, uint32_t from, struct bytes parcel, struct arena *a,
                             struct bytes *answer) {
    struct channels *x = context;
    struct bytes items[PARCEL_MESSAGES_MAX];
    struct db *db;
    size_t count;
    *answer = (struct bytes){0};
    enum status st = parcel_read(parcel, items, &count);
    if (st) return st;
    if (!has_tokens(x, from, count)) return STATUS_BUSY;
    st = store_reader(x->store, &db);
    if (st) return st;
    st = receive(x, from, items, count, db, a, answer);
    store_reader_release(x->store, db);
    return st;
}
