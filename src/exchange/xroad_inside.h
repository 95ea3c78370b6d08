// xroad_inside.h - what the files of the X-Road client share.
#pragma once
#include "exchange/xroad.h"

// A call of an address. Without call->service it is one of the security server itself: no X-Road headers are
// sent or expected.
enum status xroad_fetch(struct xroad *x, const struct xroad_call *call, struct text url, struct arena *a,
                        struct xroad_answer *out);
