// nats_absent.c - a build without libnats.
#include "exchange/nats_carrier.h"

bool nats_is_built(void) {
    return false;
}
enum status nats_open(const struct nats_options *o, struct nats **out) {
    (void)o;
    *out = NULL;
    return STATUS_UNSUPPORTED;
}
void nats_close(struct nats *n) {
    (void)n;
}
static enum status send_parcel(void *context, const struct member *to, struct bytes message, struct arena *a,
                               struct bytes *answer) {
    (void)context, (void)to, (void)message, (void)a, (void)answer;
    return STATUS_UNSUPPORTED;
}
struct carrier nats_carrier(struct nats *n) {
    return (struct carrier){.context = n, .send = send_parcel};
}
enum status nats_receive(struct nats *n, int wait_ms, parcel_receive_fn *receive, void *context,
                         size_t *count) {
    (void)n, (void)wait_ms, (void)receive, (void)context;
    *count = 0;
    return STATUS_UNSUPPORTED;
}
enum status nats_listen(struct nats *n, parcel_receive_fn *receive, void *context) {
    (void)n, (void)receive, (void)context;
    return STATUS_UNSUPPORTED;
}
