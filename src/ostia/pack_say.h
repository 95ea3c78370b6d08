// pack_say.h - the report on a pack, printed.
#pragma once
#include "base/json.h"
#include "ostia/command.h"
#include "pack/pack_report.h"

void pack_say(FILE *out, const struct pack_report *r); // sections, a line for each finding
void pack_say_title(FILE *out, struct arena *a, enum pack_section section); // an empty line and its name
void pack_say_json(FILE *out, const struct pack_report *r); // {"pack", "version", "hash", "good", "findings"}
