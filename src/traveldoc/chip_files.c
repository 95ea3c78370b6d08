// The files of a chip: which one is which, and what the groups say (9303-10, 4.7).
#include "traveldoc/chip_inside.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <string.h>

// Tags of the groups DG1 to DG16 (9303-10, table 35).
static const uint8_t GROUP_TAGS[CHIP_GROUPS + 1] = {0,    0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68,
                                                    0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70};
enum { COM_TAG = 0x60, SOD_TAG = 0x77, VALUE_MAX = 2000 };

static int group_of(uint32_t tag) {
    for (int i = 1; i <= CHIP_GROUPS; i++)
        if (GROUP_TAGS[i] == tag) return i;
    return 0;
}

struct chip_file chip_file_of(struct bytes bytes) {
    struct bytes rest = bytes;
    struct tlv t;
    struct chip_file f = {.bytes = bytes};
    if (bytes.n > CHIP_FILE_BYTES_MAX || !tlv_next(&rest, &t)) return f;
    f.bytes = t.whole;
    f.group = group_of(t.tag);
    f.kind = t.tag == COM_TAG ? CHIP_COM : t.tag == SOD_TAG ? CHIP_SOD : f.group ? CHIP_DG : CHIP_UNKNOWN;
    return f;
}

void chip_say(struct arena *a, struct chip *c, int group, const char *word, int of, struct text value) {
    if (c->count == CHIP_VALUES_MAX || value.n > VALUE_MAX) return;
    *ARENA_PUSH(a, c) = (struct chip_value){group, word, of, value};
}

static bool whole_file(struct bytes file, uint32_t tag, struct bytes *inside) {
    struct tlv t;
    if (!tlv_next(&file, &t) || t.tag != tag) return false;
    *inside = t.value;
    return true;
}

// 5F01 version as "0107", 5C the tags of the groups
bool com_read(struct arena *a, struct bytes file, struct chip_com *out) {
    struct bytes in;
    struct tlv version, tags;
    *out = (struct chip_com){.lds_version = T("")};
    if (!whole_file(file, COM_TAG, &in) || !tlv_find(in, 0x5C, &tags)) return false;
    if (tlv_find(in, 0x5F01, &version) && version.value.n == 4) {
        const uint8_t *v = version.value.p;
        bool digits = true;
        for (int i = 0; i < 4; i++) digits = digits && v[i] >= '0' && v[i] <= '9';
        if (digits)
            out->lds_version =
                text_printf(a, "%d.%d", (v[0] - '0') * 10 + v[1] - '0', (v[2] - '0') * 10 + v[3] - '0');
    }
    for (size_t i = 0; i < tags.value.n; i++) out->lists[group_of(tags.value.p[i])] = true;
    out->lists[0] = false;
    return true;
}

// ---- DG1: the zone

static void read_zone(struct arena *a, struct bytes in, struct chip *out) {
    struct tlv t;
    if (!tlv_find(in, 0x5F1F, &t)) return;
    struct text zone = text_of_bytes(t.value);
    size_t columns = zone.n == 90 ? 30 : zone.n == 72 ? 36 : zone.n == 88 ? 44 : 0;
    if (!columns || !text_is_readable(zone)) return;
    struct out o = {.arena = a};
    for (size_t at = 0; at < zone.n; at += columns) {
        if (at) out_byte(&o, '\n');
        out_text(&o, text_slice(zone, at, at + columns));
    }
    out->zone = out_done(&o);
}

// ---- DG2: faces, only their header; nobody decodes a picture here

static unsigned big(const uint8_t *p, int n) {
    unsigned v = 0;
    for (int i = 0; i < n; i++) v = v << 8 | p[i];
    return v;
}

// ISO/IEC 19794-5: record header of 14 bytes, face header of 20 with 8 for each feature point, then kind,
// coding, width and height of the picture.
static void read_face(struct arena *a, struct bytes b, int of, struct chip *out) {
    enum { RECORD = 14, FACE = 20, POINT = 8, PICTURE = 12 };
    if (b.n < RECORD + FACE + PICTURE || memcmp(b.p, "FAC", 4) != 0) return;
    size_t at = RECORD + FACE + (size_t)big(b.p + RECORD + 4, 2) * POINT;
    if (at + PICTURE > b.n) return;
    const uint8_t *p = b.p + at;
    chip_say(a, out, 2, "face_format", of, p[1] == 0 ? T("JPEG") : p[1] == 1 ? T("JPEG 2000") : T("?"));
    chip_say(a, out, 2, "face_size", of, text_printf(a, "%u x %u", big(p + 2, 2), big(p + 4, 2)));
}

static void read_faces(struct arena *a, struct bytes in, struct chip *out) {
    struct tlv all, one, block;
    int of = 0;
    if (!tlv_find(in, 0x7F61, &all)) return;
    while (tlv_next(&all.value, &one) && of < 10) {
        if (one.tag != 0x7F60) continue;
        if (tlv_find(one.value, 0x5F2E, &block) || tlv_find(one.value, 0x7F2E, &block))
            read_face(a, block.value, of, out);
        of++;
    }
    chip_say(a, out, 2, "faces", 0, text_printf(a, "%d", of));
}

// ---- DG11, DG12, DG16: elements with texts

struct element {
    int group;
    uint32_t tag;
    const char *word; // NULL: a picture, only named
};
static const struct element ELEMENTS[] = {
    {11, 0x5F0E, "full_name"},        {11, 0x5F0F, "other_name"},      {11, 0x5F10, "personal_number"},
    {11, 0x5F2B, "birth_date"},       {11, 0x5F11, "place_of_birth"},  {11, 0x5F42, "address"},
    {11, 0x5F12, "telephone"},        {11, 0x5F13, "profession"},      {11, 0x5F14, "title"},
    {11, 0x5F15, "summary"},          {11, 0x5F17, "other_documents"}, {11, 0x5F18, "custody"},
    {12, 0x5F19, "authority"},        {12, 0x5F26, "issue_date"},      {12, 0x5F1A, "other_person"},
    {12, 0x5F1B, "endorsements"},     {12, 0x5F1C, "exit_rules"},      {12, 0x5F55, "personalised_at"},
    {12, 0x5F56, "system_number"},    {16, 0x5F50, "recorded_on"},     {16, 0x5F51, "person_name"},
    {16, 0x5F52, "person_telephone"}, {16, 0x5F53, "person_address"},
};

// Days come as eight digits, or packed two in a byte (9303-10, 4.7.11).
static struct text shown(struct arena *a, uint32_t tag, struct bytes b) {
    bool is_packed = (tag == 0x5F2B || tag == 0x5F26 || tag == 0x5F50) && b.n == 4;
    return is_packed ? text_printf(a, "%02x%02x%02x%02x", b.p[0], b.p[1], b.p[2], b.p[3]) : bytes_shown(a, b);
}

static void read_elements(struct arena *a, int group, struct bytes in, int of, struct chip *out) {
    struct tlv t;
    int inside = 0;
    while (tlv_next(&in, &t)) {
        if (t.tag >= 0xA0 && t.tag <= 0xAF && of == 0) { // several of a kind; not nested further
            struct bytes rest = t.value;
            read_elements(a, group, rest, ++inside, out);
            continue;
        }
        for (size_t i = 0; i < sizeof ELEMENTS / sizeof *ELEMENTS; i++)
            if (ELEMENTS[i].group == group && ELEMENTS[i].tag == t.tag)
                chip_say(a, out, group, ELEMENTS[i].word, of ? of - 1 : 0, shown(a, t.tag, t.value));
    }
}

// ---- DG14: what the chip can do; DG15: its own key

static void read_security(struct arena *a, struct bytes in, struct chip *out) {
    struct tlv set, one, oid;
    if (!tlv_next(&in, &set) || set.tag != 0x31) return;
    for (int of = 0; tlv_next(&set.value, &one) && of < 20; of++) {
        char name[80] = "";
        const uint8_t *p = one.value.p;
        if (!tlv_next(&one.value, &oid) || oid.tag != 0x06) continue;
        ASN1_OBJECT *o = d2i_ASN1_OBJECT(NULL, &p, (long)oid.whole.n);
        if (o && OBJ_obj2txt(name, sizeof name, o, 1) > 0)
            chip_say(a, out, 14, "protocol", of, text_copy(a, text_of(name)));
        ASN1_OBJECT_free(o);
    }
    ERR_clear_error();
}

static void read_chip_key(struct arena *a, struct bytes in, struct chip *out) {
    const uint8_t *p = in.p;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)in.n);
    if (key)
        chip_say(a, out, 15, "chip_key", 0,
                 text_printf(a, "%s %d", EVP_PKEY_get0_type_name(key), EVP_PKEY_get_bits(key)));
    EVP_PKEY_free(key);
    ERR_clear_error();
}

void group_read(struct arena *a, int group, struct bytes file, struct chip *out) {
    struct bytes in;
    if (!whole_file(file, GROUP_TAGS[group], &in)) return;
    switch (group) {
    case 1: read_zone(a, in, out); break;
    case 2: read_faces(a, in, out); break;
    case 11:
    case 12:
    case 16: read_elements(a, group, in, 0, out); break;
    case 13: chip_say(a, out, 13, "national_data", 0, bytes_shown(a, in)); break;
    case 14: read_security(a, in, out); break;
    case 15: read_chip_key(a, in, out); break;
    default: break; // fingers, irises and signatures: compared with what was signed, never opened
    }
}
