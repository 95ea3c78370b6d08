#include "web/page_state.h"

static const struct view_field LANGUAGE_FIELDS[] = {
    VIEW_TEXT(struct language_link, tag),        VIEW_TEXT(struct language_link, name),
    VIEW_TEXT(struct language_link, href),       VIEW_C(struct language_link, direction),
    VIEW_BOOL(struct language_link, is_current), {0},
};
static const struct view LANGUAGE_VIEW = {"language", LANGUAGE_FIELDS};
static const struct view_field PROBLEM_FIELDS[] = {
    VIEW_TEXT(struct shown_problem, field),
    VIEW_TEXT(struct shown_problem, href),
    VIEW_TEXT(struct shown_problem, message),
    {0},
};
static const struct view PROBLEM_VIEW = {"problem", PROBLEM_FIELDS};

#define STATE struct page_state
static const struct view_field STATE_FIELDS[] = {
    VIEW_TEXT(STATE, language),
    VIEW_C(STATE, direction),
    VIEW_C(STATE, style),
    VIEW_TEXT(STATE, csrf),
    VIEW_TEXT(STATE, script_csrf),
    VIEW_TEXT(STATE, path),
    VIEW_TEXT(STATE, target),
    VIEW_TEXT(STATE, authority),
    VIEW_TEXT(STATE, name),
    VIEW_TEXT(STATE, office),
    VIEW_TEXT(STATE, notice_key),
    VIEW_BOOL(STATE, is_signed_in),
    VIEW_BOOL(STATE, is_half_signed_in),
    VIEW_BOOL(STATE, is_applicant),
    VIEW_BOOL(STATE, is_representative),
    VIEW_BOOL(STATE, is_staff),
    VIEW_BOOL(STATE, is_officer),
    VIEW_BOOL(STATE, is_supervisor),
    VIEW_BOOL(STATE, is_administrator),
    VIEW_BOOL(STATE, is_policy),
    VIEW_BOOL(STATE, is_partner),
    VIEW_BOOL(STATE, has_border),
    VIEW_BOOL(STATE, has_search),
    VIEW_BOOL(STATE, has_invitations),
    VIEW_BOOL(STATE, has_oversight),
    VIEW_BOOL(STATE, has_registers),
    VIEW_LIST(STATE, languages, &LANGUAGE_VIEW),
    VIEW_LIST(STATE, problems, &PROBLEM_VIEW),
    {0},
};
const struct view PAGE_STATE_VIEW = {"page_state", STATE_FIELDS};
