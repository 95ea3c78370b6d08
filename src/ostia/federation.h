// federation.h - the server's part in the exchange between authorities: channels, their door, their carrier.
#pragma once
#include "ostia/house.h"

struct federation;
// Starts when the settings name a certificate (exchange-cert); *out is NULL otherwise. `h` must outlive it.
// It uses the keys that the directory names for us now, and the law of the pack in force: after a rotation,
// and to use a new version of the law, start the server anew.
enum status federation_start(struct house *h, struct federation **out, struct problem *p);
struct circles;
// What officers do with channels; NULL when `f` is.
const struct circles *federation_circles(const struct federation *f);
void federation_stop(struct federation *f); // NULL is fine
