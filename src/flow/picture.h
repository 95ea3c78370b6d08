// picture.h - a BPMN file as a picture (SVG), drawn from its diagram interchange: for print, for browsers
// without script, and wherever something is to be shown on the process. It needs no style sheet and no font
// of its own.
#pragma once
#include "base/arena.h"
#include "base/problem.h"
#include "base/text.h"

enum {
    PICTURE_SHAPES_MAX = 8000,
    PICTURE_SIDE_MAX = 100 * 1000
}; // a model has 4,000 nodes, and as many edges

// How an element looks. What a colour says, a sign says too: a tick, a token, an exclamation mark.
enum flow_look {
    FLOW_LOOK_PLAIN,
    FLOW_LOOK_VISITED,
    FLOW_LOOK_NOW,   // a token stands here
    FLOW_LOOK_STUCK, // ... and cannot go on
};
struct flow_mark {
    struct text element;
    enum flow_look look;
    struct text badge; // a number in the token; may be empty
};
struct flow_picture {
    const struct flow_mark *marks;
    size_t mark_count;
    struct text title; // for who cannot see it
    bool right_to_left;
    // The name of an element in the reader's language; `written` is the one in the file. NULL: that one.
    struct text (*name)(void *context, struct text element, struct text written);
    void *context;
};

// Writes the SVG document, one diagram of the file below the other. `drawn` says how many shapes it has: a
// file without diagram interchange gives an empty picture. STATUS_TOO_LARGE; else as xml_read.
enum status flow_picture(struct arena *a, struct text xml, const struct flow_picture *how, struct out *svg,
                         size_t *drawn, struct problem *p);
