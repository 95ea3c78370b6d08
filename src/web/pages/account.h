// account.h - what the pages about signing up, signing in and the own account share, here and in api/.
#pragma once
#include "web/app.h"

// Shows the mistake on the page when the status is one that a person can mend (then the handler shows its
// form again). False: hand the status on.
bool account_mistake(struct request *q, enum status st, const struct problem *p);
void account_problem(struct request *q, const char *field, const char *key);
// Remembers for a year that the account signed in here: then strangers' mistakes make nobody wait here.
void account_remember(struct request *q, struct response *r, struct text known);

// Sends the code (or the sentence that there is nothing to use one for) to where the person said. False when
// there is no way to that kind of contact; the problem is shown on `field` then.
bool account_send_code(struct request *q, const struct contact_code *code, const char *field);

// From now on this request belongs to the new session, and so does the browser.
enum status account_take_session(struct request *q, struct response *r, const struct sign_in *in);
// The same, and on to where this step of signing in leads; `next` may be empty.
enum status account_go_on(struct request *q, struct response *r, const struct sign_in *in, struct text next);
// Where somebody begins: staff at their work list, others at home.
struct text account_home(const struct request *q);

// For handlers that change the ways into an account, first of all: true when a factor is fresh, or the form
// brought one. False: *st is what to return; the answer asks for it, and the same request will come again.
bool account_is_confirmed(struct request *q, struct response *r, enum status *st);

// The sheet with the name and codes that replace a lost telephone or password. Its codes are shown this once.
enum status account_sheet_show(struct request *q, struct response *r, struct text name,
                               const struct text *codes, size_t count);

// Setting up one-time codes, for the account page and for the first sign-in of staff.
struct totp_view {
    struct text enrolment, secret, qr, action; // qr: path of the SVG, one unit a module
    int qr_side;
};
extern const struct view TOTP_VIEW;
enum status account_totp_fill(struct request *q, struct text action, struct totp_view *v);
// Takes the first code of the form. STATUS_INVALID: the mistake is on the page; fill and show again.
enum status account_totp_take(struct request *q);
