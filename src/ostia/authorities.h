// authorities.h - the ways to other authorities that the settings name: X-Road, and sources that answer data
// requests.
#pragma once
#include "lookup/ways.h"
#include "ostia/settings.h"

struct house;
enum { AUTHORITIES_MAX = XROAD_PEERS_MAX + SOURCES_MAX };

struct authorities {
    struct xroad_options options;
    struct xroad_door door;
    struct xroad *xroad; // NULL: not behind a security server
    struct lookup *lookup;
};
// Reads --xroad and opens data requests over what `sources` and X-Road reach. `a` must outlive it.
enum status authorities_open(const struct house *h, const struct settings *s, const struct sources *sources,
                             struct arena *a, struct authorities *out, struct problem *p);
void authorities_close(struct authorities *x);
