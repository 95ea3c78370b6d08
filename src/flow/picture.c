// picture.c - finds what the diagram interchange of a file shows, and writes it: containers first, then
// edges, then what stands on them.
#include "flow/picture_draw.h"

#include "base/xml.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double coordinate(const xmlNode *x, const char *name) {
    xmlChar *word = xmlGetNoNsProp(x, (const xmlChar *)name);
    double v = word ? strtod((const char *)word, NULL) : 0;
    xmlFree(word);
    return isfinite(v) ? fmin(fmax(v, -PICTURE_SIDE_MAX), PICTURE_SIDE_MAX) : 0;
}

struct box box_of(const xmlNode *x) {
    for (const xmlNode *b = xml_child(x); b; b = xml_next(b))
        if (xml_is(b, NULL, "Bounds"))
            return (struct box){coordinate(b, "x"), coordinate(b, "y"), fmax(coordinate(b, "width"), 0),
                                fmax(coordinate(b, "height"), 0)};
    return (struct box){0};
}

// ---- what is in the file ----

static const xmlNode *next_element(const xmlNode *x, const xmlNode *top) {
    const xmlNode *next = xml_child(x);
    while (!next && x != top) {
        next = xml_next(x);
        x = x->parent;
    }
    return next;
}

static int by_id(const void *a, const void *b) {
    return text_cmp(((const struct element_id *)a)->id, ((const struct element_id *)b)->id);
}

static void collect_ids(struct picture *p, const xmlNode *root) {
    for (const xmlNode *x = root; x; x = next_element(x, root)) {
        struct text id = xml_attribute(p->arena, x, NULL, "id");
        if (id.n) *ARENA_PUSH(p->arena, &p->ids) = (struct element_id){id, x};
    }
    if (p->ids.count) qsort(p->ids.items, p->ids.count, sizeof *p->ids.items, by_id);
}

const xmlNode *element_with(struct picture *p, struct text id) {
    struct element_id wanted = {.id = id};
    size_t colon;
    if (text_find(id, T(":"), &colon)) wanted.id = text_slice(id, colon + 1, id.n); // a QName
    if (!p->ids.count) return NULL;
    struct element_id *found = bsearch(&wanted, p->ids.items, p->ids.count, sizeof *p->ids.items, by_id);
    return found ? found->x : NULL;
}

static bool is_shown_open(struct picture *p, const xmlNode *shape, const struct box *b) {
    struct text said = xml_attribute(p->arena, shape, NULL, "isExpanded");
    return said.n ? text_eq(said, T("true")) : b->width > 130 && b->height > 110; // as modelers take it
}

static enum status collect(struct picture *p, const xmlNode *plane, struct problem *problem_at) {
    p->things.count = 0;
    for (const xmlNode *x = xml_child(plane); x; x = xml_next(x)) {
        bool is_edge = xml_is(x, NULL, "BPMNEdge");
        const xmlNode *e = element_with(p, xml_attribute(p->arena, x, NULL, "bpmnElement"));
        if (!e || (!is_edge && !xml_is(x, NULL, "BPMNShape"))) continue;
        if (p->things.count >= PICTURE_SHAPES_MAX) {
            (void)problem(problem_at, "", "flow_too_many", "problem.flow.too_many");
            return STATUS_TOO_LARGE;
        }
        struct box b = box_of(x);
        *ARENA_PUSH(p->arena, &p->things) = (struct drawn){.shape = x,
                                                           .element = e,
                                                           .id = xml_attribute(p->arena, e, NULL, "id"),
                                                           .kind = text_of((const char *)e->name),
                                                           .box = b,
                                                           .is_edge = is_edge,
                                                           .is_open = is_shown_open(p, x, &b)};
    }
    return STATUS_OK;
}

// ---- how large it is ----

struct frame {
    double left, top, right, bottom;
};

static void widen(struct frame *f, const struct box *b) {
    f->left = fmin(f->left, b->x), f->top = fmin(f->top, b->y);
    f->right = fmax(f->right, b->x + b->width), f->bottom = fmax(f->bottom, b->y + b->height);
}

static struct frame frame_of(const struct picture *p) {
    struct frame f = {HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    for (size_t i = 0; i < p->things.count; i++) {
        const struct drawn *d = &p->things.items[i];
        if (!d->is_edge) widen(&f, &d->box);
        for (const xmlNode *x = xml_child(d->shape); x; x = xml_next(x)) {
            struct box at = {coordinate(x, "x"), coordinate(x, "y"), 0, 0};
            struct box label = box_of(x);
            if (xml_is(x, NULL, "waypoint")) widen(&f, &at);
            if (xml_is(x, NULL, "BPMNLabel") && label.width > 0) widen(&f, &label);
        }
    }
    return f.left > f.right ? (struct frame){0} : f; // only edges, without a point
}

// ---- writing ----

static void draw_all(struct picture *p) {
    for (size_t i = 0; i < p->things.count; i++)
        if (!p->things.items[i].is_edge && is_container(&p->things.items[i]))
            draw_container(p, &p->things.items[i]);
    for (size_t i = 0; i < p->things.count; i++)
        if (p->things.items[i].is_edge) draw_edge(p, &p->things.items[i]);
    for (int events = 0; events < 2; events++) // those at the border of an activity lie on it
        for (size_t i = 0; i < p->things.count; i++) {
            const struct drawn *d = &p->things.items[i];
            if (!d->is_edge && !is_container(d) && is_event(d) == (events == 1)) draw_shape(p, d);
        }
}

static const char HEAD[] =
    "<defs><marker id=\"arrow\" viewBox=\"0 0 10 10\" refX=\"10\" refY=\"5\" markerWidth=\"7\" "
    "markerHeight=\"7\" "
    "orient=\"auto\"><path d=\"M0 0L10 5L0 10z\" fill=\"#22303a\"/></marker>"
    "<marker id=\"open\" viewBox=\"-1 -1 12 12\" refX=\"10\" refY=\"5\" markerWidth=\"8\" markerHeight=\"8\" "
    "orient=\"auto\"><path d=\"M0 0L10 5L0 10\" fill=\"none\" stroke=\"#22303a\"/></marker>"
    "<marker id=\"ring\" viewBox=\"-1 -1 12 12\" refX=\"5\" refY=\"5\" markerWidth=\"7\" "
    "markerHeight=\"7\"><circle "
    "cx=\"5\" cy=\"5\" r=\"5\" fill=\"#fff\" stroke=\"#22303a\"/></marker>"
    "<marker id=\"default\" viewBox=\"0 0 12 10\" refX=\"-2\" refY=\"5\" markerWidth=\"8\" "
    "markerHeight=\"8\" "
    "orient=\"auto\"><path d=\"M2 0l5 10\" stroke=\"#22303a\" stroke-width=\"1.5\"/></marker>"
    "<marker id=\"condition\" viewBox=\"-1 -1 18 12\" refX=\"0\" refY=\"5\" markerWidth=\"12\" "
    "markerHeight=\"8\" "
    "orient=\"auto\"><path d=\"M0 5l8-5 8 5-8 5z\" fill=\"#fff\" stroke=\"#22303a\"/></marker></defs>\n";

enum { MARGIN = 24 }; // room for tokens and names at the border

static void begin(struct picture *p, double width, double height) {
    out_c(p->out, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"");
    put_number(p->out, width), out_c(p->out, "\" height=\""), put_number(p->out, height);
    out_c(p->out, "\" viewBox=\"0 0 ");
    put_number(p->out, width), out_byte(p->out, ' '), put_number(p->out, height);
    out_printf(p->out, "\" font-family=\"Noto Sans,Arial,sans-serif\"%s><title>",
               p->how->right_to_left ? " direction=\"rtl\"" : "");
    put_escaped(p->out, p->how->title);
    out_c(p->out, "</title>\n");
    out_c(p->out, HEAD);
}

// Each diagram of the file in its own group, below the one before.
static enum status draw_diagrams(struct picture *p, const xmlNode *root, struct frame *all, size_t *drawn,
                                 struct problem *problem_at) {
    enum status st = STATUS_OK;
    for (const xmlNode *x = root; x && !st; x = next_element(x, root)) {
        if (!xml_is(x, NULL, "BPMNPlane")) continue;
        st = collect(p, x, problem_at);
        if (st || !p->things.count) continue;
        struct frame f = frame_of(p);
        out_c(p->out, "<g transform=\"translate(");
        put_number(p->out, MARGIN - f.left), out_byte(p->out, ' ');
        put_number(p->out, all->bottom + MARGIN - f.top), out_c(p->out, ")\">\n");
        draw_all(p);
        out_c(p->out, "</g>\n");
        all->right = fmax(all->right, f.right - f.left + 2 * MARGIN);
        all->bottom += f.bottom - f.top + 2 * MARGIN;
        *drawn += p->things.count;
    }
    return st;
}

enum status flow_picture(struct arena *a, struct text xml, const struct flow_picture *how, struct out *svg,
                         size_t *drawn, struct problem *p) {
    struct out body = {.arena = a};
    struct picture picture = {.arena = a, .out = &body, .how = how};
    struct frame all = {0};
    xmlDoc *doc;
    *drawn = 0;
    enum status st = xml_read(xml, &doc, p);
    if (st) return st;
    const xmlNode *root = xmlDocGetRootElement(doc);
    collect_ids(&picture, root);
    st = draw_diagrams(&picture, root, &all, drawn, p);
    xmlFreeDoc(doc);
    if (st) return st;
    picture.out = svg;
    begin(&picture, fmax(all.right, 1), fmax(all.bottom, 1));
    out_text(svg, out_done(&body));
    out_c(svg, "</svg>\n");
    return STATUS_OK;
}
