// picture_shape.c - one element of the notation: events, tasks, gateways, data, lanes, and what runs between
// them.
#include "flow/model.h"
#include "flow/picture_draw.h"
#include "flow/picture_sign.h"

#include "base/xml.h"

#include <math.h>

static const struct {
    const char *fill, *line;
    double width;
} LOOKS[] = {{"#fff", "#22303a", 1.5},
             {"#dcefe4", "#17683f", 2},
             {"#ffe9a8", "#0b5563", 4},
             {"#fbe0de", "#a3201a", 4}};

static const struct flow_mark *mark_of(const struct picture *p, struct text element) {
    static const struct flow_mark PLAIN = {.look = FLOW_LOOK_PLAIN};
    for (size_t i = 0; i < p->how->mark_count; i++)
        if (text_eq(p->how->marks[i].element, element)) return &p->how->marks[i];
    return &PLAIN;
}

static struct text attribute(struct picture *p, const xmlNode *x, const char *name) {
    return xml_attribute(p->arena, x, NULL, name);
}

static bool says(struct picture *p, const xmlNode *x, const char *name, const char *value) {
    return text_eq(attribute(p, x, name), text_of(value));
}

static bool is_kind(const struct drawn *d, const char *kind) {
    return text_eq(d->kind, text_of(kind));
}

struct text name_of(struct picture *p, const struct drawn *d) {
    struct text written = attribute(p, d->element, "name");
    if (is_kind(d, "textAnnotation")) {
        const xmlNode *content = child_of(d->element, "text");
        return content ? xml_content(p->arena, content) : T("");
    }
    return p->how->name ? p->how->name(p->how->context, d->id, written) : written;
}

// ---- pieces ----

static void put(struct picture *p, const char *name, double v) {
    out_printf(p->out, " %s=\"", name);
    put_number(p->out, v);
    out_byte(p->out, '"');
}

// `least`: how thick the line is at least.
static void put_look(struct picture *p, const struct flow_mark *m, double least) {
    out_printf(p->out, " fill=\"%s\" stroke=\"%s\"", LOOKS[m->look].fill, LOOKS[m->look].line);
    put(p, "stroke-width", fmax(LOOKS[m->look].width, least));
}

static void put_circle(struct picture *p, const struct box *b, double less, const char *more) {
    out_c(p->out, "<circle");
    put(p, "cx", b->x + b->width / 2), put(p, "cy", b->y + b->height / 2), put(p, "r", b->width / 2 - less);
    out_printf(p->out, "%s/>\n", more);
}

static void put_rect(struct picture *p, const struct box *b, double less, double round, const char *more) {
    out_c(p->out, "<rect");
    put(p, "x", b->x + less), put(p, "y", b->y + less), put(p, "rx", round);
    put(p, "width", fmax(b->width - 2 * less, 0)), put(p, "height", fmax(b->height - 2 * less, 0));
    out_printf(p->out, "%s/>\n", more);
}

static void put_sign(struct picture *p, struct text name, double x, double y, double side, bool is_filled) {
    const struct sign *s = sign_find(name);
    if (!s) return;
    out_c(p->out, "<path transform=\"translate(");
    put_number(p->out, x), out_byte(p->out, ' '), put_number(p->out, y), out_c(p->out, ") scale(");
    out_printf(p->out, "%.3g)\" d=\"%s\"", side / SIGN_SIDE, s->path);
    if (is_filled && s->fills)
        out_c(p->out, " fill=\"#22303a\" stroke=\"#fff\" stroke-width=\".7\"/>\n");
    else
        out_c(p->out, " fill=\"none\" stroke=\"#22303a\" stroke-width=\"1.3\"/>\n");
}

static void put_sign_in(struct picture *p, struct text name, const struct box *b, double side, bool filled) {
    put_sign(p, name, b->x + (b->width - side) / 2, b->y + (b->height - side) / 2, side, filled);
}

// The token of who stands here, with a number; a tick where somebody was.
static void put_mark(struct picture *p, const struct flow_mark *m, const struct box *b) {
    double x = b->x + b->width, y = b->y;
    if (m->look == FLOW_LOOK_VISITED) {
        struct box small = {x - 9, y - 9, 18, 18};
        put_circle(p, &small, 0, " fill=\"#17683f\" stroke=\"#fff\" stroke-width=\"1.5\"");
        out_c(p->out, "<path transform=\"translate(");
        put_number(p->out, x - 8), out_byte(p->out, ' '), put_number(p->out, y - 8);
        out_printf(p->out, ")\" d=\"%s\" fill=\"none\" stroke=\"#fff\" stroke-width=\"2\"/>\n",
                   sign_find(T("tick"))->path);
    }
    if (m->look < FLOW_LOOK_NOW) return;
    bool is_stuck = m->look == FLOW_LOOK_STUCK;
    struct text badge =
        is_stuck ? TEXT_JOIN(p->arena, T("!"), m->badge.n ? T(" ") : T(""), m->badge) : m->badge;
    double width = fmax(26, 14 + 10 * (double)text_codepoints(badge));
    struct box pill = {x - width / 2, y - 13, width, 26};
    put_rect(p, &pill, 0, 13,
             is_stuck ? " fill=\"#a3201a\" stroke=\"#fff\" stroke-width=\"2\""
                      : " fill=\"#0b5563\" stroke=\"#fff\" stroke-width=\"2\"");
    if (!badge.n) return;
    out_c(p->out,
          "<text font-size=\"15\" font-weight=\"700\" fill=\"#fff\" stroke=\"none\" text-anchor=\"middle\"");
    put(p, "x", x), put(p, "y", y + 5.5);
    out_byte(p->out, '>');
    put_escaped(p->out, badge);
    out_c(p->out, "</text>\n");
}

// A name below or beside its shape, where the diagram has a place for it.
static void put_name_outside(struct picture *p, const struct drawn *d) {
    const xmlNode *label = NULL;
    for (const xmlNode *x = xml_child(d->shape); x; x = xml_next(x))
        if (xml_is(x, NULL, "BPMNLabel")) label = x;
    struct box b = label ? box_of(label) : (struct box){0};
    if (b.width < 1) b = (struct box){d->box.x + d->box.width / 2 - 45, d->box.y + d->box.height + 4, 90, 14};
    double width = fmax(b.width, 90); // a translation may be longer than what was drawn
    put_label(p, &(struct label){.text = name_of(p, d),
                                 .x = b.x + b.width / 2,
                                 .y = b.y,
                                 .width = width,
                                 .height = 80,
                                 .size = 11});
}

// ---- shapes ----

bool is_event(const struct drawn *d) {
    return text_ends(d->kind, T("Event"));
}

static bool is_sub_process(const struct drawn *d) {
    return is_kind(d, "subProcess") || is_kind(d, "transaction") || is_kind(d, "adHocSubProcess");
}

bool is_container(const struct drawn *d) {
    return is_kind(d, "participant") || is_kind(d, "lane") || is_kind(d, "group") ||
           (is_sub_process(d) && d->is_open);
}

static void draw_event(struct picture *p, const struct drawn *d) {
    const struct flow_mark *m = mark_of(p, d->id);
    struct text sign = T("");
    int count = 0;
    bool ends = is_kind(d, "endEvent"), throws = ends || is_kind(d, "intermediateThrowEvent");
    bool dashed =
        says(p, d->element, "cancelActivity", "false") || says(p, d->element, "isInterrupting", "false");
    for (const xmlNode *x = xml_child(d->element); x; x = xml_next(x))
        if (text_ends(text_of((const char *)x->name), T("EventDefinition")))
            sign = text_of((const char *)x->name), count++;
    if (count > 1)
        sign = says(p, d->element, "parallelMultiple", "true") ? T("parallelMultiple") : T("multiple");
    out_printf(p->out, "<g%s>", dashed ? " stroke-dasharray=\"4 3\"" : "");
    out_c(p->out, "<g");
    put_look(p, m, ends ? 4 : 0);
    out_byte(p->out, '>');
    put_circle(p, &d->box, 0, "");
    if (!ends && !is_kind(d, "startEvent")) put_circle(p, &d->box, 4, " fill=\"none\" stroke-width=\"1.3\"");
    out_c(p->out, "</g></g>\n");
    put_sign_in(p, sign, &d->box, d->box.width * .47, throws);
    put_name_outside(p, d);
    put_mark(p, m, &d->box);
}

static void draw_gateway(struct picture *p, const struct drawn *d) {
    const struct flow_mark *m = mark_of(p, d->id);
    double x = d->box.x + d->box.width / 2, y = d->box.y + d->box.height / 2;
    out_c(p->out, "<path d=\"M");
    put_number(p->out, x), out_byte(p->out, ' '), put_number(p->out, d->box.y), out_byte(p->out, 'L');
    put_number(p->out, d->box.x + d->box.width), out_byte(p->out, ' '), put_number(p->out, y),
        out_byte(p->out, 'L');
    put_number(p->out, x), out_byte(p->out, ' '), put_number(p->out, d->box.y + d->box.height),
        out_byte(p->out, 'L');
    put_number(p->out, d->box.x), out_byte(p->out, ' '), put_number(p->out, y), out_c(p->out, "z\"");
    put_look(p, m, 0);
    out_c(p->out, "/>\n");
    put_sign_in(p, d->kind, &d->box, d->box.width * .42, false);
    put_name_outside(p, d);
    put_mark(p, m, &d->box);
}

// What stands at the bottom of an activity: closed sub-process, repetition, compensation, ad hoc.
static void put_markers(struct picture *p, const struct drawn *d) {
    const xmlNode *multi = child_of(d->element, "multiInstanceLoopCharacteristics");
    const char *signs[4];
    size_t n = 0;
    if (is_sub_process(d) && !d->is_open) signs[n++] = "inside";
    if (child_of(d->element, "standardLoopCharacteristics")) signs[n++] = "loop";
    if (multi) signs[n++] = says(p, multi, "isSequential", "true") ? "sequential" : "parallel";
    if (says(p, d->element, "isForCompensation", "true")) signs[n++] = "compensation";
    if (n < 4 && is_kind(d, "adHocSubProcess")) signs[n++] = "adHoc";
    double x = d->box.x + d->box.width / 2 - (double)n * 9;
    for (size_t i = 0; i < n; i++)
        put_sign(p, text_of(signs[i]), x + (double)i * 18 + 2, d->box.y + d->box.height - 18, 14, false);
}

static void draw_activity(struct picture *p, const struct drawn *d) {
    const struct flow_mark *m = mark_of(p, d->id);
    out_c(p->out, "<g");
    put_look(p, m, is_kind(d, "callActivity") ? 4.5 : 0); // 10.2.6: a thick line
    out_byte(p->out, '>');
    put_rect(p, &d->box, 0, 10, "");
    if (is_kind(d, "transaction")) put_rect(p, &d->box, 3, 8, " fill=\"none\" stroke-width=\"1.3\"");
    out_c(p->out, "</g>\n");
    put_sign(p, d->kind, d->box.x + 5, d->box.y + 5, 15, true);
    put_markers(p, d);
    put_label(p, &(struct label){.text = name_of(p, d),
                                 .x = d->box.x + d->box.width / 2,
                                 .y = d->box.y + 4,
                                 .width = d->box.width - 8,
                                 .height = d->box.height - 8,
                                 .size = 12,
                                 .in_middle = true});
    put_mark(p, m, &d->box);
}

static void draw_data(struct picture *p, const struct drawn *d) {
    const struct box *b = &d->box;
    bool is_store = is_kind(d, "dataStoreReference");
    out_c(p->out, "<path fill=\"#fff\" stroke=\"#22303a\" stroke-width=\"1.3\" transform=\"translate(");
    put_number(p->out, b->x), out_byte(p->out, ' '), put_number(p->out, b->y), out_c(p->out, ") scale(");
    out_printf(p->out, "%.3g %.3g)\" d=\"%s\"/>\n", b->width / 36, b->height / 50,
               is_store ? "M0 8v34c0 10 36 10 36 0V8M0 8c0 10 36 10 36 0s-36-10-36 0"
                        : "M0 0h24l12 12v38H0zM24 0v12h12");
    put_name_outside(p, d);
}

static void draw_note(struct picture *p, const struct drawn *d) {
    const struct box *b = &d->box;
    out_c(p->out, "<path fill=\"none\" stroke=\"#22303a\" d=\"M");
    put_number(p->out, b->x + 12), out_byte(p->out, ' '), put_number(p->out, b->y), out_c(p->out, "h-12v");
    put_number(p->out, b->height), out_c(p->out, "h12\"/>\n");
    put_label(p, &(struct label){.text = name_of(p, d),
                                 .x = b->x + 8,
                                 .y = b->y + 5,
                                 .width = b->width - 10,
                                 .height = b->height,
                                 .size = 11,
                                 .is_at_start = true});
}

void draw_shape(struct picture *p, const struct drawn *d) {
    if (is_event(d))
        draw_event(p, d);
    else if (text_ends(d->kind, T("Gateway")))
        draw_gateway(p, d);
    else if (text_starts(d->kind, T("data")))
        draw_data(p, d);
    else if (is_kind(d, "textAnnotation"))
        draw_note(p, d);
    else
        draw_activity(p, d);
}

void draw_container(struct picture *p, const struct drawn *d) {
    if (is_sub_process(d)) {
        const struct flow_mark *m = mark_of(p, d->id);
        out_c(p->out, "<g");
        put_look(p, m, 0);
        if (says(p, d->element, "triggeredByEvent", "true")) out_c(p->out, " stroke-dasharray=\"2 3\"");
        out_byte(p->out, '>');
        put_rect(p, &d->box, 0, 10, " fill-opacity=\".4\"");
        if (is_kind(d, "transaction")) put_rect(p, &d->box, 3, 8, " fill=\"none\" stroke-width=\"1.3\"");
        out_c(p->out, "</g>\n");
        put_markers(p, d);
        put_label(p, &(struct label){.text = name_of(p, d),
                                     .x = d->box.x + d->box.width / 2,
                                     .y = d->box.y + 6,
                                     .width = d->box.width - 12,
                                     .height = 14,
                                     .size = 12});
        put_mark(p, m, &d->box);
        return;
    }
    bool is_group = is_kind(d, "group");
    put_rect(p, &d->box, 0, is_group ? 10 : 0,
             is_group ? " fill=\"none\" stroke=\"#22303a\" stroke-dasharray=\"8 3 1 3\""
                      : " fill=\"#fff\" stroke=\"#5b6b75\"");
    if (is_group) return;
    bool is_closed = is_kind(d, "participant") && !attribute(p, d->element, "processRef").n;
    bool is_lying = !says(p, d->shape, "isHorizontal", "false");
    put_label(p, &(struct label){.text = name_of(p, d),
                                 .x = is_lying && !is_closed ? d->box.x + 15 : d->box.x + d->box.width / 2,
                                 .y = is_lying ? d->box.y : d->box.y + 6,
                                 .width = is_lying && !is_closed ? d->box.height - 8 : d->box.width - 8,
                                 .height = is_lying ? d->box.height : 15,
                                 .size = 12,
                                 .in_middle = is_lying,
                                 .is_upright = is_lying && !is_closed});
}

// ---- edges ----

static void put_edge_name(struct picture *p, const struct drawn *d, const struct box *middle) {
    struct drawn at = *d;
    at.box = (struct box){middle->x, middle->y - 16, 0, 0};
    put_name_outside(p, &at);
}

void draw_edge(struct picture *p, const struct drawn *d) {
    bool is_flow = is_kind(d, "sequenceFlow"), is_message = is_kind(d, "messageFlow");
    struct text source = attribute(p, d->element, "sourceRef");
    size_t count = 0;
    struct box middle = {0}, last = {0};
    out_printf(p->out, "<path fill=\"none\" stroke=\"#22303a\" stroke-width=\"1.5\"%s d=\"",
               is_message ? " stroke-dasharray=\"8 4\""
               : is_flow  ? ""
                          : " stroke-dasharray=\"1 4\"");
    for (const xmlNode *x = xml_child(d->shape); x; x = xml_next(x)) {
        if (!xml_is(x, NULL, "waypoint")) continue;
        struct box at = {coordinate(x, "x"), coordinate(x, "y"), 0, 0};
        out_byte(p->out, count++ ? 'L' : 'M');
        put_number(p->out, at.x), out_byte(p->out, ' '), put_number(p->out, at.y);
        if (count == 2) middle = (struct box){(at.x + last.x) / 2, (at.y + last.y) / 2, 0, 0};
        last = at;
    }
    out_byte(p->out, '"');
    if (is_flow) out_c(p->out, " marker-end=\"url(#arrow)\"");
    if (is_message) out_c(p->out, " marker-start=\"url(#ring)\" marker-end=\"url(#open)\"");
    if (text_starts(d->kind, T("data"))) out_c(p->out, " marker-end=\"url(#open)\"");
    const xmlNode *from = is_flow ? element_with(p, source) : NULL;
    if (from && text_eq(attribute(p, from, "default"), d->id))
        out_c(p->out, " marker-start=\"url(#default)\"");
    else if (from && !text_ends(text_of((const char *)from->name), T("Gateway")) &&
             child_of(d->element, "conditionExpression"))
        out_c(p->out, " marker-start=\"url(#condition)\"");
    out_c(p->out, "/>\n");
    if (count) put_edge_name(p, d, &middle);
}
