#include "web/pages.h"

const struct page_module *const WEB_PAGES[] = {
    &START_PAGES,
    &PUBLIC_PAGES,
    &RIGHTS_PAGES,
    NULL,
};
