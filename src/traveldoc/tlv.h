// tlv.h - inside traveldoc/: BER-TLV (ITU-T X.690) as chips and CMS use it. Every length is checked against
// what is there; indefinite lengths are refused.
#pragma once
#include "base/text.h"

struct tlv {
    uint32_t tag; // all its bytes, 0x61 or 0x5F1F
    struct bytes value;
    struct bytes whole; // with tag and length
};

// Takes the next element off *rest. False at the end and for anything malformed (then *rest keeps its bytes).
bool tlv_next(struct bytes *rest, struct tlv *out);
// The first element with this tag among those of `in`.
bool tlv_find(struct bytes in, uint32_t tag, struct tlv *out);

// Text as it is when it can be read, else hexadecimal.
struct text bytes_shown(struct arena *a, struct bytes b);
bool text_is_readable(struct text t); // UTF-8 without control characters, not empty
