// tile_path.h - the addresses of tiles in C2SP tlog-tiles: "tile/0/x001/x234/067.p/12".
#pragma once
#include "ledger/ledger.h"

struct tile_path {
    bool is_entries; // "tile/entries/...": what the leaves are, not their hashes
    int level;       // 0 to 63
    uint64_t index;
    int width; // hashes: LEDGER_TILE_WIDTH, or 1 to 255 for a partial tile
};
// `path` begins with "tile/". STATUS_INVALID, also for another way to write a good number.
enum status tile_path_read(struct text path, struct tile_path *out);
struct text tile_path_print(struct arena *a, const struct tile_path *p);
// The hashes of that tile. STATUS_NOT_FOUND when the log does not reach so far.
enum status tile_path_hashes(const struct ledger_storage *s, const struct tile_path *p, struct arena *a,
                             struct bytes *hashes);
