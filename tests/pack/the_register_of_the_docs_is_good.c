// docs/registers.md shows how an authority adds a register of its own. What it shows is read as it stands
// there.
#include "../registers/register_pack.h"
#include "pack/register.h"

static struct text block(struct arena *a, struct text page, const char *kind) {
    struct text mark = text_printf(a, "```%s\n", kind);
    size_t from, end;
    if (!text_find(page, mark, &from)) fail_msg("no block of %s", kind);
    page = text_slice(page, from + mark.n, page.n);
    assert_true(text_find(page, T("```"), &end));
    return text_slice(page, 0, end);
}

static void the_register_of_the_docs_is_good(void **state) {
    (void)state;
    struct arena a = {0};
    struct pack_files files;
    struct problem p = {0};
    struct pack *pack;
    struct text page = register_file(&a, "docs/registers.md"), words = block(&a, page, "po");
    crypto_start();
    assert_ok(pack_files_from_folder(&a, "packs/eu-asylum", &files, NULL));
    for (size_t i = 0; i < files.count; i++) {
        struct pack_file *f = &files.items[i];
        struct text t = text_of_bytes(f->content);
        if (text_eq(f->name, T("pack.json")))
            f->content = bytes_of(put_before(&a, t, "\"texts/", T("\"registers/host.form\", ")));
        if (text_starts(f->name, T("texts/"))) f->content = bytes_of(TEXT_JOIN(&a, t, T("\n"), words));
    }
    size_t at = files.count;
    *ARENA_PUSH(&a, &files) = (struct pack_file){0};
    for (; at > 0 && text_cmp(files.items[at - 1].name, T("registers/host.form")) > 0; at--)
        files.items[at] = files.items[at - 1];
    files.items[at] = (struct pack_file){T("registers/host.form"), bytes_of(block(&a, page, "json"))};
    enum status st = pack_read(&a, &files, &pack, &p);
    if (st) print_message("# %s %s " TEXT_FMT "\n", p.field, p.rule, TEXT_ARG(p.args[1].value));
    assert_int_equal(st, STATUS_OK);
    const struct pack_register *g = pack_register(pack, T("host"));
    assert_non_null(g);
    assert_int_equal(g->columns.count, 4);
    pack_release(pack);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_register_of_the_docs_is_good)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
