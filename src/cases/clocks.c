// clocks.c - the law's clocks of a case: from the pack's rules to events.
#include "cases/internal.h"

#include "base/cbor.h"

// struct clock as a CBOR array, in the order of its fields.
struct bytes clock_encode(struct arena *a, const struct clock *c) {
    struct out o = {.arena = a};
    cbor_array(&o, 12);
    cbor_int(&o, c->trigger.ms);
    cbor_int(&o, c->period.count);
    cbor_int(&o, c->period.unit);
    cbor_int(&o, c->extended);
    cbor_int(&o, c->suspended_units);
    cbor_int(&o, c->suspended_ms);
    cbor_bool(&o, c->is_suspended);
    cbor_int(&o, c->suspended_at.ms);
    cbor_bool(&o, c->is_stopped);
    cbor_int(&o, c->stopped_at.ms);
    cbor_int(&o, date_to_days(c->due_on));
    cbor_int(&o, c->due.ms);
    return bytes_of(out_done(&o));
}

enum status clock_decode(struct bytes b, struct clock *c) {
    struct cbor_reader r = cbor_reader(b);
    struct cbor_item head, v[12];
    *c = (struct clock){0};
    enum status st = cbor_next(&r, &head);
    if (st || head.kind != CBOR_ARRAY || head.integer != 12) return STATUS_CORRUPT;
    for (int i = 0; i < 12; i++) {
        st = cbor_next(&r, &v[i]);
        if (st || (v[i].kind != CBOR_INT && v[i].kind != CBOR_BOOL)) return STATUS_CORRUPT;
    }
    if (v[2].integer < UNIT_HOURS || v[2].integer > UNIT_YEARS) return STATUS_CORRUPT;
    c->trigger.ms = v[0].integer;
    c->period = (struct deadline_period){v[1].integer, (enum deadline_unit)v[2].integer};
    c->extended = v[3].integer;
    c->suspended_units = v[4].integer;
    c->suspended_ms = v[5].integer;
    c->is_suspended = v[6].integer != 0;
    c->suspended_at.ms = v[7].integer;
    c->is_stopped = v[8].integer != 0;
    c->stopped_at.ms = v[9].integer;
    c->due_on = date_from_days(v[10].integer);
    c->due.ms = v[11].integer;
    return STATUS_OK;
}

const struct deadline_rule *clock_rule(const struct pack *pack, struct text rule, const struct clock *c,
                                       const struct zone *z) {
    return pack_deadline(pack, rule, zone_date(z, c->trigger));
}

static struct text owner_word(const struct deadline_rule *r) {
    return r->owner == OWNER_PERSON ? T("person") : T("authority");
}

// When the clock must be looked at again; one that was over before it was recorded, at once.
static int64_t wake_of(const struct deadline_rule *r, const struct clock *c, int warned, struct moment now) {
    struct moment at;
    if (deadline_next_change(r, c, now, &at)) return at.ms;
    return warned < 100 && !c->is_stopped && !c->is_suspended && c->due.ms <= now.ms ? now.ms : DUE_NONE;
}

// What the work list counts down: a suspended clock stands still.
static int64_t due_of(const struct clock *c) {
    return c->is_suspended ? DUE_NONE : c->due.ms;
}

enum status clock_start(struct decide *d, struct text rule, struct moment trigger, int64_t about,
                        struct moment *due) {
    const struct deadline_rule *r = pack_deadline(d->pack, rule, zone_date(d->cases->zone, trigger));
    if (!r) {
        enum status st = problem(d->problem, "deadline", "deadline_unknown", "problem.deadline.unknown");
        problem_arg(d->problem, "rule", rule);
        return st;
    }
    struct clock c = deadline_start(r, pack_rule_calendar(d->pack, r), trigger);
    struct clock_state_row *row = ARENA_PUSH(d->arena, &d->s->clocks);
    *row = (struct clock_state_row){.clock_id = case_new_id(d),
                                    .about = about,
                                    .rule = r->id,
                                    .owner = owner_word(r),
                                    .clock = c,
                                    .is_open = true};
    struct event_draft *e = case_emit(d, &EVENT_clock_started);
    draft_int(e, "clock", row->clock_id);
    draft_personal_text(e, "rule", r->id); // some run only for children, or for one track
    draft_text(e, "owner", row->owner);
    draft_int(e, "about", about);
    draft_personal_bytes(e, "state", clock_encode(d->arena, &c));
    draft_int(e, "due", c.due.ms);
    draft_int(e, "wake", wake_of(r, &c, 0, d->now));
    if (due) *due = c.due;
    return STATUS_OK;
}

enum status clock_start_by_trigger(struct decide *d, struct text trigger, int64_t about, struct moment *due) {
    const struct deadlines *all = pack_deadlines(d->pack);
    struct date on = case_today(d);
    for (size_t i = 0; i < all->count; i++) {
        if (!text_eq(all->items[i].trigger, trigger)) continue;
        if (pack_deadline(d->pack, all->items[i].id, on) != &all->items[i]) continue;
        return clock_start(d, all->items[i].id, d->received, about, due);
    }
    if (due) *due = (struct moment){0};
    return STATUS_OK; // this law sets no time for it
}

static struct event_draft *changed(struct decide *d, struct clock_state_row *row,
                                   const struct deadline_rule *r, const char *how) {
    struct event_draft *e = case_emit(d, &EVENT_clock_changed);
    draft_int(e, "clock", row->clock_id);
    draft_personal_text(e, "rule", row->rule);
    draft_text(e, "how", text_of(how));
    draft_bool(e, "open", row->is_open);
    draft_personal_bytes(e, "state", clock_encode(d->arena, &row->clock));
    draft_int(e, "due", due_of(&row->clock));
    draft_int(e, "warned", row->warned);
    draft_int(e, "wake", r && row->is_open ? wake_of(r, &row->clock, row->warned, d->now) : DUE_NONE);
    return e;
}

void clock_stop(struct decide *d, struct clock_state_row *row) {
    if (!row || !row->is_open) return;
    struct moment at = d->received.ms > row->clock.trigger.ms ? d->received : row->clock.trigger;
    enum status late_or_not = deadline_stop(&row->clock, at, NULL);
    (void)late_or_not; // stopping twice is the only mistake, and is_open excludes it
    row->is_open = false;
    changed(d, row, NULL, at.ms < row->clock.due.ms ? "met" : "met_late");
}

static const struct sql CLOSED_CLOCK = SQL(
    "clock_closed", "select clock_id, rule, owner, state, warned from clock where case_id = :case"
                    " and is_open = 0 and rule = :rule and about = :about order by clock_id desc limit 1");

enum status clock_meet(struct decide *d, struct text rule, int64_t about) {
    struct rows r;
    struct clock_state_row row = {.about = about, .is_open = true};
    for (size_t i = 0; i < d->s->clocks.count; i++) {
        struct clock_state_row *open = &d->s->clocks.items[i];
        if (!open->is_open || !text_eq(open->rule, rule) || open->about != about) continue;
        clock_stop(d, open);
        return STATUS_OK;
    }
    enum status st =
        DB_ONE(d->write->db, &r, &CLOSED_CLOCK, V_INT(d->s->case_id), V_TEXT(rule), V_INT(about));
    if (!st) {
        row.clock_id = row_int(&r, 0);
        row.rule = text_copy(d->arena, row_text(&r, 1));
        row.owner = text_copy(d->arena, row_text(&r, 2));
        row.warned = (int)row_int(&r, 4);
        st = clock_decode(row_bytes(&r, 3), &row.clock);
    }
    enum status end = rows_end(&r);
    if (st == STATUS_NOT_FOUND || end) return end;
    if (!st && !row.clock.is_stopped && d->received.ms < row.clock.due.ms) clock_stop(d, &row);
    return st;
}

void clock_stop_about(struct decide *d, int64_t about) {
    for (size_t i = 0; i < d->s->clocks.count; i++)
        if (d->s->clocks.items[i].about == about) clock_stop(d, &d->s->clocks.items[i]);
}

void clock_stop_trigger(struct decide *d, struct text trigger) {
    for (size_t i = 0; i < d->s->clocks.count; i++) {
        struct clock_state_row *row = &d->s->clocks.items[i];
        const struct deadline_rule *r = clock_rule(d->pack, row->rule, &row->clock, d->cases->zone);
        if (r && text_eq(r->trigger, trigger)) clock_stop(d, row);
    }
}

struct clock_state_row *clock_running(struct decide *d, struct text rule) {
    for (size_t i = 0; i < d->s->clocks.count; i++) {
        struct clock_state_row *row = &d->s->clocks.items[i];
        if (row->is_open && text_eq(row->rule, rule)) return row;
    }
    return NULL;
}

// ---- clocks that start by themselves ----

// The rule in force on that day, when it is one of these.
static bool starts_itself(const struct decide *d, const struct deadline_rule *r, struct moment at) {
    return r->met_by.n && pack_deadline(d->pack, r->id, zone_date(d->cases->zone, at)) == r;
}

static enum status holds(struct decide *d, const struct deadline_rule *r, bool *out) {
    const struct feel_expression *e;
    struct feel_value v = feel_null();
    struct feel_now now = feel_now_of(d->cases, d->now);
    *out = true;
    if (!r->when.n) return STATUS_OK;
    const struct feel_value *facts = facts_of(d, r->when);
    if (!facts) return STATUS_CORRUPT;
    enum status st = expression_find(d->cases, r->when, &e, d->problem);
    if (!st) st = feel_eval(e, facts, &now, d->arena, &v, NULL);
    *out = feel_is_true(&v);
    return st;
}

enum status clocks_begin(struct decide *d, const char *trigger, struct moment at) {
    const struct deadlines *all = pack_deadlines(d->pack);
    enum status st = STATUS_OK;
    for (size_t i = 0; i < all->count && !st; i++) {
        const struct deadline_rule *r = &all->items[i];
        bool is_true = false;
        if (!text_eq(r->trigger, text_of(trigger)) || !starts_itself(d, r, at)) continue;
        if (clock_running(d, r->id)) continue;
        st = holds(d, r, &is_true);
        if (!st && is_true) st = clock_start(d, r->id, at, 0, NULL);
    }
    return st;
}

size_t clocks_meet(struct decide *d, struct text act) {
    size_t n = 0;
    for (size_t i = 0; i < d->s->clocks.count; i++) {
        struct clock_state_row *row = &d->s->clocks.items[i];
        const struct deadline_rule *r = clock_rule(d->pack, row->rule, &row->clock, d->cases->zone);
        if (!row->is_open || !r || !text_eq(r->met_by, act)) continue;
        clock_stop(d, row);
        n++;
    }
    return n;
}

static const struct sql CLOCKS_EVER =
    SQL("clocks_ever", "select count(*) from clock where case_id = :case and rule = :rule");

// Once it was met, a new fact does not ask for it again.
static enum status begin_once(struct decide *d, const struct deadline_rule *r) {
    int64_t before = 0;
    struct moment at = text_eq(r->trigger, T("made"))         ? d->s->made_at
                       : text_eq(r->trigger, T("registered")) ? d->s->registered_at
                       : text_eq(r->trigger, T("lodged"))     ? d->s->lodged_at
                                                              : (struct moment){0};
    if (!at.ms || !starts_itself(d, r, at) || clock_running(d, r->id)) return STATUS_OK;
    enum status st = DB_INT(d->write->db, &before, &CLOCKS_EVER, V_INT(d->s->case_id), V_TEXT(r->id));
    return st || before ? st : clock_start(d, r->id, at, 0, NULL);
}

enum status clocks_review(struct decide *d) {
    const struct deadlines *all = pack_deadlines(d->pack);
    enum status st = STATUS_OK;
    for (size_t i = 0; i < all->count && !st; i++) {
        const struct deadline_rule *r = &all->items[i];
        bool is_true = true;
        if (!r->when.n || d->s->is_closed) continue;
        st = holds(d, r, &is_true);
        if (st) break;
        if (is_true)
            st = begin_once(d, r);
        else
            clock_stop(d, clock_running(d, r->id));
    }
    return st;
}

void clocks_end(struct decide *d) {
    for (size_t i = 0; i < d->s->clocks.count; i++) {
        struct clock_state_row *row = &d->s->clocks.items[i];
        const struct deadline_rule *r = clock_rule(d->pack, row->rule, &row->clock, d->cases->zone);
        if (r && r->met_by.n) clock_stop(d, row);
    }
}

static enum status find_clock(struct decide *d, int64_t id, struct clock_state_row **row,
                              const struct deadline_rule **rule) {
    for (size_t i = 0; i < d->s->clocks.count; i++) {
        *row = &d->s->clocks.items[i];
        if ((*row)->clock_id != id || !(*row)->is_open) continue;
        *rule = clock_rule(d->pack, (*row)->rule, &(*row)->clock, d->cases->zone);
        return *rule ? STATUS_OK : STATUS_CORRUPT;
    }
    enum status told = problem(d->problem, "clock", "clock_closed", "problem.clock.closed");
    (void)told;
    return STATUS_INVALID;
}

// The highest warning, in per cent, that has been reached.
static int warning_reached(const struct deadline_rule *r, const struct clock *c, struct moment now) {
    switch (deadline_state(r, c, now)) {
    case CLOCK_WARNING_50: return r->warning_count > 0 ? r->warnings[0] : 50;
    case CLOCK_WARNING_80: return r->warning_count > 1 ? r->warnings[1] : 80;
    case CLOCK_OVERDUE:
    case CLOCK_LAPSED: return 100;
    default: return 0;
    }
}

enum status decide_extend_deadline(struct decide *d) {
    struct extend_deadline c = d->command->extend_deadline;
    struct clock_state_row *row = NULL;
    const struct deadline_rule *r = NULL;
    enum status st = find_clock(d, c.clock, &row, &r);
    if (!st) st = want_text(d, "reason", &c.reason, 1, REASONS_BYTES_MAX);
    if (!st) st = deadline_extend(r, pack_rule_calendar(d->pack, r), &row->clock, c.ground, d->problem);
    if (st) return st;
    row->warned = warning_reached(r, &row->clock, d->now); // the end is further away: it warns anew
    struct event_draft *e = changed(d, row, r, "extended");
    draft_text(e, "ground", c.ground);
    draft_personal_text(e, "reason", c.reason);
    return process_clock_moved(d);
}

enum status decide_suspend_deadline(struct decide *d) {
    struct suspend_deadline c = d->command->suspend_deadline;
    struct clock_state_row *row = NULL;
    const struct deadline_rule *r = NULL;
    enum status st = find_clock(d, c.clock, &row, &r);
    if (!st) st = want_text(d, "reason", &c.reason, 1, REASONS_BYTES_MAX);
    if (!st) st = deadline_suspend(r, &row->clock, d->now, d->problem);
    if (st) return st;
    draft_personal_text(changed(d, row, r, "suspended"), "reason", c.reason);
    return process_clock_moved(d);
}

enum status decide_resume_deadline(struct decide *d) {
    struct clock_state_row *row = NULL;
    const struct deadline_rule *r = NULL;
    enum status st = find_clock(d, d->command->resume_deadline.clock, &row, &r);
    if (!st) st = deadline_resume(r, pack_rule_calendar(d->pack, r), &row->clock, d->now, d->problem);
    if (st) return st;
    changed(d, row, r, "resumed");
    return process_clock_moved(d);
}

static void close_request(struct decide *d, int64_t request) {
    for (size_t i = 0; i < d->s->requests.count; i++) {
        struct request_row *q = &d->s->requests.items[i];
        if (q->id != request || !text_eq(q->state, T("open"))) continue;
        struct event_draft *e = case_emit(d, &EVENT_request_closed);
        draft_int(e, "request", q->id);
        draft_text(e, "state", T("lapsed"));
        q->state = T("lapsed");
    }
}

// The clock reached a warning or its end. What silence means is the law's business: the effect is a message
// to the process, "deadline_lapsed" with the rule, and the person is told.
enum status decide_clock_passed(struct decide *d) {
    struct clock_state_row *row = NULL;
    const struct deadline_rule *r = NULL;
    enum status st = find_clock(d, d->command->clock_passed.clock, &row, &r);
    if (st) return st;
    int reached = warning_reached(r, &row->clock, d->now);
    if (reached <= row->warned) { // woken early: the clock was moved meanwhile
        changed(d, row, r, "checked");
        return STATUS_OK;
    }
    row->warned = reached;
    bool lapsed = deadline_state(r, &row->clock, d->now) == CLOCK_LAPSED;
    if (lapsed) row->is_open = false;
    struct event_draft *e = changed(d, row, r, lapsed ? "lapsed" : "warned");
    draft_text(e, "effect", lapsed ? r->effect : T(""));
    if (!lapsed) return STATUS_OK;
    if (row->about) close_request(d, row->about);
    if (text_eq(r->effect, T("paper_copy"))) return channel_print_letter(d, row->about);
    return process_message(d, "deadline_lapsed");
}

static bool is_named(struct text name, struct text rule) {
    if (!text_ends(name, T("*"))) return text_eq(rule, name);
    return text_starts(rule, text_slice(name, 0, name.n - 1));
}

enum status clocks_pause(struct decide *d, struct text name, bool is_paused) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < d->s->clocks.count && !st; i++) {
        struct clock_state_row *row = &d->s->clocks.items[i];
        const struct deadline_rule *r = clock_rule(d->pack, row->rule, &row->clock, d->cases->zone);
        bool fits = row->is_open && r && r->can_suspend && row->clock.is_suspended != is_paused;
        if (!fits || !is_named(name, row->rule)) continue;
        st = is_paused
                 ? deadline_suspend(r, &row->clock, d->now, d->problem)
                 : deadline_resume(r, pack_rule_calendar(d->pack, r), &row->clock, d->now, d->problem);
        if (!st) changed(d, row, r, is_paused ? "suspended" : "resumed");
    }
    return st;
}
