#include "web/view.h"

static const struct view_field OPTION_FIELDS[] = {
    VIEW_TEXT(struct option, value),
    VIEW_TEXT(struct option, label),
    VIEW_TEXT(struct option, hint),
    VIEW_C(struct option, label_key),
    VIEW_C(struct option, hint_key),
    VIEW_BOOL(struct option, is_chosen),
    {0},
};
const struct view OPTION_VIEW = {"option", OPTION_FIELDS};

static const struct view_field DATE_PARTS_FIELDS[] = {
    VIEW_TEXT(struct date_parts, day),
    VIEW_TEXT(struct date_parts, month),
    VIEW_TEXT(struct date_parts, year),
    VIEW_BOOL(struct date_parts, is_day_unknown),
    {0},
};
const struct view DATE_PARTS_VIEW = {"date_parts", DATE_PARTS_FIELDS};

static const struct view_field PAGES_FIELDS[] = {
    VIEW_TEXT(struct pages, previous),
    VIEW_TEXT(struct pages, next),
    {0},
};
const struct view PAGES_VIEW = {"pages", PAGES_FIELDS};
