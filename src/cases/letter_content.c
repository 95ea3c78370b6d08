#include "cases/letter_content.h"

#include "base/cbor.h"
#include "pack/text_catalog.h"

struct bytes letter_content_encode(struct arena *a, const struct letter_document *m) {
    struct out o = {.arena = a};
    cbor_array(&o, m->block_count + 2);
    cbor_array(&o, 2);
    for (int i = 0; i < 2; i++) cbor_text(&o, m->language[i]);
    cbor_array(&o, 2);
    for (int i = 0; i < 2; i++) cbor_text(&o, m->title[i]);
    for (size_t b = 0; b < m->block_count; b++) {
        const struct letter_block *k = &m->blocks[b];
        cbor_array(&o, 8);
        cbor_int(&o, k->kind);
        cbor_int(&o, k->level);
        for (int i = 0; i < 2; i++) cbor_text(&o, k->label[i]);
        for (int i = 0; i < 2; i++) cbor_text(&o, k->text[i]);
        for (int i = 0; i < 2; i++) cbor_bool(&o, k->is_machine_made[i]);
    }
    return bytes_of(out_done(&o));
}

static enum status read_array(struct cbor_reader *r, struct cbor_item *values, int64_t count) {
    struct cbor_item head;
    enum status st = cbor_next(r, &head);
    if (!st && (head.kind != CBOR_ARRAY || head.integer != count)) st = STATUS_CORRUPT;
    for (int64_t i = 0; i < count && !st; i++) st = cbor_next(r, &values[i]);
    return st;
}

enum status letter_content_decode(struct arena *a, struct bytes b, struct letter_document *out) {
    struct cbor_reader r = cbor_reader(b);
    struct cbor_item head, v[8];
    *out = (struct letter_document){0};
    enum status st = cbor_next(&r, &head);
    if (!st && (head.kind != CBOR_ARRAY || head.integer < 2 || head.integer > LETTER_BLOCKS_MAX + 2))
        st = STATUS_CORRUPT;
    if (!st) st = read_array(&r, v, 2);
    for (int i = 0; i < 2 && !st; i++)
        out->language[i] = v[i].text, out->is_rtl[i] = language_is_rtl(v[i].text);
    if (!st) st = read_array(&r, v, 2);
    for (int i = 0; i < 2 && !st; i++) out->title[i] = v[i].text;
    for (int64_t k = 2; !st && k < head.integer; k++) {
        st = read_array(&r, v, 8);
        if (st) break;
        out->blocks = arena_grow(a, out->blocks, out->block_count, &out->capacity, sizeof *out->blocks);
        struct letter_block *block = &out->blocks[out->block_count++];
        *block = (struct letter_block){.kind = (enum letter_part_kind)v[0].integer,
                                       .level = (int)v[1].integer,
                                       .label = {v[2].text, v[3].text},
                                       .text = {v[4].text, v[5].text},
                                       .is_machine_made = {v[6].integer != 0, v[7].integer != 0}};
    }
    out->columns = text_eq(out->language[0], out->language[1]) ? 1 : 2;
    return st;
}

static enum paper_kind paper_kind_of(const struct letter_block *b) {
    switch (b->kind) {
    case LETTER_HEADING: return b->level <= 1 ? PAPER_HEADING_1 : PAPER_HEADING_2;
    case LETTER_LIST: return PAPER_LIST_ITEM;
    case LETTER_REMEDY: return b->level == 0 ? PAPER_HEADING_2 : PAPER_PARAGRAPH;
    case LETTER_SIGNATURE: return PAPER_SIGNATURE;
    case LETTER_FACTS: return PAPER_KEY_VALUE;
    default: return PAPER_PARAGRAPH;
    }
}

struct blocks {
    struct paper_block *items;
    size_t count, capacity;
};

static struct paper_block *add(struct arena *a, struct blocks *list, enum paper_kind kind,
                               const struct letter_document *m, int column) {
    struct paper_block *p = ARENA_PUSH(a, list);
    p->kind = kind;
    p->language = m->language[column];
    p->direction = m->is_rtl[column] ? PAPER_RTL : PAPER_LTR;
    return p;
}

static void add_column(struct arena *a, struct blocks *list, const struct letter_document *m, int column) {
    add(a, list, PAPER_HEADING_1, m, column)->text = m->title[column];
    for (size_t i = 0; i < m->block_count; i++) {
        const struct letter_block *b = &m->blocks[i];
        if (b->kind == LETTER_QR) {
            if (b->text[column].n) add(a, list, PAPER_PARAGRAPH, m, column)->text = b->text[column];
            continue;
        }
        if (b->kind == LETTER_REASONS && b->label[column].n)
            add(a, list, PAPER_HEADING_2, m, column)->text = b->label[column];
        struct paper_block *p = add(a, list, paper_kind_of(b), m, column);
        p->text = b->text[column];
        if (b->kind == LETTER_REASONS) { // an officer's own words, in whatever language
            p->language = m->language[0];
            p->direction = PAPER_AUTO;
        }
        if (b->kind != LETTER_FACTS) continue;
        p->text = (struct text){0};
        p->cells[0] = b->label[column];
        p->cells[1] = b->text[column];
        p->cell_count = 2;
    }
}

void letter_blocks(struct arena *a, const struct letter_document *m, struct text qr, struct text code,
                   struct text alt, struct paper *out) {
    struct blocks list = {0};
    int person = m->columns > 1 ? 1 : 0;
    add_column(a, &list, m, person);
    struct paper_block *p = add(a, &list, PAPER_QR, m, person);
    p->text = qr;
    p->cells[0] = code;
    p->cell_count = 1;
    p->alt = alt;
    if (m->columns > 1) {
        add(a, &list, PAPER_RULE, m, 0);
        add_column(a, &list, m, 0);
    }
    out->blocks = list.items;
    out->block_count = list.count;
}
