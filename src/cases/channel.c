// channel.c - paper and counter instead of the account, with equal effect (procedures: channel exclusion).
#include "cases/internal.h"

static void set_channel(struct decide *d, struct text channel, struct text rule, struct text reason) {
    if (text_eq(channel, d->s->channel) && text_eq(rule, d->s->channel_rule)) return;
    struct event_draft *e = case_emit(d, &EVENT_channel_set);
    draft_text(e, "channel", channel);
    draft_text(e, "rule", rule);
    if (reason.n) draft_personal_text(e, "reason", reason);
    d->s->channel = channel;
    d->s->channel_rule = rule;
}

// Asks the pack's decision "channel" and moves the case to the channel it names. A suggestion that only ever adds
// a safe channel: it never closes one, the person can opt back in.
enum status channel_by_rules(struct decide *d) {
    const struct dmn_model *m = pack_decision_with(d->pack, T("channel"));
    struct feel_now now = feel_now_of(d->cases, d->now);
    struct feel_value facts, value = feel_null();
    if (!m) return STATUS_OK;
    enum status st = facts_build(d->cases, d->pack, d->s, d->now, d->arena, &facts);
    if (!st) st = dmn_evaluate(m, T("channel"), &facts, &now, d->arena, &value, NULL);
    if (st) return st;
    struct feel_value first = value.kind == FEEL_LIST && value.list.count ? value.list.items[0] : value;
    struct feel_value rule = first.kind == FEEL_CONTEXT ? feel_get(&first, T("rule")) : first;
    if (rule.kind != FEEL_STRING || !rule.string.n || text_eq(rule.string, T("none"))) return STATUS_OK;
    set_channel(d, T("paper"), rule.string, T(""));
    int64_t letter;
    return letter_make(d, T("paper_channel_notice"), d->s->language, 0, 0, &letter);
}

static bool is_channel(struct text t) {
    return text_eq(t, T("online")) || text_eq(t, T("paper"));
}

enum status decide_choose_channel(struct decide *d) {
    struct text channel = d->command->choose_channel.channel;
    if (!is_channel(channel)) return problem(d->problem, "channel", "unknown_code", "problem.code.unknown");
    set_channel(d, channel, text_eq(channel, T("paper")) ? T("CH-6") : T(""), T(""));
    return STATUS_OK;
}

enum status decide_set_channel(struct decide *d) {
    struct set_channel c = d->command->set_channel;
    if (!is_channel(c.channel)) return problem(d->problem, "channel", "unknown_code", "problem.code.unknown");
    enum status st = want_text(d, "reason", &c.reason, 1, REASONS_BYTES_MAX);
    if (!st) set_channel(d, c.channel, c.rule, c.reason);
    return st;
}
