// trial_note.c - what trials ask of this room; and that one was run: all that the authority's log knows of
// it.
#include "cases/internal.h"

enum status cases_note_trial(struct cases *c, const struct actor *actor, const struct look *look,
                             struct problem *p) {
    const struct pack_entry *e = packs_newest(c);
    struct access_question q = {.action = T("replay_rules"),
                                .purpose = look->purpose,
                                .relation = T("none"),
                                .attribute_class = T("statistics")};
    if (!e) return problem(p, "", "no_pack", "problem.pack.none");
    struct access_trace trace = {
        .actor = actor, .purpose = purpose_word(e, look->purpose), .relation = T("none"), .what = T("trial")};
    enum status st = access_check(e->policy, actor, &q, NULL, p);
    if (st) trace.rule = p->rule;
    enum status recorded = access_record_now(c->journal, &trace);
    return recorded ? recorded : st;
}
