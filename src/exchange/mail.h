// mail.h - one e-mail: what it says, and its form on the wire (RFC 5322, 2045 to 2047).
#pragma once
#include "base/arena.h"
#include "base/env.h"
#include "base/text.h"

enum {
    MAIL_ADDRESS_MAX = 254, // RFC 5321, 4.5.3.1, erratum 1690
    MAIL_SUBJECT_MAX = 300,
    MAIL_BODY_MAX = 64 * 1024, // a message says that there is news; the news are read after signing in
    MAIL_ID_LENGTH = 40,       // hexadecimal digits before the @ of a Message-ID
};

struct mail {
    struct text to; // address
    struct text subject;
    struct text body;     // plain text, lines end with \n
    struct text language; // BCP 47 tag of subject and body; empty when unknown
};

// Who sends.
struct mail_sender {
    struct text address, name;
    struct text domain; // right side of Message-IDs: a name that is ours, "post.ostia.example"
};

// An address that can be mailed: ASCII, one @, no spaces, controls, quotes or brackets. A domain with other
// letters must be given in its ASCII form (xn--).
bool mail_address_is_valid(struct text address);

// The left side of the Message-ID: the same for the same idempotency key, and tells nothing about it.
struct text mail_id(struct arena *a, struct text key);

// The whole message with CRLF line ends. STATUS_INVALID for a bad address, subject or body (control
// characters, not UTF-8, empty), STATUS_TOO_LARGE beyond the limits.
enum status mail_print(struct arena *a, const struct mail *m, const struct mail_sender *sender,
                       struct text id, struct moment now, struct text *out);

// A header of a message that mail_print made, decoded; empty text when absent. For showing what was sent.
struct text mail_header(struct arena *a, struct text message, struct text name);
// Its body, decoded, lines ending with \n.
struct text mail_body(struct arena *a, struct text message);
