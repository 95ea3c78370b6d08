// number.h - inside ledger/: sizes and indexes as the C2SP formats write them.
#pragma once
#include "base/text.h"

// Decimal without leading zeroes, up to UINT64_MAX.
bool number_read(struct text t, uint64_t *number);
