// app.h - what pages have in hand: the rooms below, who is asking, and names of codes in their language.
#pragma once
#include "access/session.h"
#include "cases/cases.h"
#include "intake/intake.h"
#include "web/http.h"

struct delivery;
struct privacy;
struct registers;
struct border;
struct circles;
struct trials;
struct proofs;
struct search;
struct lookup;
struct xroad_door;

// Who can sign in to a demonstration, and with what. The program fills these from demo/; /demo shows them
// with the code of the moment. Never filled for a real authority.
struct demo_sign_in {
    struct text role; // word of access.json: "applicant", "officer" ...
    struct text name; // typed at sign-in: e-mail or printed sign-in name
    struct text password;
    struct bytes totp_secret; // empty: no second factor
};

struct app {
    struct cases *cases;
    struct access *access;
    struct intake *intake;
    struct registers *registers;    // NULL: none here
    struct border *border;          // NULL: none here
    struct search *search;          // the one window; NULL: none here
    const struct xroad_door *xroad; // for our security server; NULL: none here
    struct lookup *lookup;          // data requests between authorities; NULL: none here
    struct privacy *privacy;        // NULL: none here
    const struct circles *circles;  // with whom cases are written about; NULL: in no federation
    struct text authority;
    const struct zone *zone;
    struct text zone_name;   // "Europe/Brussels"; for houses of their own that trials have
    struct text mail_folder; // where mail goes in a demonstration; empty otherwise
    bool is_demo;            // shows the demonstration's sign-ins and mail folder
    const struct demo_sign_in *demo_sign_ins;
    size_t demo_sign_in_count;
    struct worker_pool *workers; // for the operator's page and photos of documents; NULL: none
    struct text trust_folder;    // certificates of signers of seals, *.cer; empty: none
    struct trials *trials;       // that policy officers have open; NULL: none can be run here
    struct delivery *delivery;   // woken when an operator lets a message be sent again; NULL: none
    // Sends a one-time code or its refusal to somebody who may have no account yet, at once: it is worthless
    // after a quarter of an hour, and its address may not be kept, so it does not go through the outbox.
    // Called on a server thread. STATUS_UNSUPPORTED: there is no way to that kind of contact (no SMS
    // service). NULL: no way at all.
    enum status (*send_code)(void *context, enum contact_kind kind, struct text to, struct text language,
                             struct text subject, struct text body);
    void *send_context;
    struct proofs *proofs; // the log as others may read and witness it; NULL: not here
    bool has_tiles;        // its tiles are public, too: hashes of all leaves
    // More numbers for /metrics, of what the program does beside the pages; NULL: none.
    void (*write_metrics)(void *context, struct out *o);
    void *metrics_context;
};
static inline struct app *page_app(const struct request *q) {
    return q->app;
}

// Sessions of access/ for web_config. `a` must outlive the server.
struct web_sessions app_sessions(struct app *a);

// Who asks. Nobody: account 0, kind ACTOR_NOBODY; never NULL.
const struct actor *page_actor(const struct request *q);
struct source page_source(const struct request *q);
// Why they look: an applicant always at the own file; staff by the ?purpose= of the page when it names one,
// else `usual` ("asylum_examination", "registration", "supervision"). The reason is ?reason= or the form's
// "reason".
struct look page_look(const struct request *q, const char *usual);

// The name of a code of the pack's list ("country", "AFG") in the person's language; the code itself when
// unknown.
struct text page_code_name(struct request *q, const char *list, struct text code);
// Texts of the pack (labels of forms, letters, deadlines) in the person's language; the key when it is
// unknown.
struct text page_pack_text(struct request *q, struct text key);
// For selects and radios: the codes of a list in the order of names in the person's language. `chosen` may be
// empty.
struct options page_code_options(struct request *q, const char *list, struct text chosen);
// The last day of a time limit, which ends at 24:00: `due` is the first moment after it. The unknown date
// when ms is 0.
struct date page_last_day(const struct request *q, struct moment due);
// The pack whose texts, codes and permissions the page goes by: the one in force, unless the handler chose
// that of a case.
const struct pack *page_pack(const struct request *q);
void page_use_pack(struct request *q, const struct pack *pack);
// A text of any pack, for lists over cases of several; the key when it is unknown.
struct text page_words_of(struct request *q, const struct pack *pack, struct text key);
