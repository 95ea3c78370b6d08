// plausibility.c - rules of the pack (exchange/plausibility.dmn): they mark an event, and block nothing.
#include <string.h>

#include "exchange/channels_inside.h"
#include "rules/dmn.h"

static const struct channel_item *item_with(const struct channel_items *list, const struct event_id *id) {
    for (size_t i = 0; i < list->count; i++)
        if (!memcmp(list->items[i].id.b, id->b, EVENT_ID_BYTES)) return &list->items[i];
    return NULL;
}

static struct feel_value name_of(const struct channel_item *i) {
    return i->type ? feel_string(i->type->name) : feel_null();
}

// The day itself belongs to whoever has it. A day says no zone: it ends in the east before it ends here.
enum { DAY_MS = 24 * 3600 * 1000, EAST_MS = 3 * 3600 * 1000 }; // no member of the Union is further from UTC
static bool is_over(struct moment due, struct moment at) {
    return due.ms && at.ms >= due.ms + DAY_MS;
}
static bool is_ahead(struct moment due, struct moment at) {
    return due.ms && at.ms < due.ms + DAY_MS - EAST_MS;
}

// The event that this one answers: its kind, whether its day is over, whether it was answered before.
static struct feel_value answered(const struct channel_items *before, const struct channel_item *item,
                                  struct arena *a) {
    const struct channel_item *asked = item->has_ref ? item_with(before, &item->ref) : NULL;
    struct feel_value v = feel_empty_context();
    bool was = false;
    if (!asked) return feel_null();
    for (size_t i = 0; i < before->count && asked->type; i++) {
        const struct channel_item *b = &before->items[i];
        bool refers = b->type && b->has_ref && b->mark != CHANNEL_REJECT &&
                      !memcmp(b->ref.b, asked->id.b, EVENT_ID_BYTES);
        was |= refers && exchange_is_met_by(asked->type, b->type);
    }
    feel_put(a, &v, T("type"), name_of(asked));
    feel_put(a, &v, T("has_due"), feel_boolean(asked->due.ms != 0));
    feel_put(a, &v, T("due_over"), feel_boolean(is_over(asked->due, item->at)));
    feel_put(a, &v, T("due_ahead"), feel_boolean(is_ahead(asked->due, item->at)));
    feel_put(a, &v, T("was_answered"), feel_boolean(was));
    return v;
}

struct feel_value plausibility_sees(const struct exchange_law *law, uint32_t roles, struct arena *a) {
    struct feel_value names = feel_list_of(NULL, 0);
    for (size_t i = 0; i < law->count; i++)
        if ((law->items[i].from | law->items[i].to) & roles)
            feel_append(a, &names, feel_string(law->items[i].name));
    return names;
}

// Types whose last due day is over.
static struct feel_value overdue(const struct channel_items *before, const struct channel_item *item,
                                 struct arena *a) {
    struct feel_value names = feel_list_of(NULL, 0);
    for (size_t i = 0; i < before->count; i++) {
        const struct channel_item *b = &before->items[i];
        bool is_last = b->type && b->mark != CHANNEL_REJECT;
        for (size_t k = i + 1; k < before->count && is_last; k++)
            is_last = before->items[k].type_number != b->type_number;
        if (is_last && is_over(b->due, item->at)) feel_append(a, &names, name_of(b));
    }
    return names;
}

static struct feel_value facts(const struct channel_items *before, const struct channel_item *item,
                               const struct feel_value *sees, struct arena *a) {
    struct feel_value v = feel_empty_context(), names = feel_list_of(NULL, 0), codes = feel_empty_context();
    for (size_t i = 0; i < before->count; i++) {
        const struct channel_item *b = &before->items[i];
        if (!b->type || b->mark == CHANNEL_REJECT) continue;
        feel_append(a, &names, name_of(b));
        if (b->code) feel_put(a, &codes, b->type->name, feel_string(b->code->name));
    }
    feel_put(a, &v, T("type"), name_of(item));
    feel_put(a, &v, T("code"), item->code ? feel_string(item->code->name) : feel_null());
    feel_put(a, &v, T("before"), names);
    feel_put(a, &v, T("last_code"), codes);
    feel_put(a, &v, T("sees"), *sees);
    feel_put(a, &v, T("answers"), answered(before, item, a));
    feel_put(a, &v, T("overdue"), overdue(before, item, a));
    return v;
}

static void take(const struct feel_value *found, struct channel_item *item, struct arena *a) {
    struct feel_value rule = feel_get(found, T("rule")), mark = feel_get(found, T("mark"));
    if (rule.kind != FEEL_STRING || mark.kind != FEEL_STRING) return;
    enum channel_mark m = text_eq(mark.string, T("REJECT")) ? CHANNEL_REJECT : CHANNEL_WARN;
    if (m <= item->mark) return; // the first of the gravest
    item->mark = m;
    item->rule = text_copy(a, rule.string);
}

void plausibility(const struct exchange_law *law, const struct feel_value *sees,
                  const struct channel_items *before, struct channel_item *item, struct arena *a) {
    struct feel_value in = feel_empty_context(), found;
    const struct feel_now now = {item->at, T("UTC")};
    if (!law->plausibility || !item->type) return;
    feel_put(a, &in, T("event"), facts(before, item, sees, a));
    if (dmn_evaluate(law->plausibility, T("plausibility"), &in, &now, a, &found, NULL)) return;
    if (found.kind == FEEL_CONTEXT) take(&found, item, a);
    for (size_t i = 0; found.kind == FEEL_LIST && i < found.list.count; i++)
        take(&found.list.items[i], item, a);
}
