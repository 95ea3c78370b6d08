// xes_write.c - the document: elements and attributes of IEEE 1849-2016, in the order of its schema.
#include <stdlib.h>

#include "base/encode.h"
#include "cases/xes_inside.h"

// Keys name neither their owner nor anything else; 80 bits, so that no two of a million are the same.
struct text xes_pseudonym(struct arena *a, const struct key *k, const char *kind, int64_t id) {
    struct text what = text_printf(a, "%s %lld", kind, (long long)id);
    struct hash h = hash_keyed(k, bytes_of(what));
    return hex_encode(a, (struct bytes){h.b, 10});
}

static void put_escaped(struct out *o, struct text t) {
    for (size_t i = 0; i < t.n; i++) {
        switch (t.p[i]) {
        case '<': out_c(o, "&lt;"); break;
        case '>': out_c(o, "&gt;"); break;
        case '&': out_c(o, "&amp;"); break;
        case '"': out_c(o, "&quot;"); break;
        default: out_byte(o, (unsigned char)t.p[i] >= ' ' ? t.p[i] : ' ');
        }
    }
}

static void put(struct out *o, const char *type, const char *key, struct text value) {
    out_printf(o, "<%s key=\"%s\" value=\"", type, key);
    put_escaped(o, value);
    out_c(o, "\"/>");
}

static const char HEAD[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<log xes.version=\"1849.2016\" xes.features=\"\" xmlns=\"http://www.xes-standard.org/\">\n"
    "<extension name=\"Concept\" prefix=\"concept\" uri=\"http://www.xes-standard.org/concept.xesext\"/>\n"
    "<extension name=\"Lifecycle\" prefix=\"lifecycle\" "
    "uri=\"http://www.xes-standard.org/lifecycle.xesext\"/>\n"
    "<extension name=\"Time\" prefix=\"time\" uri=\"http://www.xes-standard.org/time.xesext\"/>\n"
    "<extension name=\"Organizational\" prefix=\"org\" uri=\"http://www.xes-standard.org/org.xesext\"/>\n"
    "<global scope=\"trace\"><string key=\"concept:name\" value=\"\"/></global>\n"
    "<global scope=\"event\"><string key=\"concept:name\" value=\"\"/><string key=\"concept:instance\" "
    "value=\"\"/>"
    "<string key=\"lifecycle:transition\" value=\"complete\"/>"
    "<date key=\"time:timestamp\" value=\"1970-01-01T00:00:00Z\"/></global>\n"
    "<classifier name=\"Step\" keys=\"concept:name\"/>\n"
    "<classifier name=\"Step and transition\" keys=\"concept:name lifecycle:transition\"/>\n";

void xes_put_head(struct out *o, const struct xes_question *q) {
    out_c(o, HEAD);
    put(o, "string", "concept:name", q->procedure.n ? q->procedure : T("all procedures"));
    put(o, "string", "lifecycle:model", T("standard"));
    out_byte(o, '\n');
}

static int by_time(const void *x, const void *y) {
    const struct xes_event *a = x, *b = y;
    if (a->at != b->at) return a->at < b->at ? -1 : 1;
    if (a->token != b->token) return a->token < b->token ? -1 : 1;
    return a->order - b->order;
}

static void put_event(struct out *o, const struct key *k, const struct xes_event *e) {
    out_c(o, "<event>");
    put(o, "string", "concept:name", e->name);
    put(o, "string", "concept:instance", text_printf(o->arena, "%lld", (long long)e->token));
    put(o, "string", "lifecycle:transition", text_of(e->transition));
    put(o, "date", "time:timestamp", moment_print(o->arena, (struct moment){e->at}));
    if (e->account) put(o, "string", "org:resource", xes_pseudonym(o->arena, k, "account", e->account));
    if (e->is_by_system) put(o, "string", "org:resource", T("system"));
    if (e->roles.n) put(o, "string", "org:role", e->roles);
    out_c(o, "</event>\n");
}

void xes_put_trace(struct out *o, const struct key *k, const struct xes_case *c, struct xes_events *events) {
    if (events->count) qsort(events->items, events->count, sizeof *events->items, by_time);
    out_c(o, "<trace>");
    put(o, "string", "concept:name", xes_pseudonym(o->arena, k, "case", c->case_id));
    put(o, "string", "version", c->version);
    out_byte(o, '\n');
    for (size_t i = 0; i < events->count; i++) put_event(o, k, &events->items[i]);
    out_c(o, "</trace>\n");
}
