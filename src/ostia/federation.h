// federation.h - the server's part in the exchange between authorities: channels, their door, the ways to
// others.
#pragma once
#include "exchange/xroad.h"
#include "ostia/house.h"

struct federation;
// Starts when the settings name a way to others (settings_exchange); *out is NULL otherwise. `h` must outlive
// it. The directory and our own keys are read again when they change. It uses the law of the pack in force at
// the start: to use a new version of what may be exchanged, start the server anew.
enum status federation_start(struct house *h, struct federation **out, struct problem *p);
// Parcels go by our security server too, and what comes through its door is taken. NULL are fine.
void federation_xroad(struct federation *f, struct xroad *xroad, struct xroad_door *door);
struct circles;
// What officers do with channels; NULL when `f` is.
const struct circles *federation_circles(const struct federation *f);
void federation_stop(struct federation *f); // NULL is fine
