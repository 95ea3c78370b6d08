#include "exchange/mail.h"

#include <string.h>

#include "base/crypto.h"
#include "base/date.h"
#include "base/encode.h"

enum {
    QUOTED_LINE_MAX = 76,
    WORD_BYTES = 39, // 52 characters of base64: with its frame an encoded word fits in 76
};

bool mail_address_is_valid(struct text t) {
    size_t at = 0;
    if (t.n < 3 || t.n > MAIL_ADDRESS_MAX) return false;
    for (size_t i = 0; i < t.n; i++) {
        char c = t.p[i];
        if (c <= ' ' || c >= 0x7F || strchr("()<>[]:;,\\\"", c)) return false;
        if (c != '@') continue;
        if (at) return false;
        at = i;
    }
    struct text domain = text_slice(t, at + 1, t.n);
    return at > 0 && domain.n > 0 && domain.p[0] != '.' && domain.p[domain.n - 1] != '.';
}

struct text mail_id(struct arena *a, struct text key) {
    struct hash h = hash_of(bytes_of(key));
    return hex_encode(a, (struct bytes){arena_copy(a, h.b, MAIL_ID_LENGTH / 2), MAIL_ID_LENGTH / 2});
}

// One line of words that people read: no control characters.
static bool is_line(struct text t) {
    if (!text_is_utf8(t)) return false;
    for (size_t i = 0; i < t.n; i++)
        if ((uint8_t)t.p[i] < ' ' || t.p[i] == 0x7F) return false;
    return true;
}

static bool is_body(struct text t) {
    if (!text_is_utf8(t)) return false;
    for (size_t i = 0; i < t.n; i++)
        if (((uint8_t)t.p[i] < ' ' && t.p[i] != '\n' && t.p[i] != '\t') || t.p[i] == 0x7F) return false;
    return true;
}

static bool is_ascii(struct text t) {
    for (size_t i = 0; i < t.n; i++)
        if ((uint8_t)t.p[i] >= 0x80) return false;
    return true;
}

static bool is_tag(struct text t) {
    for (size_t i = 0; i < t.n; i++) {
        char c = t.p[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return t.n <= 35; // RFC 5646, 4.4.1
}

// Encoded words (RFC 2047): each whole code points, each on a line of its own.
static void put_words(struct out *o, struct text t) {
    for (size_t at = 0; at < t.n;) {
        size_t end = at;
        while (end < t.n) {
            size_t next = end;
            text_codepoint(t, &next);
            if (next - at > WORD_BYTES) break;
            end = next;
        }
        if (at > 0) out_c(o, "\r\n ");
        out_c(o, "=?UTF-8?B?");
        out_text(o, base64_encode(o->arena, bytes_of(text_slice(t, at, end))));
        out_c(o, "?=");
        at = end;
    }
}

// Plain when it can be: short, ASCII, and nothing that looks like an encoded word or needs quoting.
static void put_phrase(struct out *o, struct text t, size_t plain_max, const char *special) {
    size_t at;
    bool plain = is_ascii(t) && t.n <= plain_max && !text_find(t, T("=?"), &at);
    for (size_t i = 0; i < t.n && plain; i++) plain = !strchr(special, t.p[i]);
    if (plain)
        out_text(o, t);
    else
        put_words(o, t);
}

static void put_date(struct out *o, struct moment now) {
    static const char *const DAYS[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int64_t seconds = now.ms / 1000, in_day = seconds % 86400;
    struct date d = date_from_days(seconds / 86400);
    out_printf(o, "%s, %d %s %d %02d:%02d:%02d +0000", DAYS[date_weekday(d) - 1], d.day, MONTHS[d.month - 1],
               d.year, (int)(in_day / 3600), (int)(in_day / 60 % 60), (int)(in_day % 60));
}

// Quoted-printable (RFC 2045, 6.7): readable for European languages, and no line is too long for any server.
static void put_body(struct out *o, struct text body) {
    size_t column = 0;
    for (size_t i = 0; i < body.n; i++) {
        uint8_t c = (uint8_t)body.p[i];
        if (c == '\n') {
            out_c(o, "\r\n");
            column = 0;
            continue;
        }
        bool at_end = i + 1 == body.n || body.p[i + 1] == '\n';
        bool plain = (c > ' ' && c < 0x7F && c != '=') || ((c == ' ' || c == '\t') && !at_end);
        if (c == '.' && column == 0) plain = false; // some server will take a lone dot for the end
        if (column + (plain ? 1 : 3) > QUOTED_LINE_MAX - 1) {
            out_c(o, "=\r\n");
            column = 0;
        }
        if (plain)
            out_byte(o, (char)c);
        else
            out_printf(o, "=%02X", c);
        column += plain ? 1 : 3;
    }
    if (column > 0) out_c(o, "\r\n");
}

static enum status check(const struct mail *m, const struct mail_sender *s) {
    if (m->subject.n > MAIL_SUBJECT_MAX || m->body.n > MAIL_BODY_MAX) return STATUS_TOO_LARGE;
    bool good = mail_address_is_valid(m->to) && mail_address_is_valid(s->address) && is_line(s->name) &&
                is_line(m->subject) && m->subject.n > 0 && is_body(m->body) && m->body.n > 0 &&
                is_tag(m->language);
    return good ? STATUS_OK : STATUS_INVALID;
}

enum status mail_print(struct arena *a, const struct mail *m, const struct mail_sender *sender,
                       struct text id, struct moment now, struct text *out) {
    struct out o = {.arena = a};
    enum status st = check(m, sender);
    if (st) return st;
    out_c(&o, "Date: ");
    put_date(&o, now);
    out_c(&o, "\r\nFrom: ");
    put_phrase(&o, sender->name, 60, "()<>[]:;@\\,.\"");
    out_printf(&o, "%s<" TEXT_FMT ">\r\nTo: <" TEXT_FMT ">\r\n", sender->name.n ? " " : "",
               TEXT_ARG(sender->address), TEXT_ARG(m->to));
    out_printf(&o, "Message-ID: <" TEXT_FMT "@" TEXT_FMT ">\r\nSubject: ", TEXT_ARG(id),
               TEXT_ARG(sender->domain));
    put_phrase(&o, m->subject, 66, "");
    out_c(&o, "\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n" // RFC 3834: no holiday replies
              "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n");
    if (m->language.n) out_printf(&o, "Content-Language: " TEXT_FMT "\r\n", TEXT_ARG(m->language));
    out_c(&o, "\r\n");
    put_body(&o, m->body);
    *out = out_done(&o);
    return STATUS_OK;
}

// ---- reading our own messages again ----

static struct text decode_words(struct arena *a, struct text value) {
    struct out o = {.arena = a};
    struct text start = T("=?UTF-8?B?");
    while (text_starts(value, start)) {
        size_t end;
        struct bytes b;
        struct text rest = text_slice(value, start.n, value.n);
        if (!text_find(rest, T("?="), &end) || base64_decode(a, text_slice(rest, 0, end), &b)) break;
        out_text(&o, text_of_bytes(b));
        value = text_slice(rest, end + 2, rest.n);
        struct text next = text_trim(value);
        if (text_starts(next, start)) value = next;
    }
    out_text(&o, value);
    return out_done(&o);
}

struct text mail_header(struct arena *a, struct text message, struct text name) {
    size_t end, at;
    struct text head = text_find(message, T("\r\n\r\n"), &end) ? text_slice(message, 0, end + 2) : message;
    struct text rest = TEXT_JOIN(a, T("\r\n"), head);
    struct text wanted = TEXT_JOIN(a, T("\r\n"), name, T(": "));
    if (!text_find(rest, wanted, &at)) return (struct text){0};
    rest = text_slice(rest, at + wanted.n, rest.n);
    struct out value = {.arena = a};
    for (size_t i = 0; i < rest.n; i++) {
        if (rest.p[i] == '\r') continue;
        if (rest.p[i] == '\n' && !(i + 1 < rest.n && rest.p[i + 1] == ' ')) break;
        if (rest.p[i] != '\n') out_byte(&value, rest.p[i]);
    }
    return decode_words(a, out_done(&value));
}

static int hex_digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

struct text mail_body(struct arena *a, struct text message) {
    size_t at;
    struct out o = {.arena = a};
    if (!text_find(message, T("\r\n\r\n"), &at)) return (struct text){0};
    struct text b = text_slice(message, at + 4, message.n);
    for (size_t i = 0; i < b.n; i++) {
        if (b.p[i] == '\r') continue;
        if (b.p[i] != '=' || i + 2 >= b.n) {
            out_byte(&o, b.p[i]);
        } else if (b.p[i + 1] == '\r') {
            i += 2; // a soft line end
        } else if (hex_digit(b.p[i + 1]) >= 0 && hex_digit(b.p[i + 2]) >= 0) {
            out_byte(&o, (char)(hex_digit(b.p[i + 1]) * 16 + hex_digit(b.p[i + 2])));
            i += 2;
        }
    }
    return out_done(&o);
}
