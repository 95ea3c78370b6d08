// note.h - that somebody looked at all cases from a terminal stays in the log.
#pragma once
#include "ostia/house.h"

// Notes `what` ("replay", "event_log"): in the server that has the folder, else here. False: it could not,
// and said so.
bool note(struct settings *s, const char *what);
