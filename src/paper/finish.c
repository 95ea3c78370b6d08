// What Cairo 1.16 cannot write: languages, alternative texts, table scopes, artifacts, the flags and metadata
// that ISO 14289-1 (PDF/UA-1) asks for. Through libqpdf's object functions.
#include <qpdf/qpdf-c.h>
#include <stdlib.h>

#include "base/date.h"
#include "paper/content.h"
#include "paper/sheet.h"

enum { TREE_DEPTH_MAX = 12 }; // Document, Table, TR, TH, and Cairo's own

struct finishing {
    struct sheet *s;
    qpdf_data q;
    size_t next_tag;
    bool wrong; // the tree is not the one that was drawn
};

static qpdf_oh string_of(struct finishing *f, struct text t) {
    return qpdf_oh_new_binary_unicode_string(f->q, t.p ? t.p : "", t.n);
}

static void set_text(struct finishing *f, qpdf_oh element, const char *key, struct text value) {
    if (value.n) qpdf_oh_replace_key(f->q, element, key, string_of(f, value));
}

// Table attributes (ISO 32000-1, 14.8.5.7) and a figure's box (14.8.5.4.3).
static void set_attributes(struct finishing *f, qpdf_oh element, const struct tag *t) {
    struct arena *a = f->s->arena;
    if (t->scope)
        qpdf_oh_replace_key(
            f->q, element, "/A",
            qpdf_oh_parse(f->q, text_c(a, text_printf(a, "<< /O /Table /Scope /%s >>", t->scope))));
    if (t->box[2] > 0) {
        struct text box = text_printf(a, "<< /O /Layout /Placement /Block /BBox [ %.2f %.2f %.2f %.2f ] >>",
                                      t->box[0], t->box[1], t->box[2], t->box[3]);
        qpdf_oh_replace_key(f->q, element, "/A", qpdf_oh_parse(f->q, text_c(a, box)));
    }
}

static void element(struct finishing *f, qpdf_oh e, int depth);

static void children(struct finishing *f, qpdf_oh parent, int depth) {
    qpdf_oh kids = qpdf_oh_get_key(f->q, parent, "/K");
    if (qpdf_oh_is_array(f->q, kids)) {
        int n = qpdf_oh_get_array_n_items(f->q, kids);
        for (int i = 0; i < n; i++) element(f, qpdf_oh_get_array_item(f->q, kids, i), depth);
    } else {
        element(f, kids, depth);
    }
}

// Elements come in the order in which they were begun, so the tags of drawing belong to them one by one.
static void element(struct finishing *f, qpdf_oh e, int depth) {
    if (depth > TREE_DEPTH_MAX || !qpdf_oh_is_dictionary(f->q, e)) return;
    qpdf_oh kind = qpdf_oh_get_key(f->q, e, "/S");
    if (!qpdf_oh_is_name(f->q, kind)) return;
    if (f->next_tag >= f->s->tags.count) {
        f->wrong = true;
        return;
    }
    const struct tag *t = &f->s->tags.items[f->next_tag++];
    if (!text_eq(text_of(qpdf_oh_get_name(f->q, kind) + 1), text_of(t->name))) f->wrong = true;
    if (!text_eq(t->language, f->s->paper->language)) set_text(f, e, "/Lang", t->language);
    set_text(f, e, "/Alt", t->alt);
    set_text(f, e, "/ActualText", t->actual);
    set_attributes(f, e, t);
    children(f, e, depth + 1);
}

// All elements under one Document element.
static void add_document(struct finishing *f, qpdf_oh tree) {
    qpdf_oh document =
        qpdf_make_indirect_object(f->q, qpdf_oh_parse(f->q, "<< /Type /StructElem /S /Document >>"));
    qpdf_oh kids = qpdf_oh_get_key(f->q, tree, "/K");
    qpdf_oh_replace_key(f->q, document, "/P", tree);
    qpdf_oh_replace_key(f->q, document, "/K", kids);
    int n = qpdf_oh_is_array(f->q, kids) ? qpdf_oh_get_array_n_items(f->q, kids) : 0;
    for (int i = 0; i < n; i++)
        qpdf_oh_replace_key(f->q, qpdf_oh_get_array_item(f->q, kids, i), "/P", document);
    if (!n) qpdf_oh_replace_key(f->q, kids, "/P", document);
    qpdf_oh_replace_key(f->q, tree, "/K", document);
}

static enum status tree(struct finishing *f, qpdf_oh root) {
    qpdf_oh tree = qpdf_oh_get_key(f->q, root, "/StructTreeRoot");
    if (!qpdf_oh_is_dictionary(f->q, tree)) return STATUS_IO;
    children(f, tree, 0);
    if (f->wrong || f->next_tag != f->s->tags.count) return STATUS_IO;
    add_document(f, tree);
    return STATUS_OK;
}

static void replace_stream(struct finishing *f, qpdf_oh stream, struct text data) {
    qpdf_oh none = qpdf_oh_new_null(f->q);
    qpdf_oh_replace_stream_data(f->q, stream, (const unsigned char *)data.p, data.n, none, none);
}

static enum status pages(struct finishing *f) {
    int n = qpdf_get_num_pages(f->q);
    if (n != f->s->pages) return STATUS_IO;
    for (int i = 0; i < n; i++) {
        qpdf_oh page = qpdf_get_page_n(f->q, (size_t)i);
        unsigned char *data = NULL;
        size_t size = 0;
        if (qpdf_oh_get_page_content_data(f->q, page, &data, &size) >= QPDF_ERRORS) return STATUS_IO;
        struct text marked;
        enum status st =
            content_with_artifacts(f->s->arena, (struct text){(const char *)data, size}, &marked);
        free(data);
        if (st) return st;
        qpdf_oh stream = qpdf_oh_new_stream(f->q);
        replace_stream(f, stream, marked);
        qpdf_oh_replace_key(f->q, page, "/Contents", stream);
        qpdf_oh_replace_key(f->q, page, "/Tabs", qpdf_oh_new_name(f->q, "/S"));
    }
    return STATUS_OK;
}

static void out_xml(struct out *o, struct text t) {
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] == '<')
            out_c(o, "&lt;");
        else if (t.p[i] == '>')
            out_c(o, "&gt;");
        else if (t.p[i] == '&')
            out_c(o, "&amp;");
        else
            out_byte(o, t.p[i]);
    }
}

// XMP (ISO 16684-1). It does not claim pdfuaid:part: only a validator's report could say so.
static struct text xmp(struct sheet *s) {
    struct out o = {.arena = s->arena};
    out_c(
        &o,
        "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta "
        "xmlns:x=\"adobe:ns:meta/\">"
        "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" "
        "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">"
        "<dc:format>application/pdf</dc:format><dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">");
    out_xml(&o, s->paper->title);
    out_c(&o, "</rdf:li></rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>");
    out_xml(&o, s->paper->author);
    out_c(&o, "</rdf:li></rdf:Seq></dc:creator><dc:language><rdf:Bag><rdf:li>");
    out_xml(&o, s->paper->language);
    out_c(&o, "</rdf:li></rdf:Bag></dc:language><xmp:CreateDate>");
    out_text(&o, moment_print(s->arena, s->paper->created));
    out_c(&o, "</xmp:CreateDate></rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>");
    return out_done(&o);
}

static void catalog(struct finishing *f, qpdf_oh root) {
    qpdf_data q = f->q;
    qpdf_oh metadata = qpdf_oh_new_stream(q);
    replace_stream(f, metadata, xmp(f->s));
    qpdf_oh dictionary = qpdf_oh_get_dict(q, metadata);
    qpdf_oh_replace_key(q, dictionary, "/Type", qpdf_oh_new_name(q, "/Metadata"));
    qpdf_oh_replace_key(q, dictionary, "/Subtype", qpdf_oh_new_name(q, "/XML"));
    qpdf_oh_replace_key(q, root, "/Metadata", metadata);
    qpdf_oh_replace_key(q, root, "/Lang", string_of(f, f->s->paper->language));
    qpdf_oh_replace_key(q, root, "/MarkInfo", qpdf_oh_parse(q, "<< /Marked true >>"));
    bool rtl = sheet_is_rtl(f->s->paper->language, PAPER_AUTO, T(""));
    qpdf_oh_replace_key(q, root, "/ViewerPreferences",
                        qpdf_oh_parse(q, rtl ? "<< /DisplayDocTitle true /Direction /R2L >>"
                                             : "<< /DisplayDocTitle true >>"));
}

// The ID is made of the content, so that equal letters are equal files.
static enum status write_same(struct finishing *f, struct bytes *pdf) {
    if (qpdf_init_write_memory(f->q) >= QPDF_ERRORS) return STATUS_IO;
    qpdf_set_minimum_pdf_version(f->q, "1.7");
    qpdf_set_object_stream_mode(f->q, qpdf_o_generate);
    qpdf_set_compress_streams(f->q, QPDF_TRUE);
    qpdf_set_deterministic_ID(f->q, QPDF_TRUE);
    if (qpdf_write(f->q) >= QPDF_ERRORS) return STATUS_IO;
    struct bytes written = {qpdf_get_buffer(f->q), qpdf_get_buffer_length(f->q)};
    *pdf = bytes_copy(f->s->arena, written);
    return STATUS_OK;
}

enum status sheet_finish(struct sheet *s, struct bytes drawn, struct bytes *pdf) {
    struct finishing f = {.s = s, .q = qpdf_init()};
    qpdf_silence_errors(f.q);
    qpdf_set_suppress_warnings(f.q, QPDF_TRUE);
    enum status st = STATUS_IO;
    if (qpdf_read_memory(f.q, "letter", (const char *)drawn.p, drawn.n, NULL) < QPDF_ERRORS) {
        qpdf_oh root = qpdf_get_root(f.q);
        st = pages(&f);
        if (!st) st = tree(&f, root);
        if (!st) catalog(&f, root);
        if (!st && qpdf_has_error(f.q)) st = STATUS_IO;
        if (!st) st = write_same(&f, pdf);
    }
    qpdf_cleanup(&f.q);
    return st;
}
