// letter.c - the letters of a trial: their words, as text and as PDF.
#include "cases/letter_content.h"
#include "trial/inside.h"

static const struct sql CONTENT =
    SQL("trial_letter_content", "select content from letter where letter_id = :letter");

enum status trial_letter_words(struct trial *t, int64_t letter, struct arena *a, struct paper *out) {
    struct db *db;
    struct rows r;
    struct letter_document m;
    *out = (struct paper){0};
    enum status st = store_reader(t->store, &db);
    if (st) return st;
    st = DB_ONE(db, &r, &CONTENT, V_INT(letter));
    if (!st) st = letter_content_decode(a, bytes_copy(a, row_bytes(&r, 0)), &m);
    enum status end = rows_end(&r);
    store_reader_release(t->store, db);
    if (!st) letter_blocks(a, &m, T(""), T("\u2026"), T(""), out);
    return st ? st : end;
}

enum status trial_letter_text(struct trial *t, int64_t letter, struct arena *a, struct text *out) {
    struct paper paper;
    struct out o = {.arena = a};
    enum status st = trial_letter_words(t, letter, a, &paper);
    for (size_t i = 0; !st && i < paper.block_count; i++) {
        const struct paper_block *b = &paper.blocks[i];
        switch (b->kind) {
        case PAPER_HEADING_1: out_printf(&o, "# " TEXT_FMT "\n\n", TEXT_ARG(b->text)); break;
        case PAPER_HEADING_2: out_printf(&o, "## " TEXT_FMT "\n\n", TEXT_ARG(b->text)); break;
        case PAPER_LIST_ITEM: out_printf(&o, "- " TEXT_FMT "\n\n", TEXT_ARG(b->text)); break;
        case PAPER_KEY_VALUE:
            out_printf(&o, TEXT_FMT ": " TEXT_FMT "\n\n", TEXT_ARG(b->cells[0]), TEXT_ARG(b->cells[1]));
            break;
        case PAPER_QR:
        case PAPER_SPACER: break;
        case PAPER_RULE: out_c(&o, "----\n\n"); break;
        default: out_printf(&o, TEXT_FMT "\n\n", TEXT_ARG(b->text)); break;
        }
    }
    *out = out_done(&o);
    return st;
}

static enum status read_all(struct blob_reader *b, int64_t size, struct arena *a, struct bytes *out) {
    uint8_t *p = arena_alloc(a, (size_t)size + 1);
    size_t n = 0;
    enum status st = STATUS_OK;
    for (size_t got = 1; !st && got && n < (size_t)size; n += got)
        st = blob_read(b, p + n, (size_t)size - n, &got);
    *out = (struct bytes){p, n};
    return st;
}

enum status trial_letter_pdf(struct trial *t, int64_t letter, struct arena *a, struct bytes *out,
                             struct problem *p) {
    const struct actor *person;
    struct look look = {.purpose = T("own_file")};
    struct letter_view view;
    struct blob_reader *blob = NULL;
    enum status st = cases_render_letter(t->cases, letter, p);
    if (!st) st = cast_find(t, T("person"), &person, p);
    if (!st) st = cases_open_letter(t->cases, person, &look, letter, a, &view, &blob, p);
    if (!st) st = read_all(blob, view.size, a, out);
    blob_close_read(&blob);
    return st;
}
