// Answers of time-stamping authorities, tokens and lists of keys from strangers: nothing is believed that
// nobody signed, and what is read of a list can be printed and read again.
#include <stdlib.h>

#include "ledger/key_list.h"
#include "ledger/stamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// A root of nobody: EC P-256, self-signed, made for this and its key thrown away.
static const char ROOT[] = "-----BEGIN CERTIFICATE-----\n"
                           "MIIBeDCCAR+gAwIBAgIUc+Wobfbetn/Ftd4DXC3XRV8xADwwCgYIKoZIzj0EAwIw\n"
                           "ETEPMA0GA1UEAwwGTm9ib2R5MCAXDTI2MTEyNjIwMDkyNloYDzIxMjYxMTAyMjAw\n"
                           "OTI2WjARMQ8wDQYDVQQDDAZOb2JvZHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n"
                           "AAQ10OLs2uFVtU1iQdkSuyeqgtV8RLXHO+rXOeZS28UwhuonQifSQIESecMMgADF\n"
                           "woDUxl7Sk/KbUHMavVZZhFxGo1MwUTAdBgNVHQ4EFgQUKGtuCE8koSFx0XRy6W4L\n"
                           "9vCJtzgwHwYDVR0jBBgwFoAUKGtuCE8koSFx0XRy6W4L9vCJtzgwDwYDVR0TAQH/\n"
                           "BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBZ5AsH0e2FPNvNY9D76ji0zinshE8b\n"
                           "hmu+Jo4jaSZB8AIgGdSaN2AnM762VyiD5VwvtOkkWK8CsnW7mxX5FOxg+O8=\n"
                           "-----END CERTIFICATE-----\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct bytes in = {data, size}, token;
    struct hash subject = {{0}};
    struct text authority;
    struct key_list l, again;
    uint64_t time_s;
    if (!stamp_answer_read(&a, in, &subject, 1, &token))
        (void)!stamp_check(&a, token, &subject, in, &time_s, &authority);
    if (!stamp_check(&a, in, &subject, bytes_of(text_of(ROOT)), &time_s, &authority)) abort();
    if (!key_list_read(&a, text_of_bytes(in), &l)) {
        if (key_list_read(&a, key_list_print(&a, &l), &again) || again.count != l.count) abort();
        if (key_list_judge(&l, &l.items[0].key, 0) && !l.items[0].revoked_s) abort();
    }
    arena_free(&a);
    return 0;
}
