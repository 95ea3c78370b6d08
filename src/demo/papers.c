// papers.c - small files for a share of the cases: a one-page PDF or a picture, made here.
#include <string.h>

#include "demo/inside.h"
#include "store/blob.h"

enum { SIDE = 64 };

static void put32(struct out *o, uint32_t n) {
    for (int shift = 24; shift >= 0; shift -= 8) out_byte(o, (char)(n >> shift));
}

static uint32_t crc32(const char *p, size_t n) { // ISO 3309, as PNG wants it
    uint32_t c = 0xffffffff;
    for (size_t i = 0; i < n; i++) {
        c ^= (uint8_t)p[i];
        for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >> 1) : c >> 1;
    }
    return ~c;
}

static void chunk(struct out *o, const char *kind, struct text data) {
    put32(o, (uint32_t)data.n);
    size_t from = o->n;
    out_c(o, kind);
    out_text(o, data);
    put32(o, crc32(o->p + from, o->n - from));
}

static uint32_t adler32(struct text t) {
    uint32_t a = 1, b = 0;
    for (size_t i = 0; i < t.n; i++) {
        a = (a + (uint8_t)t.p[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

// A grey picture with a pattern of its own, stored without compression (one deflate block, RFC 1951 3.2.4).
static struct text picture(struct arena *a, struct dice *d) {
    struct out raw = {.arena = a}, packed = {.arena = a}, head = {.arena = a}, png = {.arena = a};
    int shade = dice_range(d, 1, 200);
    for (int y = 0; y < SIDE; y++) {
        out_byte(&raw, 0);
        for (int x = 0; x < SIDE; x++) out_byte(&raw, (char)((x * y + shade) & 255));
    }
    struct text pixels = out_done(&raw);
    out_text(&packed, (struct text){"\x78\x01\x01", 3});
    out_byte(&packed, (char)(pixels.n & 255));
    out_byte(&packed, (char)(pixels.n >> 8));
    out_byte(&packed, (char)(~pixels.n & 255));
    out_byte(&packed, (char)(~pixels.n >> 8 & 255));
    out_text(&packed, pixels);
    put32(&packed, adler32(pixels));
    put32(&head, SIDE);
    put32(&head, SIDE);
    out_text(&head, (struct text){"\x08\x00\x00\x00\x00", 5});
    out_text(&png, (struct text){"\x89PNG\r\n\x1a\n", 8});
    chunk(&png, "IHDR", out_done(&head));
    chunk(&png, "IDAT", out_done(&packed));
    chunk(&png, "IEND", T(""));
    return out_done(&png);
}

static struct text page(struct arena *a, struct demo_case *c) {
    static const char CATALOG[] = "<</Type/Catalog/Pages 2 0 R>>",
                      PAGES[] = "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                      PAGE[] = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 595]/Contents 4 0 R"
                               "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>";
    static const char *const OBJECTS[] = {CATALOG, PAGES, PAGE};
    struct text words =
        text_printf(a, "BT /F 18 Tf 40 520 Td (Demonstration document %u) Tj ET", (unsigned)c->number);
    struct out o = {.arena = a};
    size_t at[5];
    out_c(&o, "%PDF-1.4\n");
    for (int i = 0; i < 3; i++) {
        at[i] = o.n;
        out_printf(&o, "%d 0 obj%sendobj\n", i + 1, OBJECTS[i]);
    }
    at[3] = o.n;
    out_printf(&o, "4 0 obj<</Length %zu>>stream\n" TEXT_FMT "\nendstream endobj\n", words.n,
               TEXT_ARG(words));
    at[4] = o.n;
    out_c(&o, "xref\n0 5\n0000000000 65535 f \n");
    for (int i = 0; i < 4; i++) out_printf(&o, "%010zu 00000 n \n", at[i]);
    out_printf(&o, "trailer<</Size 5/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", at[4]);
    return out_done(&o);
}

static enum status keep(struct play *p, struct demo_case *c, struct text content, struct blob_info *out) {
    struct key k;
    struct blob_writer *w = NULL;
    struct problem ignored;
    enum status st = cases_upload_key(p->cases, c->person, c->case_id, &k, &ignored);
    if (!st) st = blob_create(journal_store(cases_journal(p->cases)), &k, DOCUMENT_BYTES_MAX, &w);
    if (!st) st = blob_write(w, bytes_of(content));
    if (!st) st = blob_finish(&w, out);
    blob_abort(&w);
    key_wipe(&k);
    return st;
}

enum status papers_add(struct play *p, struct demo_case *c) {
    struct arena *a = &p->wave.arena;
    struct blob_info blob;
    bool is_page = dice_chance(&c->dice, 50);
    if (p->documents_left <= 0) return STATUS_OK;
    p->documents_left--;
    enum status st = keep(p, c, is_page ? page(a, c) : picture(a, &c->dice), &blob);
    if (st) return st;
    struct command *m = wave_add(p, c, c->person, COMMAND_ADD_DOCUMENT);
    m->add_document = (struct add_document){.kind = is_page ? T("birth_certificate") : T("passport"),
                                            .blob = blob,
                                            .title = is_page ? T("certificate.pdf") : T("passport.png"),
                                            .media = is_page ? T("application/pdf") : T("image/png")};
    return STATUS_OK;
}
