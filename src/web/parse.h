// parse.h - the small grammars of HTTP that strangers write: addresses, queries, cookies, languages, media
// types. Pure functions over text; every one is fuzzed.
#pragma once
#include "web/http.h"

// Splits "/a%20b?x=1" into decoded path and raw query. STATUS_INVALID for bad escapes, bytes that are no
// UTF-8, NUL or other control characters, "//", "." and ".." parts; STATUS_TOO_LARGE over URL_BYTES_MAX or
// PATH_PARTS_MAX.
enum status parse_target(struct arena *a, struct text target, struct text *path, struct text *query);
// "a=1&b=x+y" appended to `fields`. STATUS_INVALID, STATUS_TOO_LARGE over `fields_max`.
enum status parse_query(struct arena *a, struct text query, size_t fields_max, struct fields *fields);
// %XX and, when `plus_is_space`, "+". False on a bad escape, NUL or bytes that are no UTF-8.
bool parse_unescape(struct arena *a, struct text in, bool plus_is_space, struct text *out);

// The value of cookie `name` in a Cookie header (RFC 6265, 4.2.1); empty when absent or malformed.
struct text parse_cookie(struct text header, struct text name);

// The best of `languages` for an Accept-Language header (RFC 9110, 12.5.4); empty when none fits.
struct text parse_accept_language(struct text header, const struct text *languages, size_t count);
// True when the Accept header ranks `media` ("application/json") above `other` ("text/html").
bool parse_prefers(struct text header, struct text media, struct text other);
// True when a comma-separated list of codings ("gzip, br;q=0") allows `coding`.
bool parse_allows(struct text header, struct text coding);
// True when an If-None-Match header names the tag (weak comparison) or is "*".
bool parse_etag_matches(struct text header, struct text etag);

// "multipart/form-data; boundary=x": the type without its parameters, lower-cased copy; and one parameter.
struct text parse_media(struct arena *a, struct text header);
bool parse_parameter(struct arena *a, struct text header, struct text name, struct text *value);

// The network an address belongs to, for rate limits: IPv4 as it is, IPv6 by its first 64 bits. False when it
// is none.
bool parse_network(struct text address, uint8_t network[17]);
