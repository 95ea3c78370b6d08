#include "web/pages.h"

const struct page_module *const WEB_PAGES[] = {
    &START_PAGES,
    &PUBLIC_PAGES,
    &RIGHTS_PAGES,
    &OPERATE_PAGES,
    &DEMO_PAGES,
    &ACCOUNT_PAGES,
    &ACCOUNT_FACTOR_PAGES,
    &ACCOUNT_SIGN_IN_PAGES,
    &ACCOUNT_SIGN_UP_PAGES,
    &APPLY_PAGES,
    &APPLY_SECTION_PAGES,
    &UPLOAD_PAGES,
    NULL,
};
