#include "web/pages.h"

const struct page_module *const WEB_PAGES[] = {
    &START_PAGES,
    NULL,
};
