// picture_draw.h - a picture being drawn. Only for files of this room.
#pragma once
#include <libxml/tree.h>

#include "flow/picture.h"

enum { LABEL_LINES_MAX = 8 };

struct box {
    double x, y, width, height;
};
// An element of the model with its place: a shape, or an edge.
struct drawn {
    const xmlNode *shape, *element; // in the diagram, in the model
    struct text id, kind;           // of the element; kind = its name in the standard
    struct box box;                 // of a shape
    bool is_edge, is_open;          // open: a sub-process whose inside is shown
};
struct picture {
    struct arena *arena;
    struct out *out;
    const struct flow_picture *how;
    struct {
        struct element_id {
            struct text id;
            const xmlNode *x;
        } * items; // sorted
        size_t count, capacity;
    } ids;
    struct {
        struct drawn *items;
        size_t count, capacity;
    } things; // of the diagram that is drawn
};

// picture_text.c
struct label {
    struct text text;
    double x, y, width, height, size; // x: of the middle, or of the start
    bool in_middle;                   // of the height; otherwise from the top
    bool is_at_start, is_upright;     // upright: along a lane, read from below; about x and the middle of y
};
void put_escaped(struct out *o, struct text t);
void put_number(struct out *o, double v);
void put_label(struct picture *p, const struct label *l);

// picture.c
const xmlNode *element_with(struct picture *p, struct text id); // NULL when absent
struct box box_of(const xmlNode *x);                            // of its dc:Bounds; all 0 when it has none
double coordinate(const xmlNode *x, const char *name);

// picture_shape.c
struct text name_of(struct picture *p, const struct drawn *d);
void draw_container(struct picture *p, const struct drawn *d); // a pool, a lane, an open sub-process, a group
void draw_shape(struct picture *p, const struct drawn *d);
void draw_edge(struct picture *p, const struct drawn *d);
bool is_container(const struct drawn *d);
bool is_event(const struct drawn *d);
