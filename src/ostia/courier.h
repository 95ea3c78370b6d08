// courier.h - what goes on between authorities beside events: notices of the privacy service become letters,
// keys of channels change each year, invitations that nobody answers are erased.
#pragma once
#include "ostia/house.h"

struct channels;
struct courier;
// A thread; STATUS_BUSY when the machine has none left. Both must outlive it.
enum status courier_start(struct house *h, struct channels *x, struct courier **out);
void courier_stop(struct courier *c); // NULL is fine
