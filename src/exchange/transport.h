// transport.h - ways for a finished e-mail to leave the house: an SMTP server, or a folder for
// demonstrations.
#pragma once
#include "base/env.h"
#include "base/text.h"

struct letter_out {
    struct text from, to; // addresses of the envelope
    struct text id;       // left side of the Message-ID
    struct text message;  // with headers, CRLF
};

// STATUS_OK: taken over. STATUS_REFUSED: will never be taken, do not try again. Anything else: try again
// later. `error` is then a short name for operators ("smtp 451"), at most 60 bytes, without addresses.
enum { TRANSPORT_ERROR_MAX = 60 };
struct transport {
    void *context;
    enum status (*send)(void *context, const struct letter_out *letter, char error[TRANSPORT_ERROR_MAX]);
    void (*close)(void *context); // may be NULL
};

enum smtp_security {
    SMTP_TLS_WHEN_OFFERED, // STARTTLS if the server has it; its certificate is not checked, for it could be
                           // left out too
    SMTP_TLS_REQUIRED,     // STARTTLS and a valid certificate, or nothing is sent
    SMTP_TLS_FROM_START,   // port 465, valid certificate
    SMTP_PLAIN,            // only for a server on the same machine
};
struct smtp_options {
    struct text host;
    int port; // 0: 465 for SMTP_TLS_FROM_START, else 25
    enum smtp_security security;
    struct text user, password; // empty: no sign-in
    struct text hello;          // our name in EHLO
    struct text ca_file;        // empty: those of the system
    int timeout_ms;             // for one message; 0 means 30 000
};
// The options are copied. One thread at a time may send. STATUS_INVALID: a password with
// SMTP_TLS_WHEN_OFFERED, where anybody on the way could read it.
enum status transport_smtp(const struct smtp_options *options, struct transport *out);

// Writes ID.eml files into `dir`, which is made when missing. The same message sent twice is one file.
enum status transport_folder(const struct env *env, struct text dir, struct transport *out);

// What is in such a folder, latest first, at most `limit`.
struct folder_mail {
    struct text id;
    struct moment when;
    struct text to, subject;
};
struct folder_mails {
    struct folder_mail *items;
    size_t count, capacity;
};
enum { FOLDER_LIST_MAX = 500, FOLDER_MAIL_MAX = 256 * 1024 };
enum status folder_list(struct text dir, int limit, struct arena *a, struct folder_mails *out);
// One message. STATUS_NOT_FOUND, also for an id that is not one of ours.
enum status folder_read(struct text dir, struct text id, struct arena *a, struct text *message);
