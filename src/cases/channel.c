// channel.c - paper and counter instead of the account, with equal effect (procedures: channel exclusion).
#include "cases/internal.h"

static const struct sql UNDELIVERED =
    SQL("letters_undelivered",
        "select letter_id from letter where case_id = :case and channel = 'online' and delivered_at = 0"
        " and replaced_at = 0 order by letter_id limit 200");
static const struct sql LETTER_WAITS =
    SQL("letter_waits",
        "select count(*) from letter where letter_id = :letter and case_id = :case and channel = 'online'"
        " and delivered_at = 0 and replaced_at = 0");

static void print_letter(struct decide *d, int64_t letter, struct text rule) {
    struct event_draft *e = case_emit(d, &EVENT_letter_printed);
    draft_int(e, "letter", letter);
    draft_personal_text(e, "rule", rule);
}

// CH-7: a letter that nobody opened goes out on paper as well; in the account it stays.
enum status channel_print_letter(struct decide *d, int64_t letter) {
    int64_t waits = 0;
    enum status st = DB_INT(d->write->db, &waits, &LETTER_WAITS, V_INT(letter), V_INT(d->s->case_id));
    if (!st && waits) print_letter(d, letter, T("CH-7"));
    return st;
}

// R-CH-07: who leaves the account gets on paper what was not yet opened there.
static enum status print_undelivered(struct decide *d, struct text rule) {
    struct rows r;
    enum status st = DB_QUERY(d->write->db, &r, &UNDELIVERED, V_INT(d->s->case_id));
    while (!st && rows_next(&r)) {
        print_letter(d, row_int(&r, 0), rule);
        clock_stop_about(d, row_int(&r, 0));
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

// The rule is sealed: it tells of age, health or detention.
static enum status set_channel(struct decide *d, struct text channel, struct text rule, struct text reason) {
    bool leaves = text_eq(d->s->channel, T("online")) && text_eq(channel, T("paper"));
    if (text_eq(channel, d->s->channel) && text_eq(rule, d->s->channel_rule)) return STATUS_OK;
    struct event_draft *e = case_emit(d, &EVENT_channel_set);
    draft_text(e, "channel", channel);
    draft_personal_text(e, "rule", rule);
    if (reason.n) draft_personal_text(e, "reason", reason);
    d->s->channel = channel;
    d->s->channel_rule = rule;
    return leaves ? print_undelivered(d, rule) : STATUS_OK;
}

static struct text rule_of(const struct feel_value *v) {
    struct feel_value rule = v->kind == FEEL_CONTEXT ? feel_get(v, T("rule")) : *v;
    return rule.kind == FEEL_STRING && !text_eq(rule.string, T("none")) ? rule.string : T("");
}

// The rules that apply now by the pack's decision "channel", the strongest first; a list, empty when there
// are none.
static enum status rules_now(struct decide *d, struct feel_value *out) {
    const struct dmn_model *m = pack_decision_with(d->pack, T("channel"));
    struct feel_now now = feel_now_of(d->cases, d->now);
    struct feel_value facts, value = feel_null();
    *out = feel_list_of(NULL, 0);
    if (!m) return STATUS_OK;
    enum status st = facts_for_rules(d, &facts);
    if (!st) st = dmn_evaluate(m, T("channel"), &facts, &now, d->arena, &value, NULL);
    if (st) return st;
    if (value.kind == FEEL_LIST)
        *out = value;
    else if (rule_of(&value).n)
        feel_append(d->arena, out, value);
    return STATUS_OK;
}

enum status channel_rule_now(struct decide *d, struct text *rule) {
    struct feel_value rules;
    enum status st = rules_now(d, &rules);
    *rule = !st && rules.list.count ? rule_of(&rules.list.items[0]) : T("");
    return st;
}

// Moves the case to paper when a rule applies that did not apply before (`before`; empty at submission). It
// only ever adds a safe channel; where the rule allows it, the person can opt back in.
enum status channel_by_rules(struct decide *d, struct text before) {
    struct text rule;
    enum status st = channel_rule_now(d, &rule);
    if (st || !rule.n || text_eq(rule, before)) return st;
    st = set_channel(d, T("paper"), rule, T(""));
    int64_t letter;
    return st ? st : letter_make_if(d, T("paper_channel_notice"), 0, &letter);
}

static bool is_channel(struct text t) {
    return text_eq(t, T("online")) || text_eq(t, T("paper"));
}

// Some rules protect whoever cannot waive them (a child alone): property "keeps_paper" in
// codes/channel_rule.json.
static enum status may_return(struct decide *d) {
    const struct code_list *list = pack_codes(d->pack, T("channel_rule"));
    struct feel_value rules;
    enum status st = rules_now(d, &rules);
    for (size_t i = 0; !st && list && i < rules.list.count; i++) {
        struct text rule = rule_of(&rules.list.items[i]);
        const struct code *code = code_find(list, rule);
        if (!code || !code_flag(code, "keeps_paper")) continue;
        st = problem(d->problem, "channel", "channel_excluded", "problem.channel.excluded");
        problem_arg(d->problem, "rule", rule);
    }
    return st;
}

enum status decide_choose_channel(struct decide *d) {
    struct text channel = d->command->choose_channel.channel;
    if (!is_channel(channel)) return problem(d->problem, "channel", "unknown_code", "problem.code.unknown");
    if (text_eq(channel, d->s->channel)) return STATUS_OK;
    if (text_eq(channel, T("paper"))) return set_channel(d, T("paper"), T("CH-6"), T(""));
    enum status st = d->s->is_draft ? STATUS_OK : may_return(d);
    return st ? st : set_channel(d, T("online"), T(""), T(""));
}

enum status decide_set_channel(struct decide *d) {
    struct set_channel c = d->command->set_channel;
    if (!is_channel(c.channel)) return problem(d->problem, "channel", "unknown_code", "problem.code.unknown");
    enum status st = want_text(d, "reason", &c.reason, 1, REASONS_BYTES_MAX);
    if (!st && c.rule.n) st = want_code(d, "rule", "channel_rule", c.rule);
    return st ? st : set_channel(d, c.channel, c.rule, c.reason);
}
