// Messages in every script arrive as they were written, and nobody can smuggle a header into one.
#include "../check.h"
#include "base/crypto.h"
#include "exchange/mail.h"

static const struct mail_sender OFFICE = {{"office@ostia.example", 20}, {"Office", 6}, {"ostia.example", 13}};
static const struct moment NOW = {1795252800000};

static struct text print(struct arena *a, const char *subject, const char *body) {
    struct mail m = {T("a@b.example"), text_of(subject), text_of(body), T("ar")};
    struct text out;
    assert_ok(mail_print(a, &m, &OFFICE, mail_id(a, T("key")), NOW, &out));
    return out;
}

static void assert_wire(struct text message) {
    size_t column = 0;
    for (size_t i = 0; i < message.n; i++) {
        uint8_t c = (uint8_t)message.p[i];
        assert_true(c == '\r' || c == '\n' || (c >= ' ' && c < 0x7F));
        assert_true((c == '\n') == (i > 0 && message.p[i - 1] == '\r'));
        column = c == '\n' ? 0 : column + 1;
        assert_true(column <= 78 + 1); // RFC 5322, 2.1.1, and the carriage return
        assert_false(column == 1 && c == '.');
    }
    assert_true(text_ends(message, T("\r\n")));
}

#define MEETING                                                                                   \
    "\xD9\x85\xD9\x88\xD8\xB9\xD8\xAF\xD9\x83 \xD9\x81\xD9\x8A \xD9\x85\xD9\x83\xD8\xAA\xD8\xA8 " \
    "\xD8\xA7\xD9\x84\xD9\x84\xD8\xAC\xD9\x88\xD8\xA1"
#define ARABIC MEETING " " MEETING " " MEETING
#define CALENDAR "\xF0\x9F\x93\x85"
#define CALENDARS                                                                                      \
    CALENDAR CALENDAR CALENDAR CALENDAR CALENDAR CALENDAR CALENDAR CALENDAR CALENDAR CALENDAR CALENDAR \
        " calendar"

static void every_script_survives(void **state) {
    (void)state;
    static const char *const WORDS[] = {
        "Hello",
        "Za\xC5\xBC\xC3\xB3\xC5\x82\xC4\x87 g\xC4\x99\xC5\x9Bl\xC4\x85 ja\xC5\xBA\xC5\x84",
        ARABIC,
        CALENDARS,
        "=?UTF-8?B?QQ==?=",
        "a = b; 100% \"quoted\" <angle>",
        "A subject in plain letters that is too long for one line of an e-mail, so it must be cut",
    };
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        struct arena a = {0};
        char body[2000];
        snprintf(body, sizeof body, "%s\n.\n..\n\n%s %s %s \nend\t\n=\n=3D", WORDS[i], WORDS[i], WORDS[i],
                 WORDS[i]);
        struct text m = print(&a, WORDS[i], body);
        assert_wire(m);
        assert_text(mail_header(&a, m, T("Subject")), WORDS[i]);
        struct text back = mail_body(&a, m);
        assert_true(text_ends(back, T("\n")));
        assert_text(text_slice(back, 0, back.n - 1), body);
        arena_free(&a);
    }
}

static void headers_say_who_and_what(void **state) {
    (void)state;
    struct arena a = {0};
    struct text m = print(&a, "News", "Sign in.");
    assert_text(mail_header(&a, m, T("From")), "Office <office@ostia.example>");
    assert_text(mail_header(&a, m, T("To")), "<a@b.example>");
    assert_text(mail_header(&a, m, T("Auto-Submitted")), "auto-generated");
    assert_text(mail_header(&a, m, T("Content-Language")), "ar");
    struct text id = mail_header(&a, m, T("Message-ID"));
    assert_int_equal(id.n, MAIL_ID_LENGTH + 16);
    assert_true(text_ends(id, T("@ostia.example>")));
    assert_true(text_eq(mail_id(&a, T("key")), mail_id(&a, T("key"))));
    assert_false(text_eq(mail_id(&a, T("key")), mail_id(&a, T("kez"))));
    assert_text(mail_header(&a, m, T("Bcc")), "");
    arena_free(&a);
}

static void no_header_is_smuggled_in(void **state) {
    (void)state;
    static const struct {
        const char *to, *subject, *body, *language;
        enum status wanted;
    } CASES[] = {
        {"a@b.example\r\nBcc: c@d", "s", "b", "", STATUS_INVALID},
        {"a@b.example>,<c@d.example", "s", "b", "", STATUS_INVALID},
        {"a b@c.example", "s", "b", "", STATUS_INVALID},
        {"a@b@c.example", "s", "b", "", STATUS_INVALID},
        {"@b.example", "s", "b", "", STATUS_INVALID},
        {"a@", "s", "b", "", STATUS_INVALID},
        {"\xC3\xA9@b.example", "s", "b", "", STATUS_INVALID},
        {"", "s", "b", "", STATUS_INVALID},
        {"a@b.example", "s\r\nBcc: c@d.example", "b", "", STATUS_INVALID},
        {"a@b.example", "s\nx", "b", "", STATUS_INVALID},
        {"a@b.example", "", "b", "", STATUS_INVALID},
        {"a@b.example", "\xFF", "b", "", STATUS_INVALID},
        {"a@b.example", "s", "b\r", "", STATUS_INVALID},
        {"a@b.example", "s", "b\x1B[0m", "", STATUS_INVALID},
        {"a@b.example", "s", "", "", STATUS_INVALID},
        {"a@b.example", "s", "b", "en\r\nX: y", STATUS_INVALID},
        {"a@b.example", "s", "b", "en", STATUS_OK},
        {"o'neil+x@b.example", "s", "b", "", STATUS_OK},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct arena a = {0};
        struct text out;
        struct mail m = {text_of(CASES[i].to), text_of(CASES[i].subject), text_of(CASES[i].body),
                         text_of(CASES[i].language)};
        enum status st = mail_print(&a, &m, &OFFICE, T("id"), NOW, &out);
        if (st != CASES[i].wanted) fail_msg("case %zu: %s", i, status_name(st));
        arena_free(&a);
    }
    struct arena a = {0};
    struct text out;
    static char long_body[MAIL_BODY_MAX + 1];
    memset(long_body, 'x', sizeof long_body);
    struct mail m = {T("a@b.example"), T("s"), {long_body, sizeof long_body}, {0}};
    assert_status(mail_print(&a, &m, &OFFICE, T("id"), NOW, &out), STATUS_TOO_LARGE);
    m.body.n--;
    assert_ok(mail_print(&a, &m, &OFFICE, T("id"), NOW, &out));
    assert_wire(out);
    arena_free(&a);
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_script_survives),
        cmocka_unit_test(headers_say_who_and_what),
        cmocka_unit_test(no_header_is_smuggled_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
