// QR codes as rectangles, error correction M: readable from a fold or a stain.
#include <qrencode.h>
#include <string.h>

#include "paper/sheet.h"

enum { QUIET_MODULES = 4 };  // ISO/IEC 18004
#define MODULE_LEAST MM(0.4) // still readable by a telephone from a copy

static QRcode *encode(struct text t) {
    return QRcode_encodeData((int)t.n, (const unsigned char *)t.p, 0, QR_ECLEVEL_M);
}

enum status sheet_qr_check(struct text t) {
    if (!t.n || t.n > PAPER_QR_MAX) return STATUS_TOO_LARGE;
    QRcode *q = encode(t);
    if (!q) return STATUS_TOO_LARGE;
    QRcode_free(q);
    return STATUS_OK;
}

static double module_size(const QRcode *q) {
    double size = QR_SIDE / q->width;
    return size < MODULE_LEAST ? MODULE_LEAST : size;
}

double sheet_qr_side(struct text t) {
    QRcode *q = encode(t);
    double side = q ? module_size(q) * (q->width + 2 * QUIET_MODULES) : 0;
    QRcode_free(q);
    return side;
}

void sheet_qr_draw(cairo_t *cr, struct text t, double x, double y) {
    QRcode *q = encode(t);
    if (!q) return;
    double size = module_size(q), left = x + QUIET_MODULES * size, top = y + QUIET_MODULES * size;
    cairo_set_source_rgb(cr, 0, 0, 0);
    for (int row = 0; row < q->width; row++)
        for (int from = 0, to; from < q->width;
             from = to + 1) { // one rectangle a run: no hairlines between modules
            while (from < q->width && !(q->data[row * q->width + from] & 1)) from++;
            to = from;
            while (to < q->width && q->data[row * q->width + to] & 1) to++;
            if (to > from)
                cairo_rectangle(cr, left + from * size, top + row * size, (to - from) * size, size);
        }
    cairo_fill(cr);
    QRcode_free(q);
}
