// chip_inside.h - inside traveldoc/: what the files of a chip check share.
#pragma once
#include "traveldoc/chip.h"
#include "traveldoc/tlv.h"

// EF.COM: versions and the groups that it lists, by number.
struct chip_com {
    struct text lds_version;
    bool lists[CHIP_GROUPS + 1];
};
bool com_read(struct arena *a, struct bytes file, struct chip_com *out);

// Adds what the group says to `out`; nothing where it cannot be read.
void group_read(struct arena *a, int group, struct bytes file, struct chip *out);
void chip_say(struct arena *a, struct chip *c, int group, const char *word, int of, struct text value);
