// page_state.h - what every template can name with @: {{@language}}, {{@is_staff}}, {{#each @problems}} ...
#pragma once
#include "web/http.h"

struct language_link {
    struct text tag, name, href;
    const char *direction;
    bool is_current;
};
struct shown_problem {
    struct text field, href, message; // href "#field", empty when it concerns the whole page
};

struct page_state {
    struct text language;
    const char *direction;    // "ltr", "rtl"
    const char *style;        // address of the style sheet for that direction
    struct text csrf;         // for forms (partial csrf)
    struct text script_csrf;  // for scripts; only when signed in
    struct text path;         // of this page, without query
    struct text target;       // with query
    struct text authority;    // its name
    struct text name, office; // of who is signed in
    struct text notice_key;   // "notice.saved" after a redirect
    bool is_signed_in, is_half_signed_in, is_applicant, is_representative, is_staff, is_officer,
        is_supervisor, is_administrator, is_policy, is_partner;
    bool has_border;    // of the staff: they record crossings
    bool has_search;    // of the staff: they may search, or read who did
    bool has_registers; // of the staff: there is one that they may use
    bool has_invitations; // of the staff: they may answer those of other authorities
    bool has_oversight;   // of the staff: they watch over the exchange between authorities
    struct {
        struct language_link *items;
        size_t count, capacity;
    } languages;
    struct {
        struct shown_problem *items;
        size_t count, capacity;
    } problems;
};
extern const struct view PAGE_STATE_VIEW;
