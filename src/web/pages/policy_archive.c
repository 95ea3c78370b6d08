// policy_archive.c - the files of a pack as one archive that every system opens (POSIX ustar).
#include <string.h>

#include "web/pages/policy.h"

enum { BLOCK = 512, NAME_BYTES = 100, PREFIX_BYTES = 155 };

// The header of POSIX.1-1988, by offset.
enum {
    AT_MODE = 100,
    AT_SIZE = 124,
    AT_TIME = 136,
    AT_SUM = 148,
    AT_TYPE = 156,
    AT_MAGIC = 257,
    AT_PREFIX = 345
};

static void octal(char *to, int digits, int64_t value) {
    for (int i = digits - 1; i >= 0; i--, value /= 8) to[i] = (char)('0' + value % 8);
}

// A long name is cut in two at a slash: folder and the names in it fit with room to spare (PACK_NAME_MAX).
static void put_name(char *block, struct text folder, struct text name) {
    size_t slash = 0;
    for (size_t i = 0; i < name.n && name.n - slash > NAME_BYTES; i++)
        if (name.p[i] == '/') slash = i + 1;
    size_t folder_bytes = folder.n > PREFIX_BYTES - PACK_NAME_MAX ? PREFIX_BYTES - PACK_NAME_MAX : folder.n;
    memcpy(block + AT_PREFIX, folder.p, folder_bytes);
    if (slash) {
        block[AT_PREFIX + folder_bytes] = '/';
        memcpy(block + AT_PREFIX + folder_bytes + 1, name.p, slash - 1);
    }
    size_t rest = name.n - slash > NAME_BYTES ? NAME_BYTES : name.n - slash;
    memcpy(block, name.p + slash, rest);
}

static void put_header(struct out *o, struct text folder, const struct pack_file *f, struct moment at) {
    char block[BLOCK] = {0};
    unsigned sum = 0;
    put_name(block, folder, f->name);
    octal(block + AT_MODE, 7, 0644);
    octal(block + AT_MODE + 8, 7, 0); // owner and group: nobody's
    octal(block + AT_MODE + 16, 7, 0);
    octal(block + AT_SIZE, 11, (int64_t)f->content.n);
    octal(block + AT_TIME, 11, at.ms / 1000);
    memset(block + AT_SUM, ' ', 8);
    block[AT_TYPE] = '0';
    memcpy(block + AT_MAGIC, "ustar\00000", 8);
    for (int i = 0; i < BLOCK; i++) sum += (unsigned char)block[i];
    octal(block + AT_SUM, 6, sum);
    block[AT_SUM + 6] = 0;
    out_text(o, (struct text){block, BLOCK});
}

void policy_archive(struct out *o, struct text folder, const struct pack_files *files, struct moment at) {
    static const char ZEROES[2 * BLOCK] = {0};
    for (size_t i = 0; i < files->count; i++) {
        const struct pack_file *f = &files->items[i];
        put_header(o, folder, f, at);
        out_text(o, text_of_bytes(f->content));
        out_text(o, (struct text){ZEROES, (BLOCK - f->content.n % BLOCK) % BLOCK});
    }
    out_text(o, (struct text){ZEROES, sizeof ZEROES});
}
