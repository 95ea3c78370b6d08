// A person without e-mail makes an account, writes the application in Arabic letters with mistakes on the
// way, adds a paper, sends it, and follows the case; then comes back with the printed sheet. No line of
// script runs. The house counts its people by words that web/ uses for kinds of sign-in.
#define APPLICANT HOUSE_APPLICANT
#define OFFICER HOUSE_OFFICER
#include "cases/story.h"
#undef APPLICANT
#undef OFFICER

#include "browser.h"
#include "leaks.h"
#include "web/app.h"
#include "web/pages.h"

static const struct page_module *const MODULES[] = {
    &START_PAGES,
    &PUBLIC_PAGES,
    &ACCOUNT_PAGES,
    &ACCOUNT_CONFIRM_PAGES,
    &ACCOUNT_FACTOR_PAGES,
    &ACCOUNT_SIGN_IN_PAGES,
    &ACCOUNT_SIGN_UP_PAGES,
    &APPLY_PAGES,
    &APPLY_SECTION_PAGES,
    &UPLOAD_PAGES,
    &HOME_PAGES,
    &HOME_TALK_PAGES,
    &HOME_LETTER_PAGES,
    &HOME_DECISION_PAGES,
    &HOME_DATA_PAGES,
    NULL,
};
static struct house house;
static struct app app;
static struct web *web;
static char sent_code[20];

static enum status catch_code(void *context, enum contact_kind kind, struct text to, struct text language,
                              struct text subject, struct text body) {
    (void)context, (void)to, (void)language, (void)subject;
    sent_code[0] = 0;
    for (size_t i = 0; i + 6 <= body.n && !sent_code[0]; i++)
        if (strspn(body.p + i, "0123456789") >= 6) snprintf(sent_code, sizeof sent_code, "%.6s", body.p + i);
    return kind == CONTACT_EMAIL ? STATUS_OK : STATUS_UNSUPPORTED;
}

static int open_authority(void **state) {
    (void)state;
    static struct web_sessions sessions;
    struct intake_options intake = {0};
    struct problem p = {0};
    house_new(&house);
    app = (struct app){.cases = house.cases,
                       .access = house.access,
                       .authority = T("Office for Asylum"),
                       .send_code = catch_code};
    assert_ok(intake_open(house.cases, &intake, &app.intake));
    assert_ok(zone_find(T("Europe/Brussels"), &app.zone));
    sessions = app_sessions(&app);
    struct web_config c = {.address = "127.0.0.1",
                           .threads = 1,
                           .env = &house.fixed.env,
                           .sessions = &sessions,
                           .modules = MODULES,
                           .app = &app,
                           .zone = app.zone,
                           .authority = app.authority};
    enum status st = web_start(&c, &web, &p);
    if (st)
        fail_msg("web_start: %s %s:%lld %s " TEXT_FMT, status_name(st), p.field, (long long)p.line, p.rule,
                 TEXT_ARG(p.args[0].value));
    web_set_pack_texts(web, pack_catalog(cases_pack(house.cases)));
    return 0;
}

static int close_authority(void **state) {
    (void)state;
    web_stop(web);
    intake_close(app.intake);
    house_end(&house);
    return 0;
}

static char sheet_name[40], sheet_code[40];

static void sign_up_without_contact(struct browser *b) {
    browser_get(b, "/sign-up");
    assert_page(b, 200);
    SEND(b, "/sign-up", {"without", "yes"});
    assert_page(b, 200);
    SEND(b, "/sign-up/account", {"password", "short"});
    assert_page(b, 422);
    SEND(b, "/sign-up/account", {"password", "seven green harbours wait"});
    assert_page(b, 200);
    snprintf(sheet_name, sizeof sheet_name, "%s", page_part(b, "name=\"sheet_name\" value=\"", "\""));
    snprintf(sheet_code, sizeof sheet_code, "%s", page_part(b, "name=\"sheet_code\" value=\"", "\""));
    assert_true(strlen(sheet_name) > 8 && strlen(sheet_code) > 8);
    // The sheet stays until the person says that it is kept.
    SEND(b, "/account/sheet", {"sheet_name", sheet_name});
    assert_page(b, 422);
    assert_shows(b, sheet_code);
    SEND(b, "/account/sheet", {"sheet_name", sheet_name}, {"kept", "yes"});
    assert_goes(b, "/account/factor");
}

static char case_path[400]; // "/apply/17"

static const char *at(const char *rest) {
    static char paths[4][500];
    static int turn;
    char *to = paths[turn = (turn + 1) % 4];
    snprintf(to, sizeof paths[0], "%s%s", case_path, rest);
    return to;
}

static void begin(struct browser *b) {
    browser_get(b, "/apply");
    assert_page(b, 200);
    SEND(b, "/apply", {"language", "ar"}, {"phrase", "blue door"});
    assert_page(b, 422); // not read
    assert_shows(b, "blue door");
    SEND(b, "/apply", {"language", "ar"}, {"phrase", "blue door"}, {"read", "yes"});
    assert_page(b, 303);
    snprintf(case_path, sizeof case_path, "%s", b->location);
    browser_get(b, case_path);
    assert_page(b, 200);
    assert_shows(b, "0 of 12 parts are done");
}

// A name in Arabic letters only: the Latin form is suggested, the person confirms it.
static void write_names(struct browser *b) {
    browser_get(b, at("/names"));
    assert_page(b, 200);
    SEND(b, at("/names"), {"family_name", "حسيني"}, {"given_names", "مريم"}, {"do", "save"});
    assert_page(b, 200);
    assert_shows(b, "name=\"suggested\" value=\"family_name_latin\"");
    char family[60], given[60];
    snprintf(
        family, sizeof family, "%s",
        page_part(b, "id=\"family_name_latin\" name=\"family_name_latin\" type=\"text\" value=\"", "\""));
    snprintf(
        given, sizeof given, "%s",
        page_part(b, "id=\"given_names_latin\" name=\"given_names_latin\" type=\"text\" value=\"", "\""));
    assert_true(family[0] && given[0]);
    SEND(b, at("/names"), {"family_name", "حسيني"}, {"given_names", "مريم"}, {"family_name_latin", family},
         {"given_names_latin", given}, {"do", "save"});
    assert_goes(b, at("/birth"));
}

// Nothing typed is lost, also when it is no date; the day may be unknown.
static void write_birth(struct browser *b) {
    browser_get(b, at("/birth"));
    SEND(b, at("/birth"), {"birth_date-day", "31"}, {"birth_date-month", "13"}, {"birth_date-year", "1991"},
         {"birth_country", "IRN"}, {"do", "save"});
    assert_page(b, 422);
    assert_shows(b, "Month must be a number from 1 to 12");
    assert_shows(b, "href=\"#birth_date\"");
    browser_get(b, at("/birth"));
    assert_shows(b, "name=\"birth_date-month\" type=\"text\" inputmode=\"numeric\" value=\"13\"");
    assert_shows(b, "<option value=\"IRN\" selected>");
    SEND(b, at("/birth"), {"birth_date-month", "4"}, {"birth_date-year", "1991"},
         {"birth_date-day-unknown", "yes"}, {"birth_date_basis", "told"}, {"birth_country", "IRN"},
         {"sex", "2"}, {"civil_status", "married"}, {"do", "save"});
    assert_goes(b, at("/nationality"));
}

// The answer brings a new question: it is asked, and not counted as a mistake before it was seen.
static void write_nationality(struct browser *b) {
    browser_get(b, at("/nationality"));
    SEND(b, at("/nationality"), {"is_stateless", "true"}, {"do", "save"});
    assert_page(b, 200);
    assert_shows(b, "name=\"former_residence\"");
    browser_get(b, at("/nationality"));
    SEND(b, at("/nationality"), {"do", "save"});
    assert_page(b, 200); // no longer stateless: asked for nationalities again
    SEND(b, at("/nationality"), {"nationalities", "IRN"}, {"do", "more:nationalities"});
    assert_page(b, 200);
    assert_shows(b, "name=\"nationalities[1]\"");
    SEND(b, at("/nationality"), {"nationalities", "IRN"}, {"nationalities[1]", "AFG"}, {"do", "save"});
    assert_goes(b, at("/family"));
}

static void write_family(struct browser *b) {
    browser_get(b, at("/family"));
    SEND(b, at("/family"), {"has_family", "yes"}, {"do", "save"});
    assert_page(b, 200);
    SEND(b, at("/family"), {"has_family", "yes"}, {"do", "save"});
    assert_page(b, 422); // nobody in the list
    SEND(b, at("/family"), {"has_family", "yes"}, {"do", "edit:family[0]"});
    assert_goes(b, at("/family/family/1"));
    browser_get(b, b->location);
    assert_page(b, 200);
    SEND(b, at("/family/family/1"), {"family[0].relation", "child"}, {"family[0].family_name", "Rezaei"},
         {"family[0].birth_date-year", "2019"}, {"family[0].birth_date-day-unknown", "yes"},
         {"family[0].whereabouts", "with_me"}, {"do", "save"});
    assert_page(b, 200); // one more question because the child is here
    SEND(b, at("/family/family/1"), {"family[0].relation", "child"}, {"family[0].family_name", "Rezaei"},
         {"family[0].birth_date-year", "2019"}, {"family[0].birth_date-day-unknown", "yes"},
         {"family[0].whereabouts", "with_me"}, {"family[0].applies_with_me", "yes"}, {"do", "save"});
    assert_goes(b, at("/family"));
    browser_get(b, at("/family"));
    assert_shows(b, "Rezaei");
    // A second person by mistake, taken out again.
    SEND(b, at("/family"), {"has_family", "yes"}, {"do", "edit:family[1]"});
    browser_get(b, b->location);
    SEND(b, at("/family/family/2"), {"family[1].family_name", "Mistake"}, {"do", "later"});
    browser_get(b, at("/family"));
    assert_shows(b, "Mistake");
    SEND(b, at("/family"), {"has_family", "yes"}, {"do", "remove:family[1]"});
    browser_get(b, at("/family"));
    assert_false(page_has(b, "Mistake"));
    assert_shows(b, "Rezaei");
    SEND(b, at("/family"), {"has_family", "yes"}, {"do", "save"});
    assert_goes(b, at("/languages"));
}

static const unsigned char PNG[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0,    0,    0,
                                    13,   'I', 'H', 'D', 'R',  0,    0,    0,    1,    0,    0,
                                    0,    1,   8,   6,   0,    0,    0,    0x1f, 0x15, 0xc4, 0x89};

static void upload(struct browser *b, const char *page, const void *bytes, size_t n, const char *name) {
    char csrf[400];
    browser_get(b, page);
    assert_page(b, 200);
    snprintf(csrf, sizeof csrf, "%s", page_part(b, "name=\"csrf\" value=\"", "\""));
    curl_mime *mime = curl_mime_init(b->curl);
    curl_mimepart *part = curl_mime_addpart(mime);
    curl_mime_name(part, "csrf");
    curl_mime_data(part, csrf, CURL_ZERO_TERMINATED);
    part = curl_mime_addpart(mime);
    curl_mime_name(part, "kind");
    curl_mime_data(part, "press_report", CURL_ZERO_TERMINATED);
    part = curl_mime_addpart(mime);
    curl_mime_name(part, "file");
    curl_mime_filename(part, name);
    curl_mime_data(part, bytes, n);
    curl_easy_setopt(b->curl, CURLOPT_MIMEPOST, mime);
    browser_go(b, page);
    curl_mime_free(mime);
}

static void write_reasons(struct browser *b) {
    char page[400];
    browser_get(b, at("/reasons"));
    SEND(b, at("/reasons"), {"claim_reasons", "opinion"}, {"story", "I wrote about the harbour strike."},
         {"fear", "Arrest."}, {"do", "file:evidence"});
    assert_page(b, 303);
    snprintf(page, sizeof page, "%s", b->location);
    upload(b, page, "this is no picture", 18, "note.txt");
    assert_page(b, 422);
    upload(b, page, PNG, sizeof PNG, "strike.png");
    assert_goes(b, at("/reasons"));
    browser_get(b, at("/reasons"));
    assert_shows(b, "strike.png");
    assert_shows(b, "I wrote about the harbour strike.");
    SEND(b, at("/reasons"), {"claim_reasons", "opinion"}, {"story", "I wrote about the harbour strike."},
         {"fear", "Arrest."}, {"do", "save"});
    assert_goes(b, at("/needs"));
}

#define WRITE(b, section, next, ...)                                                 \
    do {                                                                             \
        browser_get((b), at(section));                                               \
        SEND((b), at(section), __VA_ARGS__, {"do", "save"});                         \
        if ((b)->status == 200) SEND((b), at(section), __VA_ARGS__, {"do", "save"}); \
        assert_goes((b), at(next));                                                  \
    } while (0)

static void write_all(struct browser *b) {
    write_names(b);
    write_birth(b);
    write_nationality(b);
    write_family(b);
    WRITE(b, "/languages", "/contact", {"languages", "fas"}, {"interpreter_language", "fas"},
          {"interpreter_sex", "female"}, {"reading", "yes"});
    WRITE(b, "/contact", "/documents", {"channel", "online"}, {"address", "Reception centre 4"},
          {"has_device", "yes"}, {"place_kind", "reception"});
    WRITE(b, "/documents", "/journey", {"has_documents", "no"}, {"no_documents_reason", "Lost at sea."});
    WRITE(b, "/journey", "/reasons", {"left_on-year", "2026"}, {"left_on-month", "8"},
          {"left_on-day-unknown", "yes"}, {"entered_on-year", "2026"}, {"entered_on-month", "11"},
          {"entered_on-day", "2"}, {"entry_means", "land"}, {"had_visa", "no"});
    write_reasons(b);
    WRITE(b, "/needs", "/earlier", {"urgent_help", "no"});
    WRITE(b, "/earlier", "/representative", {"has_earlier", "no"});
    WRITE(b, "/representative", "", {"has_representative", "no"});
}

static void send_it(struct browser *b) {
    char letter[500];
    browser_get(b, case_path);
    assert_shows(b, "12 of 12 parts are done");
    browser_get(b, at("/check"));
    assert_shows(b, "April 1991");
    assert_shows(b, "Rezaei");
    SEND(b, at("/check"));
    assert_page(b, 422);
    SEND(b, at("/check"), {"declared", "yes"});
    assert_page(b, 200);
    assert_shows(b, "OST-2026-ASY-0000001-");
    assert_true(
        strlen(page_part(b, "tracking code</p>\n<p class=\"govuk-body-l\"><strong class=\"ostia-code\">",
                         "<")) >= 12);
    snprintf(letter, sizeof letter, "%s", page_part(b, "<a href=\"/my/", "?download=1"));
    char path[600];
    snprintf(path, sizeof path, "/my/%s", letter);
    browser_get(b, path);
    assert_page(b, 200);
    assert_memory_equal(b->page, "%PDF", 4);
    browser_get(b, at("/names"));
    assert_page(b, 303); // what was sent is not changed any more
}

static void follow(struct browser *b, const char *id) {
    char page[500], path[600];
    snprintf(page, sizeof page, "/my/%s", id);
    browser_get(b, page);
    assert_page(b, 200);
    assert_shows(b, "We have received your application");
    snprintf(path, sizeof path, "%s/messages", page);
    browser_get(b, path);
    SEND(b, path, {"body", "May I bring my sister?"});
    assert_goes(b, path);
    browser_get(b, path);
    assert_shows(b, "May I bring my sister?");
    snprintf(path, sizeof path, "%s/errors", page);
    browser_get(b, path);
    SEND(b, path, {"what", "my date of birth"}, {"correction", ""});
    assert_page(b, 422);
    assert_shows(b, "value=\"my date of birth\"");
    snprintf(path, sizeof path, "%s/looks", page);
    browser_get(b, path);
    assert_page(b, 200);
    snprintf(path, sizeof path, "%s/data", page);
    browser_get(b, path);
    assert_page(b, 200);
    assert_shows(b, "harbour strike");
    snprintf(path, sizeof path, "%s/data.json", page);
    browser_get(b, path);
    assert_page(b, 200);
    assert_shows(b, "\"birth_date\":\"1991-04\"");
    snprintf(path, sizeof path, "%s/documents", page);
    browser_get(b, path);
    assert_shows(b, "strike.png");
    snprintf(path, sizeof path, "%s/withdraw", page);
    browser_get(b, path);
    SEND(b, path, {"reason", ""});
    assert_page(b, 422); // not sure
}

static void sign_in_again(struct browser *b, const char *name) {
    browser_get(b, "/sign-in");
    SEND(b, "/sign-in", {"name", name}, {"password", "seven green harbours wait"});
    assert_goes(b, "/home");
}

// A paper is asked for: the person sends it and says that this is all.
static void send_what_is_asked(struct browser *b, int64_t id, const char *page) {
    char path[700], request[40];
    registered(&house, id);
    DO(&house, REGISTRAR, .kind = COMMAND_CHECK_COMPLETENESS, .case_id = id, .purpose = T("registration"),
       .check_completeness = {.is_complete = false, .missing = {T("birth_certificate")}, .missing_count = 1});
    DO(&house, REGISTRAR, .kind = COMMAND_REQUEST_DOCUMENT, .case_id = id, .purpose = T("registration"),
       .request_document = {T("birth_certificate"), T("Please send your birth certificate.")});
    browser_get(b, page);
    assert_page(b, 200);
    assert_shows(b, "Please send your birth certificate.");
    assert_shows(b, "Send it by the end of");
    snprintf(request, sizeof request, "%s", page_part(b, "name=\"request\" value=\"", "\""));
    snprintf(path, sizeof path, "%s/upload?request=%s", page, request);
    upload(b, path, PNG, sizeof PNG, "birth.png");
    assert_goes(b, page);
    browser_get(b, page);
    snprintf(path, sizeof path, "%s/all-i-have", page);
    SEND(b, path, {"request", request});
    assert_goes(b, page);
    browser_get(b, page);
    assert_false(page_has(b, "Please send your birth certificate."));
}

// The letter with the decision is opened with the warning in sight; then reasons, and the appeal.
static void read_and_appeal(struct browser *b, const char *page) {
    char letter[700], path[800];
    browser_get(b, page);
    assert_shows(b, "A decision is ready");
    snprintf(path, sizeof path, "%s/decision", page);
    browser_get(b, path);
    assert_page(b, 404); // not given to the person yet
    browser_get(b, page);
    snprintf(letter, sizeof letter, "%s/letters/%s", page, page_part(b, "/letters/", "\""));
    snprintf(path, sizeof path, "%s/file", letter);
    browser_get(b, path);
    assert_goes(b, letter); // no way around the warning
    browser_get(b, letter);
    assert_shows(b, "it counts as given to you today");
    SEND(b, letter);
    assert_goes(b, letter);
    browser_get(b, path);
    assert_memory_equal(b->page, "%PDF", 4);
    snprintf(path, sizeof path, "%s/decision", page);
    browser_get(b, path);
    assert_page(b, 200);
    assert_shows(b, "worked at the harbour of Bandar");
    assert_shows(b, "You can appeal until");
    SEND(b, path, {"grounds", "The strike was real."}, {"asks_to_stay", "yes"});
    assert_goes(b, path);
    browser_get(b, path);
    assert_shows(b, "You appealed on");
}

static void a_case_is_followed_to_the_appeal(struct browser *b, const char *id_text, const char *name) {
    char page[500];
    int64_t id;
    struct case_file f;
    assert_true(text_int(text_of(id_text), &id));
    snprintf(page, sizeof page, "/my/%s", id_text);
    send_what_is_asked(b, id, page);
    assigned(&house, id);
    complete(&house, id);
    int64_t appointment = booked(&house, id);
    browser_get(b, page);
    assert_shows(b, "Room 3, Harbour Road 1");
    pass_hours(&house, 49);
    heard(&house, id, appointment);
    open_file(&house, HOUSE_OFFICER, "asylum_examination", id, &f);
    int64_t decision = proposed(&house, id, "rejected");
    DO(&house, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision});
    browser_get(b, page);
    assert_page(b, 401); // the session is over after two days
    sign_in_again(b, name);
    read_and_appeal(b, page);
    snprintf(page, sizeof page, "/my/%s/looks", id_text);
    browser_get(b, page);
    assert_shows(b, "North"); // the officer's unit, never the name
    assert_false(page_has(b, "O. Officer"));
}

static void somebody_applies(void **state) {
    (void)state;
    struct browser b, other;
    char page[500], name[40];
    browser_open(&b, web);
    browser_get(&b, "/");
    assert_page(&b, 200);
    sign_up_without_contact(&b);
    snprintf(name, sizeof name, "%s", sheet_name);
    begin(&b);
    write_all(&b);
    send_it(&b);
    const char *id = case_path + strlen("/apply/");
    follow(&b, id);
    a_case_is_followed_to_the_appeal(&b, id, name);

    // Nobody else sees it; nor does the same browser after signing out.
    browser_open(&other, web);
    snprintf(page, sizeof page, "/my/%s", id);
    browser_get(&other, page);
    assert_page(&other, 401);
    sign_up_without_contact(&other);
    browser_get(&other, page);
    assert_true(other.status == 403 || other.status == 404);
    assert_false(page_has(&other, "حسيني"));
    browser_close(&other);
    browser_close(&b);
}

static bool has_cookie(struct browser *b, const char *name) {
    struct curl_slist *list = NULL;
    bool found = false;
    curl_easy_getinfo(b->curl, CURLINFO_COOKIELIST, &list);
    for (struct curl_slist *at = list; at; at = at->next) found |= strstr(at->data, name) != NULL;
    curl_slist_free_all(list);
    return found;
}

static void somebody_comes_back(void **state) {
    (void)state;
    struct browser b;
    browser_open(&b, web);
    sign_up_without_contact(&b);
    browser_get(&b, "/account");
    assert_page(&b, 200);
    assert_shows(&b, sheet_name);
    SEND(&b, "/sign-out");
    assert_goes(&b, "/");
    assert_true(has_cookie(&b, "ostia-known")); // the browser stays known when the person has gone
    assert_false(has_cookie(&b, "ostia-session"));
    browser_get(&b, "/account");
    assert_page(&b, 401);
    browser_get(&b, "/sign-in");
    SEND(&b, "/sign-in", {"name", sheet_name}, {"password", "wrong words here"});
    assert_page(&b, 422);
    SEND(&b, "/sign-in", {"name", sheet_name}, {"password", "seven green harbours wait"});
    assert_goes(&b, "/home");
    browser_get(&b, "/home");
    assert_page(&b, 200);
    SEND(&b, "/sign-out");
    // The password is forgotten: a code of the sheet opens, once.
    browser_get(&b, "/sign-in/recovery");
    SEND(&b, "/sign-in/recovery", {"name", sheet_name}, {"code", sheet_code});
    assert_goes(&b, "/account/password");
    browser_get(&b, "/sign-out");
    browser_close(&b);
}

static void an_address_is_proved_by_a_code(void **state) {
    (void)state;
    struct browser b;
    char challenge[200], code[20];
    browser_open(&b, web);
    browser_get(&b, "/sign-up");
    SEND(&b, "/sign-up", {"contact", "+32470123456"});
    assert_page(&b, 422); // no way to send to telephones here, and the page says so
    SEND(&b, "/sign-up", {"contact", "maryam@example.org"});
    assert_page(&b, 200);
    assert_int_equal(strlen(sent_code), 6);
    snprintf(challenge, sizeof challenge, "%s", page_part(&b, "name=\"challenge\" value=\"", "\""));
    snprintf(code, sizeof code, "%s", sent_code);
    SEND(&b, "/sign-up/account", {"challenge", challenge}, {"contact", "maryam@example.org"},
         {"code", "000000"}, {"password", "seven green harbours wait"});
    assert_page(&b, strcmp(code, "000000") ? 422 : 200);
    SEND(&b, "/sign-up/account", {"challenge", challenge}, {"contact", "maryam@example.org"}, {"code", code},
         {"password", "seven green harbours wait"});
    assert_page(&b, 200);
    SEND(&b, "/sign-out");
    // Next time the password alone is not enough.
    browser_get(&b, "/sign-in");
    SEND(&b, "/sign-in", {"name", "maryam@example.org"}, {"password", "seven green harbours wait"});
    assert_goes(&b, "/sign-in/code");
    browser_get(&b, "/home");
    assert_page(&b, 401);
    browser_get(&b, "/sign-in/code");
    SEND(&b, "/sign-in/send");
    assert_page(&b, 200);
    snprintf(challenge, sizeof challenge, "%s", page_part(&b, "name=\"challenge\" value=\"", "\""));
    SEND(&b, "/sign-in/code", {"kind", "sent"}, {"challenge", challenge}, {"code", sent_code});
    assert_goes(&b, "/home");
    browser_close(&b);
}

// The page stays open on the table for a while; then a change asks who is there, and nothing typed is lost.
static void an_old_sign_in_is_confirmed_before_a_change(void **state) {
    (void)state;
    struct browser b;
    browser_open(&b, web);
    sign_up_without_contact(&b);
    char codes[2][40];
    snprintf(codes[0], sizeof codes[0], "%s", sheet_code);
    browser_get(&b, "/account/contact");
    assert_shows(&b, "action=\"/account/contact\"");
    house.fixed.at.ms += 16 * 60 * 1000;

    // What was typed waits in the form that asks for the password, and is there after a mistake too.
    SEND(&b, "/account/contact", {"contact", "amina@example.org"});
    assert_page(&b, 200);
    assert_shows(&b, "Confirm that it is you");
    assert_shows(&b, "name=\"kept_contact\" value=\"amina@example.org\"");
    sent_code[0] = 0;
    SEND(&b, "/account/contact", {"confirm", "code"}, {"password", "wrong words here"},
         {"kept_contact", "amina@example.org"});
    assert_page(&b, 422);
    assert_shows(&b, "name=\"kept_contact\" value=\"amina@example.org\"");
    assert_int_equal(strlen(sent_code), 0);
    SEND(&b, "/account/contact", {"confirm", "code"}, {"password", "seven green harbours wait"},
         {"kept_contact", "amina@example.org"});
    assert_page(&b, 200);
    assert_shows(&b, "action=\"/account/contact/code\""); // the code is sent: the change went on
    assert_int_equal(strlen(sent_code), 6);

    // A page that is opened comes after the confirmation; other pages do not ask.
    house.fixed.at.ms += 16 * 60 * 1000;
    browser_get(&b, "/account");
    assert_page(&b, 200);
    browser_get(&b, "/account/password");
    assert_shows(&b, "Confirm that it is you");
    assert_shows(&b, "name=\"next\" value=\"/account/password\"");
    SEND(&b, "/account/confirm", {"confirm", "code"}, {"code", codes[0]}, {"next", "/account/password"});
    assert_goes(&b, "/account/password");
    browser_get(&b, "/account/password");
    assert_shows(&b, "autocomplete=\"new-password\"");

    // Only to a page of this site.
    house.fixed.at.ms += 16 * 60 * 1000;
    browser_get(&b, "/account/totp");
    SEND(&b, "/account/confirm", {"confirm", "code"}, {"password", "seven green harbours wait"},
         {"next", "//elsewhere.example/"});
    assert_goes(&b, "/account");
    browser_close(&b);
}

int main(void) {
    crypto_start();
    curl_global_init(CURL_GLOBAL_DEFAULT);
    log_level_set(LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(somebody_applies),
        cmocka_unit_test(somebody_comes_back),
        cmocka_unit_test(an_address_is_proved_by_a_code),
        cmocka_unit_test(an_old_sign_in_is_confirmed_before_a_change),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_authority, close_authority);
}
