// lookup.c - once-only data requests: what other authorities' programs ask us, and what ours ask them.
#include "lookup/lookup.h"

#include "api/shape_macros.h"
#include "api/table.h"

struct answer_out {
    struct text answer, why, from, reference, hidden, values;
    int64_t entry;
    struct moment as_of;
};
#define IN struct answer_out
SHAPE(SHAPE_LOOKUP, "LookupAnswer", "What another authority is told, once for all.",
      {AT(answer), .kind = API_TEXT, .words = "found|not_found|several|no_answer",
       .about = "several: say better who is meant; no_answer: nobody knows, it is not the same as not_found"},
      TEXT(why, "of no_answer: timeout, unreachable, refused, busy, error, unreadable, too_long"),
      TEXT(from, "name of the authority that was asked; empty: this one"),
      TEXT(reference, "of the entry, as its keeper calls it"),
      ID(entry, "its number there: to report a mistake in it, and to know it among changes"),
      MOMENT(as_of, "when it was so"), TEXT(hidden, "classes that your role may not see, with commas"),
      {AT(values), .kind = API_JSON, .about = "path to value: what the law names for this request"});
#undef IN
#define IN struct lookup_change
INNER(CHANGE, "LookupChange", "An entry that has changed. What, is asked for again with its ground.",
      TEXT(lookup, "request that was answered"), ID(entry, "number of the answer"),
      TEXT(state, "current, ended, replaced, undone, refused or erased"));
#undef IN
#define IN struct changes_out
struct changes_out {
    struct {
        struct lookup_change *items;
        size_t count, capacity;
    } changes;
    int64_t next;
};
SHAPE(SHAPE_LOOKUP_CHANGES, "LookupChanges", "What has changed since.", LIST(changes, &CHANGE, "by request"),
      NUMBER(next, "send it as `after` the next time; the same `after` gives the same again"));
#undef IN

#define IN struct lookup_note
INNER(NOTE, "LookupNote", "Somebody asked; never what was asked or told.", NUMBER(seq, "send it as `before`"),
      MOMENT(at, "when"),
      {AT(side), .kind = API_TEXT, .words = "answered|asked", .about = "by this authority"},
      ID(account, "that asked"), TEXT(name, "of the account"), TEXT(unit, "of the account then"),
      ID(other, "authority that was asked; null: this one"), TEXT(lookup, "request"),
      TEXT(purpose, "for which"), TEXT(ground, "legal ground"),
      {AT(class), .kind = API_TEXT, .words = "found|not_found|several|no_answer|sent",
       .about = "what kind of answer; sent: before the question left the house"});
#undef IN
#define IN struct lookup_notes
SHAPE(SHAPE_LOOKUP_LOG, "LookupLog", "Who asked whom, the newest first.",
      {.name = "notes", .kind = API_LIST, .at = 0, .shape = &NOTE, .about = "at most 100"});
#undef IN

static enum status tell(struct api_call *c, const struct lookup_result *r) {
    struct out o = {.arena = c->q->arena};
    struct json_out j = {.out = &o};
    lookup_values_write(&j, r);
    const struct answer_out out = {.answer = text_of(lookup_class_word(r->class)),
                                   .why = text_of(r->why),
                                   .from = r->from,
                                   .reference = r->reference,
                                   .hidden = r->hidden,
                                   .values = out_done(&o),
                                   .entry = r->entry,
                                   .as_of = r->as_of};
    return api_answer(c, &SHAPE_LOOKUP, &out);
}

enum status api_lookup(struct api_call *c) {
    struct lookup_result r;
    if (!c->app->lookup) return api_fail(c, 404);
    enum status st = lookup_answer(c->app->lookup, c->actor, &c->look, c->in, c->q->arena, &r, &c->problem);
    return st ? api_failed(c, st) : tell(c, &r);
}

enum status api_lookup_ask(struct api_call *c) {
    struct lookup_result r;
    int64_t authority;
    if (!c->app->lookup || !request_param_id(c->q, "authority", &authority) || authority > UINT32_MAX ||
        !lookup_can_ask(c->app->lookup, (uint32_t)authority))
        return api_fail(c, 404);
    enum status st = lookup_ask(c->app->lookup, c->actor, &c->look, (uint32_t)authority, c->in, c->q->arena,
                                &r, &c->problem);
    return st ? api_failed(c, st) : tell(c, &r);
}

enum status api_lookup_log(struct api_call *c) {
    const struct api_lookup_after *in = c->in;
    struct lookup_notes all;
    if (!c->app->lookup) return api_fail(c, 404);
    enum status st =
        lookup_log(c->app->lookup, c->actor, c->look.purpose, in->after, c->q->arena, &all, &c->problem);
    return st ? api_failed(c, st) : api_answer(c, &SHAPE_LOOKUP_LOG, &all);
}

enum status api_lookup_changes(struct api_call *c) {
    const struct api_lookup_after *in = c->in;
    struct lookup_changes all;
    if (!c->app->lookup) return api_fail(c, 404);
    enum status st =
        lookup_changed(c->app->lookup, c->actor, &c->look, in->after, c->q->arena, &all, &c->problem);
    const struct changes_out out = {{all.items, all.count, 0}, all.next};
    return st ? api_failed(c, st) : api_answer(c, &SHAPE_LOOKUP_CHANGES, &out);
}
