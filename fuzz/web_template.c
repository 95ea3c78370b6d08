// A template of anything: it is refused with a reason, or it shows a hostile value without letting it out.
#include <stdlib.h>
#include <string.h>

#include "web/page_state.h"
#include "web/template.h"

struct page {
    struct text name;
    int count;
    struct date day;
    struct {
        struct page *items;
        size_t count, capacity;
    } list;
};
static const struct view_field FIELDS[];
static const struct view PAGE_VIEW = {"page", FIELDS};
static const struct view_field FIELDS[] = {
    VIEW_TEXT(struct page, name),
    VIEW_INT(struct page, count),
    VIEW_DATE(struct page, day),
    VIEW_LIST(struct page, list, &PAGE_VIEW),
    {0},
};
static const struct page_template PAGE = {"page", &PAGE_VIEW};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 4096) return 0;
    struct template_source sources[] = {
        {"page", {(const char *)data, size}},
        {"parts/a", T("{{args x y?}}<i title=\"{{$x}}\">{{#if $y}}{{$y}}{{/if}}{{content}}</i>")},
        {"layouts/page", T("<title>{{slot title}}</title>{{content}}")},
    };
    const struct page_template *pages[] = {&PAGE};
    struct template_world world = {sources, 3, pages, 1, &PAGE_STATE_VIEW, NULL, NULL, {{NULL}, 0}};
    struct templates *t;
    struct problem p = {0};
    if (!templates_compile(&world, &t, &p)) {
        struct arena a = {0};
        struct page item = {.name = T("\x01<img>"), .count = 2},
                    view = {.name = T("\x01<img>"), .count = 3, .day = {2026, 11, 0}};
        struct page_state state = {.language = T("en")};
        struct render r = {.arena = &a, .language = T("en"), .page_state = &state};
        struct out o = {.arena = &a};
        view.list.items = &item;
        view.list.count = 1;
        if (!template_render(t, &PAGE, &view, &r, &o) && o.n && memmem(o.p, o.n, "\x01<img", 5) &&
            !memmem(data, size, "\x01<img", 5))
            abort();
        arena_free(&a);
    }
    templates_free(t);
    return 0;
}
