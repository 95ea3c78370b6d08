// template.h - HTML templates: compiled and checked when loaded, escaped by context when shown.
//
// The language (one page in src/web/README.md):
//     {{name}} {{a.b}}            a value of the view          {{@lang}}   a value of the page (struct
//     page_state)
//     {{$label}}                  an argument of a partial
//     {{t key arg=name n="3"}}    a sentence of the text catalogue; {{tr name}} the sentence whose key `name`
//     holds
//     {{#if x}} {{else if y}} {{else}} {{/if}}    conditions: x, not x, x == "literal", x != "literal", with
//     and / or
//     {{#each list}} ... {{.index}} {{else}} {{/each}}   {{#with struct}} {{/with}}
//     {{> partial a=name b="literal" c=(t key arg=name) d=(text name)}}   {{#> partial ...}} block {{/>}}
//     with
//                                 {{content}} in the partial, whose first line is {{args a b c? d?}}
//     {{error name}}              the message for the field of that name (see struct render)
//     {{#slot title}} ... {{/slot}}      {{layout "page"}} as first line; the layout says {{slot title}},
//     {{content}}
//     {{asset "app.js"}}          address of a built file      {{! comment}}
#pragma once
#include "base/problem.h"
#include "pack/text_catalog.h"
#include "web/view.h"

struct templates;

// One template by file name (without .html) and the view that it is shown with. Pages define them as
// constants:
//     static const struct page_template WORK_LIST = {"work_list", &WORK_LIST_VIEW};
struct page_template {
    const char *name;
    const struct view *view; // NULL: a page without values of its own
};

// A file that templates are compiled from.
struct template_source {
    const char *name; // "start", "parts/input"
    struct text html;
};

// What templates are checked against. All of it must outlive the compiled templates, `texts` excepted: it is
// only read while compiling.
struct template_world {
    const struct template_source *sources;
    size_t source_count;
    const struct page_template *const *pages;
    size_t page_count;
    const struct view *page_state; // what {{@name}} can name
    bool (*asset)(void *context, struct text name, struct text *address);
    void *context;
    struct texts texts; // every {{t key}} must be there, with its arguments
};

// Compiles every page with every partial and layout it names. The error names template, line and rule:
// p->field is the template's name, p->line its line, argument "what" the offending word. STATUS_INVALID; *out
// then holds the words that `p` names and is freed by the caller like any other.
enum status templates_compile(const struct template_world *world, struct templates **out, struct problem *p);
void templates_free(struct templates *t);
// True when that page shows {{@csrf}} somewhere.
bool templates_use_csrf(const struct templates *t, const char *name);

// A mistake beside its field: {{#if error $name}} {{error $name}} find it by the field's name.
struct field_message {
    struct text field, message;
};

// What is needed to show a page besides its view.
struct render {
    struct arena *arena;
    struct text language; // "ar"
    struct texts texts;   // the page texts, then the pack's
    const void *page_state;
    const struct zone *zone; // for moments; NULL is UTC
    const struct field_message *messages;
    size_t message_count;
    bool has_machine_translation; // set when a sentence shown is not yet checked by a speaker
};

// Writes the page into `o`. STATUS_NOT_FOUND when no such page was compiled; STATUS_TOO_LARGE over
// PAGE_BYTES_MAX.
enum status template_render(const struct templates *t, const struct page_template *page, const void *view,
                            struct render *r, struct out *o);

// The sentence `key` in the render's language with {placeholders} filled in from `args` (not escaped): for
// plain text such as e-mail or JSON. `count` picks the plural form, -1 when there is none.
struct text render_sentence(struct render *r, struct text key, const struct problem_arg *args,
                            size_t arg_count, int64_t count);
