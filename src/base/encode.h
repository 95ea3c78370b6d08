// encode.h - bytes as text: hexadecimal and base64.
#pragma once
#include "base/text.h"

// Decoding answers STATUS_INVALID for any other character and bad length.
struct text hex_encode(struct arena *a, struct bytes b);
enum status hex_decode(struct arena *a, struct text t, struct bytes *out);
struct text base64_encode(struct arena *a, struct bytes b);    // with padding
struct text base64url_encode(struct arena *a, struct bytes b); // without padding
enum status base64_decode(struct arena *a, struct text t, struct bytes *out);
enum status base64url_decode(struct arena *a, struct text t, struct bytes *out);
