// Hostile values stay text wherever a template shows them; a template that could let them out does not load.
#include "check.h"
#include "web/page_state.h"
#include "web/template.h"

struct item {
    struct text name;
    int64_t id;
};
struct page {
    struct text name, link;
    const char *key;
    int count;
    struct date day;
    struct moment at;
    int64_t bytes;
    bool is_on;
    struct item inner, *reference;
    struct {
        struct item *items;
        size_t count, capacity;
    } list;
};
VIEW(ITEM_VIEW, VIEW_TEXT(struct item, name), VIEW_INT64(struct item, id));
VIEW(PAGE_VIEW, VIEW_TEXT(struct page, name), VIEW_TEXT(struct page, link), VIEW_C(struct page, key),
     VIEW_INT(struct page, count), VIEW_DATE(struct page, day), VIEW_MOMENT(struct page, at),
     VIEW_SIZE(struct page, bytes), VIEW_BOOL(struct page, is_on),
     VIEW_STRUCT(struct page, inner, &ITEM_VIEW), VIEW_REF(struct page, reference, &ITEM_VIEW),
     VIEW_LIST(struct page, list, &ITEM_VIEW));
static const struct page_template PAGE = {"page", &PAGE_VIEW};

static struct arena arena;
static struct catalog *catalog;

static int read_texts(void **state) {
    (void)state;
    static const char ENGLISH[] =
        "msgid \"\"\nmsgstr \"\"\n\"Language: en\\n\"\n\"Content-Type: text/plain; "
        "charset=UTF-8\\n\"\n\"Plural-Forms: nplurals=2; plural=(n != 1);\\n\"\n\n"
        "msgid \"hello\"\nmsgstr \"Hello <b> & {name}\"\n\nmsgid \"plain\"\nmsgstr \"Plain\"\n\n"
        "msgid \"files\"\nmsgid_plural \"files\"\nmsgstr[0] \"{count} file\"\nmsgstr[1] \"{count} files\"\n\n"
        "msgid \"due\"\nmsgstr \"Until {date}\"\n";
    static const char PERSIAN[] =
        "msgid \"\"\nmsgstr \"\"\n\"Language: fa\\n\"\n\"Content-Type: text/plain; "
        "charset=UTF-8\\n\"\n\"Plural-Forms: nplurals=2; plural=(n > 1);\\n\"\n\n"
        "#, fuzzy\nmsgid \"hello\"\nmsgstr \"سلام {name}\"\n\nmsgid \"plain\"\nmsgstr \"ساده\"\n\n"
        "msgid \"files\"\nmsgid_plural \"files\"\nmsgstr[0] \"{count} پرونده\"\nmsgstr[1] \"{count} "
        "پرونده\"\n\n"
        "msgid \"due\"\nmsgstr \"تا {date}\"\n";
    struct po_input files[] = {{T("en"), T("en.po"), text_of(ENGLISH)},
                               {T("fa"), T("fa.po"), text_of(PERSIAN)}};
    struct problem p = {0};
    enum status st = catalog_read(&arena, files, 2, &catalog, &p);
    if (st) fail_msg("catalog: %s line %lld %s", p.field, (long long)p.line, p.rule);
    return 0;
}

static enum status compile(const char *html, struct templates **t, struct problem *p) {
    const struct template_source sources[] = {
        {"page", text_of(html)},
        {"parts/box", T("{{args label value? also?}}\n<b title=\"{{$value}}\">{{tr $label}}{{#if "
                        "$also}}+{{tr $also}}{{/if}}</b>{{content}}")},
        {"parts/loop", T("{{args}}{{> loop}}")},
        {"parts/rows", T("{{args rows}}{{#each $rows}}<i>{{name}}</i>{{content}}{{/each}}")},
        {"layouts/frame", T("<html lang=\"{{@language}}\"><title>{{slot title}}</title>{{#if "
                            ".machine}}MACHINE{{/if}}<main>{{content}}</main></html>")},
    };
    const struct page_template *pages[] = {&PAGE};
    struct template_world world = {
        sources, sizeof sources / sizeof *sources, pages, 1, &PAGE_STATE_VIEW, NULL, NULL, {{NULL}, 0}};
    texts_add(&world.texts, catalog);
    return templates_compile(&world, t, p);
}

static const char *show(const char *html, const char *language, struct page *view) {
    struct templates *t;
    struct problem p = {0};
    enum status st = compile(html, &t, &p);
    if (st)
        fail_msg("%s\n%s:%lld %s " TEXT_FMT, html, p.field, (long long)p.line, p.rule,
                 TEXT_ARG(p.args[0].value));
    struct page_state state = {.language = text_of(language)};
    struct field_message messages[] = {{T("street"), T("Too <short>")}};
    struct render r = {.arena = &arena,
                       .language = text_of(language),
                       .page_state = &state,
                       .messages = messages,
                       .message_count = 1};
    texts_add(&r.texts, catalog);
    struct out o = {.arena = &arena};
    enum status rendered = template_render(t, &PAGE, view, &r, &o);
    if (rendered) fail_msg("%s: %s", html, status_name(rendered));
    templates_free(t);
    return text_c(&arena, out_done(&o));
}

static struct page hostile = {.name = {"<script>\"'&", 11},
                              .link = {"javascript:alert(1)", 19},
                              .key = "plain",
                              .count = 12345,
                              .day = {2026, 11, 21},
                              .bytes = 2345678,
                              .is_on = true};

static void values_are_escaped_where_they_stand(void **state) {
    (void)state;
    assert_string_equal(show("<p>{{name}}</p>", "en", &hostile), "<p>&lt;script&gt;&#34;&#39;&amp;</p>");
    assert_string_equal(show("<p title=\"{{name}}\">", "en", &hostile),
                        "<p title=\"&lt;script&gt;&#34;&#39;&amp;\">");
    assert_string_equal(show("<title>{{name}}</title>", "en", &hostile),
                        "<title>&lt;script&gt;&#34;&#39;&amp;</title>");
    assert_string_equal(show("<a href=\"{{link}}\">", "en", &hostile), "<a href=\"#\">");
    assert_string_equal(show("<a href=\"/x/{{name}}?q={{link}}\">", "en", &hostile),
                        "<a href=\"/x/%3Cscript%3E%22%27%26?q=javascript%3Aalert%281%29\">");
    struct page kind = {.link = T("/cases/7?x=1&y=2")};
    assert_string_equal(show("<a href=\"{{link}}\">", "en", &kind), "<a href=\"/cases/7?x=1&amp;y=2\">");
    kind.link = T("//evil.example/");
    assert_string_equal(show("<a href='{{link}}'>", "en", &kind), "<a href='#'>");
}

static void numbers_and_dates_are_written_for_people(void **state) {
    (void)state;
    assert_string_equal(show("{{count}}", "en", &hostile), "12,345");
    assert_string_equal(show("<a id=\"n{{count}}\">", "en", &hostile), "<a id=\"n12345\">");
    assert_string_equal(show("{{bytes}}", "en", &hostile), "2.3\u00a0MB");
    assert_string_equal(show("{{day}}", "en", &hostile),
                        "<time datetime=\"2026-11-21\">21 November 2026</time>");
    assert_string_equal(show("<i title=\"{{day}}\">", "en", &hostile), "<i title=\"2026-11-21\">");
    assert_non_null(strstr(show("{{day}}", "fa", &hostile), "۳۰ آبان ۱۴۰۵"));
    assert_non_null(strstr(show("{{day}}", "fa", &hostile), "نوامبر"));
    struct page partly = {.day = {1990, 5, 0}};
    assert_string_equal(show("{{day}}", "en", &partly), "<time datetime=\"1990-05\">May 1990</time>");
    struct page unknown = {0};
    assert_string_equal(show("{{day}}{{at}}{{#if day}}!{{/if}}", "en", &unknown), "");
}

static void sentences_take_escaped_arguments(void **state) {
    (void)state;
    assert_string_equal(show("<p>{{t hello name=name}}</p>", "en", &hostile),
                        "<p>Hello &lt;b&gt; &amp; <bdi>&lt;script&gt;&#34;&#39;&amp;</bdi></p>");
    assert_string_equal(show("{{t files count=list}}", "en", &hostile), "0 files");
    hostile.count = 1;
    assert_string_equal(show("{{t files count=count}}", "en", &hostile), "1 file");
    hostile.count = 12345;
    assert_string_equal(show("{{tr key}}", "fa", &hostile), "ساده");
    assert_string_equal(show("{{t due date=day}}", "en", &hostile),
                        "Until <time datetime=\"2026-11-21\">21 November 2026</time>");
    assert_string_equal(
        show("{{layout \"frame\"}}{{#slot title}}{{t hello name=name}}{{/slot}}<p>x</p>", "fa", &hostile),
        "<html lang=\"fa\"><title>سلام "
        "\u2068&lt;script&gt;&#34;&#39;&amp;\u2069</title>MACHINE<main><p>x</p></main></html>");
}

static void parts_blocks_and_lists_nest(void **state) {
    (void)state;
    struct item items[] = {{T("a"), 1}, {T("<b>"), 2}};
    struct page v = {
        .name = T("outer"), .list = {items, 2, 2}, .reference = &items[1], .inner = {T("in"), 5}};
    assert_string_equal(
        show("{{#each list}}{{.index}}{{name}}{{#if not .last}},{{/if}}{{else}}none{{/each}}", "en", &v),
        "1a,2&lt;b&gt;");
    assert_string_equal(show("{{inner.name}}{{reference.name}}{{#with reference}}{{id}}{{/with}}", "en", &v),
                        "in&lt;b&gt;2");
    assert_string_equal(show("{{> box label=\"plain\" value=name}}", "en", &v),
                        "<b title=\"outer\">Plain</b>");
    assert_string_equal(show("{{> box label=(t hello name=\"Ana\") also=(text name)}}", "en", &v),
                        "<b title=\"\">Hello &lt;b&gt; &amp; Ana+outer</b>");
    assert_string_equal(show("{{#> rows rows=list}}{{name}}{{/>}}", "en", &v),
                        "<i>a</i>outer<i>&lt;b&gt;</i>outer");
    assert_string_equal(
        show("{{#if name == \"outer\" and not is_on}}1{{else if is_on}}2{{else}}3{{/if}}", "en", &v), "1");
    assert_string_equal(show("<i{{#if is_on}} checked{{/if}} class=\"x{{#if name}} y{{/if}}\">", "en", &v),
                        "<i class=\"x y\">");
    assert_string_equal(
        show("{{#if error \"street\"}}{{error \"street\"}}{{/if}}{{error \"town\"}}", "en", &v),
        "Too &lt;short&gt;");
    v.list.count = 0;
    v.reference = NULL;
    assert_string_equal(
        show("{{#each list}}x{{else}}none{{/each}}{{reference.name}}{{#with reference}}x{{/with}}", "en", &v),
        "none");
}

static void wrong_templates_do_not_load(void **state) {
    (void)state;
    static const struct {
        const char *html, *rule;
        int line;
    } WRONG[] = {
        {"<p>\n{{nmae}}", "unknown_name", 2},
        {"{{inner.nope}}", "unknown_name", 1},
        {"{{name.x}}", "has_no_members", 1},
        {"{{@nope}}", "unknown_name", 1},
        {"\n\n{{t nope}}", "missing_sentence", 3},
        {"{{t hello}}", "sentence_needs_argument", 1},
        {"{{t plain name=name}}", "argument_not_in_sentence", 1},
        {"<a href={{link}}>", "value_in_unquoted_attribute", 1},
        {"<script>{{name}}</script>", "value_in_script", 1},
        {"<script>alert(1)</script>", "inline_script", 1},
        {"<style>p{}</style>", "inline_style", 1},
        {"<p style=\"x\">", "inline_style", 1},
        {"<p onclick=\"x\">", "event_handler", 1},
        {"<meta http-equiv=\"refresh\" content=\"0;url={{link}}\">", "http_equiv", 1},
        {"<img imagesrcset=\"{{link}} 2x\">", "value_in_srcset", 1},
        {"<animate to=\"{{link}}\">", "value_in_srcset", 1},
        {"<base href=\"{{link}}\">", "value_in_base", 1},
        {"<!-- {{name}} -->", "value_in_comment", 1},
        {"<p {{name}}>", "value_in_tag", 1},
        {"<{{name}}>", "value_in_tag", 1},
        {"{{#if name}}x", "block_not_closed", 1},
        {"{{/if}}", "nothing_to_close", 1},
        {"{{#each name}}{{/each}}", "not_a_list", 1},
        {"{{#if name}}<p title=\"{{/if}}\">", "branches_end_in_different_places", 1},
        {"{{list}}", "cannot_be_shown", 1},
        {"{{> nope}}", "unknown_partial", 1},
        {"{{> box}}", "argument_missing", 1},
        {"{{> box label=\"plain\" x=name}}", "unknown_argument", 1},
        {"{{> box label=\"nope\"}}", "missing_sentence", 1},
        {"{{> loop}}", "too_deep", 1},
        {"{{layout \"frame\"}}x", "title_missing", 1},
        {"{{name", "tag_not_closed", 1},
        {"{{asset \"x.js\"}}", "unknown_asset", 1},
        {"{{.index}}", "not_in_each", 1},
        {"<p title=\"x\"y=\"z\">", "space_missing_after_attribute", 1},
        {"<p title=\"", "tag_left_open", 1},
        {"{{#slot title}}<b>{{/slot}}", NULL, 0},
        {"<a href=\"{{t plain}}\">", "sentence_in_url", 1},
    };
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct templates *t;
        struct problem p = {0};
        enum status st = compile(WRONG[i].html, &t, &p);
        if (WRONG[i].rule && (st != STATUS_INVALID || strcmp(p.rule, WRONG[i].rule) != 0))
            fail_msg("%s: %s, wanted %s", WRONG[i].html, st ? p.rule : "loads", WRONG[i].rule);
        if (WRONG[i].line > 1) assert_int_equal(p.line, WRONG[i].line);
        templates_free(t);
    }
}

static int forget(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_escaped_where_they_stand),
        cmocka_unit_test(numbers_and_dates_are_written_for_people),
        cmocka_unit_test(sentences_take_escaped_arguments),
        cmocka_unit_test(parts_blocks_and_lists_nest),
        cmocka_unit_test(wrong_templates_do_not_load),
    };
    return cmocka_run_group_tests(tests, read_texts, forget);
}
