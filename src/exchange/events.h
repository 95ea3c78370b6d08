// events.h - inside exchange/: the event types of this room.
#pragma once
#include "journal/journal.h"

extern const struct event_type EXCHANGE_SENT, EXCHANGE_RECEIVED, EXCHANGE_REFUSED;
extern const struct event_type EXCHANGE_MISSIVE_SENT, EXCHANGE_MISSIVE_RECEIVED;
