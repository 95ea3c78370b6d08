// privacy.h - what the files of `ostia privacy` share.
#pragma once
#include "ostia/house.h"
#include "privacy/privacy.h"

// Who calls, by the file that --as named: powers from the service, purpose and ground as given. Says what is
// wrong to `out`, and answers false.
bool privacy_caller(struct house *h, const struct call *c, enum privacy_purpose purpose, struct arena *a,
                    struct privacy_reader *by, FILE *out);
