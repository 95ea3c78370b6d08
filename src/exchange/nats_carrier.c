// nats_carrier.c - parcels through NATS JetStream (libnats).
#include "exchange/nats_carrier.h"

#include <nats/nats.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/log.h"

enum { SUBJECT_MAX = 100, LISTEN_WAIT_MS = 250, NS_IN_MS = 1000000 };
#define FROM_HEADER "Ostia-From"

// A connection: one to send, one to receive, so that neither waits for the other. Whatever goes wrong, it is
// closed, and the next use opens another one: nothing of it is worth keeping.
struct line {
    natsConnection *connection;
    jsCtx *js;
    natsSubscription *sub; // of the receiving one
};
struct nats {
    struct arena arena;
    const char *url, *ca, *certificate, *key, *credentials, *stream, *subjects;
    uint32_t self;
    int timeout_ms, retry_ms, ack_wait_ms;
    pthread_mutex_t lock; // of `out`
    struct line out, in;
    pthread_t thread;
    bool has_thread;
    atomic_bool is_closing;
    parcel_receive_fn *receive;
    void *context;
};

bool nats_is_built(void) {
    return true;
}

// ---- opening and closing

static const char *file_name(struct arena *a, struct text t) {
    return t.n ? text_c(a, t) : NULL;
}

static bool is_stream_name(struct text t) {
    for (size_t i = 0; i < t.n; i++) {
        char c = t.p[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_plain && c != '-' && c != '_') return false;
    }
    return t.n > 0 && t.n <= 32;
}

enum status nats_open(const struct nats_options *o, struct nats **out) {
    struct text stream = o->stream.n ? o->stream : T("OSTIA");
    bool is_url = text_starts(o->url, T("nats://")) || text_starts(o->url, T("tls://"));
    *out = NULL;
    if (!is_url || !is_stream_name(stream) || !o->self) return STATUS_INVALID;
    struct nats *n = calloc(1, sizeof *n);
    if (!n) abort();
    n->url = text_c(&n->arena, o->url);
    n->ca = file_name(&n->arena, o->ca);
    n->certificate = file_name(&n->arena, o->certificate);
    n->key = file_name(&n->arena, o->key);
    n->credentials = file_name(&n->arena, o->credentials);
    n->stream = text_c(&n->arena, stream);
    n->subjects = text_c(&n->arena, TEXT_JOIN(&n->arena, stream, T(".parcels.*")));
    n->self = o->self;
    n->timeout_ms = o->timeout_ms ? o->timeout_ms : NATS_MS;
    n->retry_ms = o->retry_ms ? o->retry_ms : NATS_RETRY_MS;
    n->ack_wait_ms = o->ack_wait_ms ? o->ack_wait_ms : NATS_ACK_WAIT_MS;
    pthread_mutex_init(&n->lock, NULL);
    *out = n;
    return STATUS_OK;
}

static void hang_up(struct line *l) {
    natsSubscription_Destroy(l->sub); // harmless on NULL, as all of these
    jsCtx_Destroy(l->js);
    natsConnection_Destroy(l->connection);
    *l = (struct line){0};
}

void nats_close(struct nats *n) {
    if (!n) return;
    atomic_store(&n->is_closing, true);
    if (n->has_thread) pthread_join(n->thread, NULL);
    hang_up(&n->in);
    hang_up(&n->out);
    pthread_mutex_destroy(&n->lock);
    arena_free(&n->arena);
    free(n);
}

// The broker keeps a parcel until it is confirmed, then forgets it. When it is full it refuses new ones
// rather than forgetting old ones. A stream of that name that an operator made otherwise is left as it is.
static natsStatus make_stream(struct nats *n, jsCtx *js) {
    const char *subjects[] = {n->subjects};
    jsStreamConfig c;
    jsErrCode error = 0;
    jsStreamConfig_Init(&c);
    c.Name = n->stream;
    c.Subjects = subjects;
    c.SubjectsLen = 1;
    c.Retention = js_WorkQueuePolicy;
    c.Discard = js_DiscardNew;
    c.Storage = js_FileStorage;
    c.MaxBytes = NATS_BYTES_MAX;
    c.MaxMsgSize = PARCEL_BYTES_MAX + 1024; // and its headers
    c.Duplicates = (int64_t)NATS_DUPLICATES_MS * NS_IN_MS;
    natsStatus st = js_AddStream(NULL, js, &c, NULL, &error);
    return error == JSStreamNameExistErr ? NATS_OK : st;
}

static natsStatus set_options(const struct nats *n, natsOptions *o) {
    natsStatus st = natsOptions_SetTimeout(o, n->timeout_ms);
    if (st == NATS_OK) st = natsOptions_SetAllowReconnect(o, false);
    if (st == NATS_OK && (n->ca || text_starts(text_of(n->url), T("tls:"))))
        st = natsOptions_SetSecure(o, true);
    if (st == NATS_OK && n->ca) st = natsOptions_LoadCATrustedCertificates(o, n->ca);
    if (st == NATS_OK && n->certificate) st = natsOptions_LoadCertificatesChain(o, n->certificate, n->key);
    if (st == NATS_OK && n->credentials)
        st = natsOptions_SetUserCredentialsFromFiles(o, n->credentials, NULL);
    return st;
}

static natsStatus set_servers(const struct nats *n, natsOptions *o) {
    const char *urls[16];
    struct arena a = {0};
    struct text rest = text_of(n->url), one;
    int count = 0;
    while (count < 16 && text_cut(&rest, ',', &one)) urls[count++] = text_c(&a, text_trim(one));
    natsStatus st = natsOptions_SetServers(o, urls, count);
    arena_free(&a);
    return st;
}

static natsStatus call(struct nats *n, struct line *l) {
    natsOptions *o = NULL;
    jsOptions jo;
    if (l->connection && natsConnection_IsClosed(l->connection)) hang_up(l); // the broker went away
    if (l->connection) return NATS_OK;
    natsStatus st = natsOptions_Create(&o);
    if (st == NATS_OK) st = set_options(n, o);
    if (st == NATS_OK) st = set_servers(n, o);
    if (st == NATS_OK) st = natsConnection_Connect(&l->connection, o);
    natsOptions_Destroy(o);
    jsOptions_Init(&jo);
    jo.Wait = n->timeout_ms;
    if (st == NATS_OK) st = natsConnection_JetStream(&l->js, l->connection, &jo);
    if (st == NATS_OK) st = make_stream(n, l->js);
    if (st != NATS_OK) hang_up(l);
    return st;
}

// ---- sending

static void subject_of(const struct nats *n, uint32_t code, char out[SUBJECT_MAX]) {
    snprintf(out, SUBJECT_MAX, "%s.parcels.%u", n->stream, (unsigned)code);
}

// The same parcel from us to them has the same id, however often it is sent.
static const char *id_of(struct arena *a, uint32_t from, uint32_t to, struct bytes parcel) {
    struct hash content = hash_of(parcel);
    struct text all = text_printf(a, "%u %u " TEXT_FMT, (unsigned)from, (unsigned)to,
                                  TEXT_ARG(hex_encode(a, hash_bytes(&content))));
    struct hash id = hash_of(bytes_of(all));
    return text_c(a, hex_encode(a, hash_bytes(&id)));
}

static natsStatus message_of(const struct nats *n, uint32_t to, struct bytes parcel, natsMsg **out) {
    char subject[SUBJECT_MAX], from[20];
    subject_of(n, to, subject);
    snprintf(from, sizeof from, "%u", (unsigned)n->self);
    natsStatus st = natsMsg_Create(out, subject, NULL, (const char *)parcel.p, (int)parcel.n);
    if (st == NATS_OK) st = natsMsgHeader_Set(*out, FROM_HEADER, from);
    return st;
}

// Full: the broker works, and has no room. Everything else: nobody knows, and the line is given up.
static enum status publish(struct nats *n, uint32_t to, struct bytes parcel) {
    struct arena a = {0};
    natsMsg *message = NULL;
    jsPubOptions o;
    jsErrCode error = 0;
    jsPubOptions_Init(&o);
    o.MsgId = id_of(&a, n->self, to, parcel);
    o.MaxWait = n->timeout_ms;
    o.ExpectStream = n->stream;
    pthread_mutex_lock(&n->lock);
    natsStatus st = call(n, &n->out);
    if (st == NATS_OK) st = message_of(n, to, parcel, &message);
    if (st == NATS_OK) st = js_PublishMsg(NULL, n->out.js, message, &o, &error);
    bool is_full = error == JSStreamStoreFailedErr;
    if (st != NATS_OK && !is_full) hang_up(&n->out);
    pthread_mutex_unlock(&n->lock);
    natsMsg_Destroy(message);
    arena_free(&a);
    if (st != NATS_OK)
        log_line(LOG_WARNING, "nats.publish", "status=\"%s\" error=%d", natsStatus_GetText(st), (int)error);
    return st == NATS_OK ? STATUS_OK : is_full ? STATUS_BUSY : STATUS_IO;
}

static enum status send_parcel(void *context, const struct member *to, struct bytes message, struct arena *a,
                               struct bytes *answer) {
    (void)a;
    *answer = (struct bytes){0};
    if (message.n > PARCEL_BYTES_MAX) return STATUS_TOO_LARGE;
    return publish(context, to->code, message);
}

struct carrier nats_carrier(struct nats *n) {
    return (struct carrier){.context = n, .send = send_parcel};
}

// ---- receiving

static natsStatus subscribe(struct nats *n) {
    char subject[SUBJECT_MAX], durable[40];
    jsSubOptions o;
    natsStatus st = call(n, &n->in);
    if (st != NATS_OK || n->in.sub) return st;
    subject_of(n, n->self, subject);
    snprintf(durable, sizeof durable, "authority-%u", (unsigned)n->self);
    jsSubOptions_Init(&o);
    o.Stream = n->stream;
    o.Config.AckPolicy = js_AckExplicit;
    o.Config.AckWait = (int64_t)n->ack_wait_ms * NS_IN_MS;
    o.Config.MaxDeliver = -1;
    return js_PullSubscribe(&n->in.sub, n->in.js, subject, durable, NULL, &o, NULL);
}

static bool is_final(enum status st) {
    return st == STATUS_INVALID || st == STATUS_CORRUPT || st == STATUS_UNSUPPORTED || st == STATUS_REFUSED ||
           st == STATUS_TOO_LARGE || st == STATUS_NOT_FOUND || st == STATUS_EXPIRED;
}

// Who says it sent it. Only to know where an answer goes: who it was is told by the signature inside.
static uint32_t sender_of(natsMsg *m) {
    const char *value = NULL;
    int64_t code;
    if (natsMsgHeader_Get(m, FROM_HEADER, &value) != NATS_OK || !text_int(text_of(value), &code)) return 0;
    return code > 0 && code <= UINT32_MAX ? (uint32_t)code : 0;
}

static natsStatus take(struct nats *n, natsMsg *m, parcel_receive_fn *receive, void *context, size_t *count) {
    struct arena a = {0};
    struct bytes answer = {0},
                 parcel = {(const uint8_t *)natsMsg_GetData(m), (size_t)natsMsg_GetDataLength(m)};
    uint32_t from = sender_of(m);
    jsErrCode error;
    enum status st = receive(context, 0, parcel, &a, &answer);
    if (!st && answer.n && from && from != n->self) st = publish(n, from, answer) ? STATUS_BUSY : STATUS_OK;
    arena_free(&a);
    if (!st) {
        ++*count;
        return natsMsg_AckSync(m, NULL, &error);
    }
    log_line(LOG_WARNING, "nats.receive", "status=\"%s\" from=%u", status_name(st), (unsigned)from);
    return is_final(st) ? natsMsg_Term(m, NULL) : natsMsg_NakWithDelay(m, n->retry_ms, NULL);
}

enum status nats_receive(struct nats *n, int wait_ms, parcel_receive_fn *receive, void *context,
                         size_t *count) {
    natsMsgList list = {0};
    *count = 0;
    natsStatus st = subscribe(n);
    if (st == NATS_OK) st = natsSubscription_Fetch(&list, n->in.sub, NATS_BATCH, wait_ms, NULL);
    bool is_quiet = st == NATS_TIMEOUT && !natsConnection_IsClosed(n->in.connection);
    for (int i = 0; i < list.Count && st == NATS_OK; i++) st = take(n, list.Msgs[i], receive, context, count);
    natsMsgList_Destroy(&list);
    if (st == NATS_OK || is_quiet) return STATUS_OK;
    hang_up(&n->in);
    log_line(LOG_WARNING, "nats.line", "status=\"%s\"", natsStatus_GetText(st));
    return STATUS_IO;
}

static void *listen_for_ever(void *argument) {
    struct nats *n = argument;
    size_t count;
    while (!atomic_load(&n->is_closing))
        if (nats_receive(n, LISTEN_WAIT_MS, n->receive, n->context, &count)) nats_Sleep(n->retry_ms);
    return NULL;
}

enum status nats_listen(struct nats *n, parcel_receive_fn *receive, void *context) {
    n->receive = receive;
    n->context = context;
    n->has_thread = pthread_create(&n->thread, NULL, listen_for_ever, n) == 0;
    return n->has_thread ? STATUS_OK : STATUS_BUSY;
}
