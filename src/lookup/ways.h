// ways.h - how a question reaches another authority: through X-Road, or as a client of its API.
#pragma once
#include "exchange/xroad.h"
#include "lookup/lookup.h"
#include "search/source.h"

// Its service in X-Road, POST .../lookups. `x` must outlive it.
struct lookup_other lookup_by_xroad(struct xroad *x, uint32_t code, struct text name);
// A source of the file of sources that has "code" and "lookups". `s` must outlive it.
struct lookup_other lookup_by_source(const struct remote *s);

// Answers POST /lookups of X-Road: who asks is the client that X-Road has authenticated, and acts as `actor`
// for the purpose of the question.
typedef enum status lookup_actor_fn(void *context, const struct xroad_peer *peer, struct text purpose,
                                    struct arena *a, struct actor *out);
void lookup_serve_xroad(struct lookup *l, const struct xroad_options *o, struct text gate,
                        const struct xroad_header *headers, size_t count, struct text body,
                        lookup_actor_fn *actor_of, void *context, struct arena *a, struct xroad_reply *reply);
