// natural_do.c - what people say about who is who: each act is one event, or is refused.
#include "search/natural_inside.h"

enum status natural_no(struct natural_decide *k, const char *field, const char *rule, const char *key) {
    return problem(k->problem, field, rule, key);
}

// ---- proposals ----

struct proposal {
    const char *act;
    int64_t natural, other, record, merge;
};

static void put_moves(struct natural_decide *k, struct event_draft *e) {
    struct ids flat = {0};
    for (size_t i = 0; i < k->command->move_count; i++) {
        *ARENA_PUSH(k->arena, &flat) = k->command->moves[i].record;
        *ARENA_PUSH(k->arena, &flat) = k->command->moves[i].goes;
    }
    draft_bytes(e, "moves", ids_encode(k->arena, &flat));
}

static enum status propose(struct natural_decide *k, const struct proposal *x) {
    static const struct sql SAME =
        SQL("natural_proposal_same", "select proposal_id from natural_proposal where state = 'asked' and act "
                                     "= :act and natural_id = :natural"
                                     " and other_id = :other and record_id = :record");
    int64_t id;
    enum status st = DB_INT(k->db, &id, &SAME, V_TEXT(text_of(x->act)), V_INT(x->natural), V_INT(x->other),
                            V_INT(x->record));
    if (!st) return natural_no(k, "", "natural_asked", "problem.natural.asked");
    if (st != STATUS_NOT_FOUND) return st;
    id = k->result->proposal = write_id(k->write);
    st = write_subject(k->write, id);
    struct event_draft *e = events_add(k->out, &EVENT_natural_proposed, x->natural, id);
    draft_int(e, "proposal", id);
    draft_text(e, "act", text_of(x->act));
    draft_int(e, "other", x->other);
    draft_int(e, "record", x->record);
    draft_int(e, "merge", x->merge);
    put_moves(k, e);
    draft_personal_text(e, "reason", text_trim(k->command->reason));
    k->result->person = x->natural;
    return st;
}

static enum status want_record(struct natural_decide *k, int64_t record, const char *field) {
    enum status st = record_there(k->db, record);
    return st == STATUS_NOT_FOUND ? natural_no(k, field, "natural_record", "problem.natural.record") : st;
}

// The person that a record is linked to, as it stands now; 0: none.
static enum status root_of_record(struct natural_decide *k, int64_t record, int64_t *root) {
    *root = 0;
    enum status st = natural_home(k->db, record, root);
    return st || !*root ? st : natural_root(k->db, *root, root);
}

static enum status want_root(struct natural_decide *k, int64_t natural, const char *field) {
    struct natural_row row;
    enum status st = natural_row_read(k->db, natural, k->arena, &row);
    if (st == STATUS_NOT_FOUND) return natural_no(k, field, "natural_person", "problem.natural.person");
    if (st || !row.merged_into) return st;
    return natural_no(k, field, "natural_merged", "problem.natural.merged");
}

// Adds the event of a new natural person and says its id.
static enum status new_person(struct natural_decide *k, int64_t record, int64_t *natural) {
    int64_t id = write_id(k->write);
    struct event_draft *e = events_add(k->out, &EVENT_natural_opened, id, 0);
    draft_text(e, "number", natural_number(k->arena, write_counter(k->write, T("natural_no"))));
    draft_int(e, "record", record);
    *natural = id;
    return STATUS_OK;
}

static enum status open_person(struct natural_decide *k) {
    int64_t home;
    enum status st = want_record(k, k->command->record, "record");
    if (!st) st = natural_home(k->db, k->command->record, &home);
    if (st) return st;
    if (home) return natural_no(k, "record", "natural_has", "problem.natural.has");
    return new_person(k, k->command->record, &k->result->person);
}

static enum status propose_link(struct natural_decide *k, int64_t record, int64_t natural) {
    return propose(k, &(struct proposal){.act = "link", .natural = natural, .record = record});
}

static enum status propose_merge(struct natural_decide *k, int64_t natural, int64_t other) {
    struct ids tree = {0}, records = {0};
    enum status st = natural_tree(k->db, natural, k->arena, &tree);
    if (!st) st = natural_tree(k->db, other, k->arena, &tree);
    if (!st) st = natural_records(k->db, &tree, k->arena, &records);
    if (st) return st;
    if (tree.count > NATURAL_MERGES_MAX || records.count > NATURAL_RECORDS_MAX)
        return natural_no(k, "", "natural_too_many", "problem.natural.too_many");
    return propose(k, &(struct proposal){.act = "merge", .natural = natural, .other = other});
}

static enum status same(struct natural_decide *k) {
    const struct natural_command *c = k->command;
    int64_t one, other;
    if (c->record == c->other_record) return natural_no(k, "other", "natural_self", "problem.natural.self");
    enum status st = want_record(k, c->record, "record");
    if (!st) st = want_record(k, c->other_record, "other");
    if (!st) st = root_of_record(k, c->record, &one);
    if (!st) st = root_of_record(k, c->other_record, &other);
    if (st) return st;
    if (one && one == other) return natural_no(k, "other", "natural_one", "problem.natural.one");
    if (one && other) return propose_merge(k, one < other ? one : other, one < other ? other : one);
    if (one) return propose_link(k, c->other_record, one);
    if (other) return propose_link(k, c->record, other);
    st = new_person(k, c->record, &one);
    return st ? st : propose_link(k, c->other_record, one);
}

static enum status link_record(struct natural_decide *k) {
    int64_t home;
    enum status st = want_record(k, k->command->record, "record");
    if (!st) st = want_root(k, k->command->person, "person");
    if (!st) st = natural_home(k->db, k->command->record, &home);
    if (st) return st;
    if (home) return natural_no(k, "record", "natural_has", "problem.natural.has");
    return propose_link(k, k->command->record, k->command->person);
}

static enum status merge(struct natural_decide *k) {
    const struct natural_command *c = k->command;
    if (c->person == c->other) return natural_no(k, "other", "natural_self", "problem.natural.self");
    enum status st = want_root(k, c->person, "person");
    if (!st) st = want_root(k, c->other, "other");
    return st ? st : propose_merge(k, c->person, c->other);
}

static enum status unlink_record(struct natural_decide *k) {
    int64_t home;
    enum status st = natural_home(k->db, k->command->record, &home);
    if (st) return st;
    if (!home) return natural_no(k, "record", "natural_has_none", "problem.natural.has_none");
    return propose(k, &(struct proposal){.act = "unlink", .natural = home, .record = k->command->record});
}

// Each record that came after the merge is placed by a person, and no other is.
static enum status want_placed(struct natural_decide *k, int64_t other) {
    struct natural_view after;
    struct ids named = {0};
    enum status st = natural_came_after(k->db, other, k->arena, &after);
    if (st) return st;
    for (size_t i = 0; i < k->command->move_count; i++)
        ids_add(k->arena, &named, k->command->moves[i].record);
    bool fits = named.count == after.records.count && named.count == k->command->move_count;
    for (size_t i = 0; i < after.records.count && fits; i++)
        fits = ids_have(&named, after.records.items[i].record);
    return fits ? STATUS_OK : natural_no(k, "moves", "natural_place", "problem.natural.place");
}

static enum status unmerge(struct natural_decide *k) {
    struct natural_row row;
    enum status st = natural_row_read(k->db, k->command->other, k->arena, &row);
    if (st == STATUS_NOT_FOUND) return natural_no(k, "other", "natural_person", "problem.natural.person");
    if (!st && !row.merged_into)
        return natural_no(k, "other", "natural_not_merged", "problem.natural.not_merged");
    if (!st) st = want_placed(k, k->command->other);
    if (st) return st;
    return propose(
        k, &(struct proposal){
               .act = "unmerge", .natural = row.merged_into, .other = row.natural, .merge = row.merged_by});
}

// ---- not the same ----

static enum status clear(struct natural_decide *k) {
    const struct natural_command *c = k->command;
    int64_t one, other, id = write_id(k->write);
    bool turned = c->record > c->other_record;
    if (c->record == c->other_record) return natural_no(k, "other", "natural_self", "problem.natural.self");
    enum status st = want_record(k, c->record, "record");
    if (!st) st = want_record(k, c->other_record, "other");
    if (!st) st = root_of_record(k, c->record, &one);
    if (!st) st = root_of_record(k, c->other_record, &other);
    if (st) return st;
    if (one && one == other) return natural_no(k, "other", "natural_still_one", "problem.natural.still_one");
    st = write_subject(k->write, id);
    struct event_draft *e = events_add(k->out, &EVENT_natural_pair_cleared, 0, id);
    draft_int(e, "pair", id);
    draft_int(e, "left", turned ? c->other_record : c->record);
    draft_int(e, "right", turned ? c->record : c->other_record);
    draft_int(e, "left_mark", turned ? c->right_mark : c->left_mark);
    draft_int(e, "right_mark", turned ? c->left_mark : c->right_mark);
    draft_personal_text(e, "reason", text_trim(c->reason));
    return st;
}

enum { ASKED_MAX = 64 }; // hex of a hash
const char *const NATURAL_VERDICTS[VERDICT_COUNT] = {"not_same", "same", "unclear"};

// The last day of a false hit, as text; of other verdicts none.
static enum status want_until(struct natural_decide *k, struct text *out) {
    struct date today = search_today(k->search), until = k->command->until;
    struct date last = date_add_days(today, VERDICT_DAYS_MAX);
    *out = T("");
    if (k->command->verdict != VERDICT_NOT_SAME) return STATUS_OK;
    if (!until.year) until = last;
    if (!date_is_full(until) || date_cmp(until, today) < 0 || date_cmp(until, last) > 0)
        return natural_no(k, "until", "natural_until", "problem.natural.until");
    *out = date_print(k->arena, until);
    return STATUS_OK;
}

static enum status release(struct natural_decide *k) {
    const struct natural_command *c = k->command;
    int64_t id = write_id(k->write);
    struct text until;
    if (!c->asked.n || c->asked.n > ASKED_MAX)
        return natural_no(k, "", "natural_asked_for", "problem.natural.asked_for");
    enum status st = want_record(k, c->record, "record");
    if (!st) st = want_until(k, &until);
    if (!st) st = write_subject(k->write, id);
    if (st) return st;
    struct event_draft *e = events_add(k->out, &EVENT_natural_hit_released, 0, id);
    draft_text(e, "verdict", text_of(NATURAL_VERDICTS[c->verdict]));
    draft_text(e, "until", until);
    draft_int(e, "release", id);
    draft_text(e, "asked", c->asked);
    draft_int(e, "record", c->record);
    draft_int(e, "mark", c->left_mark);
    draft_personal_text(e, "reason", text_trim(c->reason));
    return STATUS_OK;
}

static enum status (*const ACTS[NATURAL_ACT_COUNT])(struct natural_decide *) = {
    [NATURAL_OPEN] = open_person,
    [NATURAL_SAME] = same,
    [NATURAL_LINK] = link_record,
    [NATURAL_MERGE] = merge,
    [NATURAL_UNLINK] = unlink_record,
    [NATURAL_UNMERGE] = unmerge,
    [NATURAL_CONFIRM] = natural_confirm,
    [NATURAL_REFUSE] = natural_refuse,
    [NATURAL_CLEAR] = clear,
    [NATURAL_RELEASE] = release};

static enum status act(struct write *w, void *argument, struct problem *p) {
    struct natural_decide k = *(struct natural_decide *)argument;
    k.write = w;
    k.db = w->db;
    k.arena = w->arena;
    k.out = events_new(w->arena);
    k.problem = p;
    *k.result = (struct natural_result){0};
    enum status st = ACTS[k.command->act](&k);
    return st ? st : write_events(w, k.actor->account, k.out);
}

// ---- who may ----

static struct text action_of(enum natural_act a) {
    bool decides = a == NATURAL_CONFIRM || a == NATURAL_REFUSE;
    bool clears = a == NATURAL_CLEAR || a == NATURAL_RELEASE;
    return decides ? T("confirm_same") : clears ? T("clear_same") : T("propose_same");
}

static enum status may(struct search *s, const struct actor *actor, const struct natural_command *c,
                       struct problem *p) {
    struct access_question q = {.action = action_of(c->act),
                                .purpose = c->purpose,
                                .relation = T("none"),
                                .attribute_class = T("identity")};
    if (actor->is_client) {
        enum status ignored = problem(p, "", "named_person", "problem.access.named_person");
        (void)ignored;
        return STATUS_REFUSED;
    }
    return cases_may(s->cases, actor, &q, p);
}

static enum status want_reason(const struct natural_command *c, struct problem *p) {
    struct text reason = text_trim(c->reason);
    if (!reason.n) return problem(p, "reason", "required", "problem.natural.reason");
    if (reason.n > NATURAL_REASON_MAX || !text_is_utf8(reason))
        return problem(p, "reason", "natural_reason", "problem.natural.reason_long");
    if (c->move_count > NATURAL_MOVES_MAX)
        return problem(p, "moves", "natural_too_many", "problem.natural.too_many");
    return STATUS_OK;
}

enum status natural_do(struct search *s, const struct actor *actor, const struct natural_command *command,
                       struct arena *a, struct natural_result *result, struct problem *p) {
    struct natural_decide k = {.search = s, .actor = actor, .command = command, .result = result};
    enum status st = may(s, actor, command, p);
    if (!st) st = want_reason(command, p);
    if (!st) st = natural_sees(s, actor, command, a, p);
    return st ? st : journal_write_repeatable(s->journal, act, &k, a, p);
}
