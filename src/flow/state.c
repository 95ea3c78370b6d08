// state.c - the state of an instance as deterministic CBOR and back. Elements are named by their ids, so that
// a state can move to another version of the model as long as it still has the elements where it stands.
//
//   [2, next id, ended, tokens, scopes, waits, incidents, done]
//   token     [id, scope, element, kind, phase + 8 armed + 16 leaving, instance, step,
//              way it came by: id, place or null]
//   scope     [id, parent, owner, element or null, 1 repeated + 2 undoing, total, started, completed]
//   wait      [id, token, scope, element, definition, event, due, fired, repeats, key]
//   incident  [token, rule, detail]
//   done      [id, in, element, instance]
//
// Version 1, which is still read, had no steps, undoing scopes, definitions and done activities.
#include "base/cbor.h"
#include "flow/model.h"

#include <assert.h>

enum { VERSION = 2, REPEATED = 1, UNDOING = 2, ARMED = 8, LEAVING = 16, PHASE = 7 };

// ---- writing ----

static void write_way(const struct flow_model *m, const struct flow_token *t, struct out *o) {
    if (t->flow < 0) {
        cbor_null(o);
        return;
    }
    struct text id = m->edges.items[t->flow].id;
    const struct node *n = node_at(m, t->element);
    size_t place = 0;
    while (n->in.items[place] != t->flow) place++;
    if (id.n)
        cbor_text(o, id);
    else
        cbor_int(o, (int64_t)place);
}

static void write_tokens(const struct flow_model *m, const struct flow_state *s, struct out *o) {
    cbor_array(o, s->tokens.count);
    for (size_t i = 0; i < s->tokens.count; i++) {
        const struct flow_token *t = &s->tokens.items[i];
        assert(t->phase != FLOW_READY);
        cbor_array(o, 8);
        cbor_int(o, t->id);
        cbor_int(o, t->scope);
        cbor_text(o, node_at(m, t->element)->e.id);
        cbor_int(o, node_at(m, t->element)->e.kind);
        cbor_int(o, (int)t->phase + (t->armed ? ARMED : 0) + (t->leaving ? LEAVING : 0));
        cbor_int(o, t->instance);
        cbor_int(o, t->step);
        write_way(m, t, o);
    }
}

static void write_scopes(const struct flow_model *m, const struct flow_state *s, struct out *o) {
    cbor_array(o, s->scopes.count);
    for (size_t i = 0; i < s->scopes.count; i++) {
        const struct flow_scope *c = &s->scopes.items[i];
        cbor_array(o, 8);
        cbor_int(o, c->id);
        cbor_int(o, c->parent);
        cbor_int(o, c->owner);
        if (c->element < 0)
            cbor_null(o);
        else
            cbor_text(o, node_at(m, c->element)->e.id);
        cbor_int(o, (c->repeated ? REPEATED : 0) + (c->undoing ? UNDOING : 0));
        cbor_int(o, c->total);
        cbor_int(o, c->started);
        cbor_int(o, c->completed);
    }
}

static void write_waits(const struct flow_model *m, const struct flow_state *s, struct out *o) {
    cbor_array(o, s->waits.count);
    for (size_t i = 0; i < s->waits.count; i++) {
        const struct flow_wait *w = &s->waits.items[i];
        cbor_array(o, 10);
        cbor_int(o, w->id);
        cbor_int(o, w->token);
        cbor_int(o, w->scope);
        cbor_text(o, node_at(m, w->element)->e.id);
        cbor_int(o, w->definition);
        cbor_int(o, w->kind);
        cbor_int(o, w->due.ms);
        cbor_int(o, w->fired);
        cbor_int(o, w->repeats);
        cbor_text(o, w->key);
    }
}

struct bytes flow_state_write(const struct flow_model *m, const struct flow_state *s, struct arena *a) {
    struct out o = {.arena = a};
    cbor_array(&o, 8);
    cbor_int(&o, VERSION);
    cbor_int(&o, s->next_id);
    cbor_bool(&o, s->ended);
    write_tokens(m, s, &o);
    write_scopes(m, s, &o);
    write_waits(m, s, &o);
    cbor_array(&o, s->incidents.count);
    for (size_t i = 0; i < s->incidents.count; i++) {
        cbor_array(&o, 3);
        cbor_int(&o, s->incidents.items[i].token);
        cbor_text(&o, s->incidents.items[i].rule);
        cbor_text(&o, s->incidents.items[i].detail);
    }
    cbor_array(&o, s->done.count);
    for (size_t i = 0; i < s->done.count; i++) {
        cbor_array(&o, 4);
        cbor_int(&o, s->done.items[i].id);
        cbor_int(&o, s->done.items[i].in);
        cbor_text(&o, node_at(m, s->done.items[i].element)->e.id);
        cbor_int(&o, s->done.items[i].instance);
    }
    return bytes_of(out_done(&o));
}

// ---- reading ----

// The first failure stays; after it every take gives zero.
struct input {
    struct cbor_reader cbor;
    enum status status;
    const struct flow_model *model;
    struct arena *arena;
    struct problem *problem;
    bool first_version;
};

static struct cbor_item take(struct input *in, enum cbor_kind kind) {
    struct cbor_item item = {0};
    if (!in->status) in->status = cbor_next(&in->cbor, &item);
    if (!in->status && item.kind != kind) in->status = STATUS_CORRUPT;
    return in->status ? (struct cbor_item){0} : item;
}

static int64_t take_int(struct input *in, int64_t min, int64_t max) {
    int64_t value = take(in, CBOR_INT).integer;
    if (!in->status && (value < min || value > max)) in->status = STATUS_CORRUPT;
    return in->status ? 0 : value;
}
static int64_t take_id(struct input *in) {
    return take_int(in, 0, (int64_t)1 << 53);
}
static bool take_bool(struct input *in) {
    return take(in, CBOR_BOOL).integer;
}
static struct text take_text(struct input *in) {
    return text_copy(in->arena, take(in, CBOR_TEXT).text);
}

static size_t take_array(struct input *in, size_t min, size_t max) {
    int64_t n = take(in, CBOR_ARRAY).integer;
    if (!in->status && (n < (int64_t)min || n > (int64_t)max)) in->status = STATUS_CORRUPT;
    return in->status ? 0 : (size_t)n;
}

static void unknown_element(struct input *in, struct text id) {
    in->status = problem(in->problem, "", "flow_element_unknown", "problem.flow.element_unknown_now");
    problem_arg(in->problem, "element", text_copy(in->arena, id));
}

static int element_named(struct input *in, struct text id) {
    int element = find_node(in->model, id);
    if (element < 0) unknown_element(in, id);
    return element;
}

static int take_element(struct input *in) {
    struct text id = take_text(in);
    return in->status ? -1 : element_named(in, id);
}

static int way_by(const struct flow_model *m, const struct node *n, const struct cbor_item *item) {
    if (item->kind == CBOR_INT)
        return item->integer >= 0 && (uint64_t)item->integer < n->in.count ? n->in.items[item->integer] : -1;
    for (size_t i = 0; i < n->in.count && item->kind == CBOR_TEXT; i++)
        if (text_eq(m->edges.items[n->in.items[i]].id, item->text)) return n->in.items[i];
    return -1;
}

// A token that arrived at a join needs its way in, one that is stuck there keeps it; any other has none.
static int take_way(struct input *in, const struct flow_token *t) {
    struct cbor_item item = {0};
    if (!in->status) in->status = cbor_next(&in->cbor, &item);
    if (in->status) return -1;
    const struct node *n = node_at(in->model, t->element);
    if (item.kind == CBOR_NULL && t->phase != FLOW_ARRIVED) return -1;
    if (t->phase != FLOW_ARRIVED && (t->phase != FLOW_STUCK || n->e.kind != FLOW_COMPLEX)) {
        in->status = STATUS_CORRUPT;
        return -1;
    }
    int way = way_by(in->model, n, &item);
    if (way < 0) unknown_element(in, item.kind == CBOR_TEXT ? item.text : n->e.id);
    return way;
}

static bool fits_phase(const struct node *n, enum flow_phase p) {
    enum flow_kind k = n->e.kind;
    switch (p) {
    case FLOW_ARRIVED:
        return k == FLOW_PARALLEL || k == FLOW_INCLUSIVE || k == FLOW_COMPLEX || is_start_quantity(n);
    case FLOW_INSIDE:
        return has_inside(k) || n->loop != LOOP_NONE ||
               ((k == FLOW_THROW_EVENT || k == FLOW_END_EVENT) && has_definition(n, FLOW_COMPENSATION));
    case FLOW_WAITING:
        return is_activity(k) || k == FLOW_CATCH_EVENT || k == FLOW_THROW_EVENT || k == FLOW_END_EVENT ||
               k == FLOW_EVENT_BASED || (k == FLOW_START_EVENT && n->e.all);
    case FLOW_STUCK: return k != FLOW_EVENT_SUB_PROCESS;
    default: return false;
    }
}

static bool may_leave(const struct node *n, enum flow_phase p) {
    return p == FLOW_STUCK || (p == FLOW_ARRIVED && n->e.kind == FLOW_COMPLEX);
}

static void read_token(struct input *in, struct flow_token *t) {
    size_t fields = in->first_version ? 7 : 8;
    take_array(in, fields, fields);
    t->id = take_id(in);
    t->scope = take_id(in);
    t->element = take_element(in);
    int64_t kind = take_int(in, 0, FLOW_KIND_COUNT - 1);
    int64_t flags = take_int(in, 0, LEAVING + ARMED + PHASE);
    t->phase = (enum flow_phase)(flags & PHASE), t->armed = flags & ARMED, t->leaving = flags & LEAVING;
    t->instance = (int)take_int(in, 0, FLOW_STEPS_MAX);
    if (!in->first_version) t->step = (int)take_int(in, 0, FLOW_DEFINITIONS_MAX);
    if (in->status) return;
    const struct node *n = node_at(in->model, t->element);
    if ((int64_t)n->e.kind != kind)
        unknown_element(in, n->e.id);
    else if (!fits_phase(n, t->phase) || (t->leaving && !may_leave(n, t->phase)))
        in->status = STATUS_CORRUPT;
    t->flow = take_way(in, t);
}

static void read_scope_record(struct input *in, struct flow_scope *s) {
    struct cbor_item item = {0};
    take_array(in, 8, 8);
    s->id = take_id(in);
    s->parent = take_id(in);
    s->owner = take_id(in);
    s->element = -1;
    if (!in->status) in->status = cbor_next(&in->cbor, &item);
    if (!in->status && item.kind == CBOR_TEXT)
        s->element = element_named(in, item.text);
    else if (!in->status && item.kind != CBOR_NULL)
        in->status = STATUS_CORRUPT;
    int64_t flags = in->first_version ? take_bool(in) : take_int(in, 0, UNDOING);
    s->repeated = flags == REPEATED, s->undoing = flags == UNDOING;
    s->total = (int)take_int(in, 0, FLOW_STEPS_MAX);
    s->started = (int)take_int(in, 0, FLOW_STEPS_MAX);
    s->completed = (int)take_int(in, 0, FLOW_STEPS_MAX);
}

static void read_wait(struct input *in, struct flow_wait *w) {
    size_t fields = in->first_version ? 9 : 10;
    take_array(in, fields, fields);
    w->id = take_id(in);
    w->token = take_id(in);
    w->scope = take_id(in);
    w->element = take_element(in);
    if (!in->first_version) w->definition = (int)take_int(in, 0, FLOW_DEFINITIONS_MAX);
    w->kind = (enum flow_event)take_int(in, FLOW_MESSAGE, FLOW_CONDITIONAL);
    w->due.ms = take_int(in, INT64_MIN, INT64_MAX);
    w->fired = (int)take_int(in, 0, 1000000000);
    w->repeats = (int)take_int(in, -1, INT32_MAX);
    w->key = take_text(in);
    if (in->status) return;
    const struct node *n = node_at(in->model, w->element);
    if ((size_t)w->definition >= n->definitions.count || n->definitions.items[w->definition].event != w->kind)
        unknown_element(in, n->e.id);
    else
        w->name = n->definitions.items[w->definition].name;
}

#define READ_LIST(in, s, list, reader)                          \
    do {                                                        \
        size_t count_ = take_array((in), 0, FLOW_TOKENS_MAX);   \
        for (size_t i_ = 0; i_ < count_ && !(in)->status; i_++) \
            reader((in), ARENA_PUSH((in)->arena, &(s)->list));  \
    } while (0)

static void read_incident(struct input *in, struct flow_incident *i) {
    take_array(in, 3, 3);
    i->token = take_id(in);
    i->rule = take_text(in);
    i->detail = take_text(in);
}

static void read_done(struct input *in, struct flow_done *d) {
    take_array(in, 4, 4);
    d->id = take_id(in);
    d->in = take_id(in);
    d->element = take_element(in);
    d->instance = (int)take_int(in, 0, FLOW_STEPS_MAX);
}

enum status flow_state_read(const struct flow_model *m, struct bytes b, struct arena *a,
                            struct flow_state *out, struct problem *p) {
    struct flow_state s = {0};
    if (b.n > FLOW_STATE_MAX) return STATUS_TOO_LARGE;
    struct input in = {.cbor = cbor_reader(b), .model = m, .arena = a, .problem = p};
    size_t fields = take_array(&in, 7, 8);
    in.first_version = fields == 7;
    take_int(&in, in.first_version ? 1 : VERSION, in.first_version ? 1 : VERSION);
    s.next_id = take_id(&in);
    s.ended = take_bool(&in);
    READ_LIST(&in, &s, tokens, read_token);
    READ_LIST(&in, &s, scopes, read_scope_record);
    READ_LIST(&in, &s, waits, read_wait);
    READ_LIST(&in, &s, incidents, read_incident);
    if (!in.first_version) READ_LIST(&in, &s, done, read_done);
    if (!in.status && in.cbor.at != in.cbor.end) in.status = STATUS_CORRUPT;
    if (!in.status && !flow_state_is_sound(m, &s)) in.status = STATUS_CORRUPT;
    if (!in.status) *out = s;
    return in.status;
}
