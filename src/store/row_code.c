#include "store/row_code.h"

void row_encode(struct out *o, const struct value *values, size_t count) {
    cbor_array(o, count);
    for (size_t i = 0; i < count; i++) {
        switch (values[i].kind) {
        case VALUE_INT: cbor_int(o, values[i].i); break;
        case VALUE_TEXT: cbor_text(o, text_of_bytes(values[i].b)); break;
        case VALUE_BYTES: cbor_bytes(o, values[i].b); break;
        default: cbor_null(o);
        }
    }
}

static enum status decode_value(struct cbor_reader *r, struct value *v) {
    struct cbor_item item;
    enum status st = cbor_next(r, &item);
    if (st) return st;
    switch (item.kind) {
    case CBOR_INT: *v = V_INT(item.integer); return STATUS_OK;
    case CBOR_TEXT: *v = V_TEXT(item.text); return STATUS_OK;
    case CBOR_BYTES: *v = V_BYTES(item.bytes); return STATUS_OK;
    case CBOR_NULL: *v = V_NULL; return STATUS_OK;
    default: return STATUS_CORRUPT;
    }
}

enum status row_decode(struct cbor_reader *r, struct value *values, size_t room, size_t *count) {
    struct cbor_item head;
    enum status st = cbor_next(r, &head);
    if (st || head.kind == CBOR_END) return st ? st : STATUS_NOT_FOUND;
    if (head.kind != CBOR_ARRAY || head.integer < 0 || (uint64_t)head.integer > room) return STATUS_CORRUPT;
    *count = (size_t)head.integer;
    for (size_t i = 0; i < *count && !st; i++) st = decode_value(r, &values[i]);
    return st;
}

bool table_takes(const struct table *t, const struct value *values, size_t count) {
    if (count != t->column_count) return false;
    for (size_t i = 0; i < count; i++)
        if (values[i].kind != VALUE_NULL && values[i].kind != t->columns[i].kind) return false;
    return true;
}
