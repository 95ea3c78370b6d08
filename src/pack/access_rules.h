// access_rules.h - inside pack/: reading access.json.
//
//     {"roles": {"officer": "role.officer"}, "purposes": {...}, "relations": {...}, "classes": {...},
//     "actions": {...},
//      "rows": [{"role": ["officer"], "purpose": ["asylum_examination"], "relation": ["assigned"],
//                "class": ["identity", "claim"], "action": ["read", "write"], "needs_reason": false}]}
//
// Each row of the file is written out to one plain row for every combination. The words' values are text
// keys.
#pragma once
#include "pack/pack.h"
#include "pack/reading.h"

enum status access_read(const struct reading *r, const json_t *json, struct access_rules *out);
