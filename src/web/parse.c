#include "web/parse.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool parse_unescape(struct arena *a, struct text in, bool plus_is_space, struct text *out) {
    char *to = arena_alloc(a, in.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < in.n; i++) {
        char c = in.p[i];
        if (c == '+' && plus_is_space) c = ' ';
        if (c == '%') {
            int high = i + 2 < in.n ? hex_digit(in.p[i + 1]) : -1;
            int low = i + 2 < in.n ? hex_digit(in.p[i + 2]) : -1;
            if (high < 0 || low < 0) return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        to[n++] = c;
    }
    *out = (struct text){to, n};
    return text_is_utf8(*out);
}

static bool has_control(struct text t) {
    for (size_t i = 0; i < t.n; i++)
        if ((unsigned char)t.p[i] < 0x20 || t.p[i] == 0x7f || t.p[i] == '\\') return true;
    return false;
}

static enum status path_check(struct text path) {
    if (!path.n || path.p[0] != '/' || has_control(path)) return STATUS_INVALID;
    if (path.n == 1) return STATUS_OK;
    struct text rest = text_slice(path, 1, path.n), part;
    size_t parts = 0;
    while (text_cut(&rest, '/', &part)) {
        if (++parts > PATH_PARTS_MAX) return STATUS_TOO_LARGE;
        if (!part.n || text_eq(part, T(".")) || text_eq(part, T(".."))) return STATUS_INVALID;
    }
    return STATUS_OK;
}

enum status parse_target(struct arena *a, struct text target, struct text *path, struct text *query) {
    if (target.n > URL_BYTES_MAX) return STATUS_TOO_LARGE;
    if (has_control(target)) return STATUS_INVALID;
    struct text rest = target, raw;
    if (!text_cut(&rest, '?', &raw)) return STATUS_INVALID;
    *query = rest;
    if (raw.n > 1 && raw.p[raw.n - 1] == '/') raw.n--; // "/cases/" is "/cases"
    for (size_t i = 0; i + 2 < raw.n; i++) // an encoded slash would split a part in two after decoding
        if (raw.p[i] == '%' && raw.p[i + 1] == '2' && (raw.p[i + 2] | 32) == 'f') return STATUS_INVALID;
    if (!parse_unescape(a, raw, false, path)) return STATUS_INVALID;
    return path_check(*path);
}

enum status parse_query(struct arena *a, struct text query, size_t fields_max, struct fields *fields) {
    struct text part;
    while (query.p && text_cut(&query, '&', &part)) {
        if (!part.n) continue;
        if (fields->count == fields_max) return STATUS_TOO_LARGE;
        struct text value = part, name;
        if (!text_cut(&value, '=', &name)) return STATUS_INVALID;
        struct field *f = ARENA_PUSH(a, fields);
        if (!parse_unescape(a, name, true, &f->name) || !parse_unescape(a, value, true, &f->value))
            return STATUS_INVALID;
        if (f->name.n > FORM_NAME_BYTES_MAX) return STATUS_TOO_LARGE;
    }
    return STATUS_OK;
}

struct text parse_cookie(struct text header, struct text name) {
    struct text pair;
    if (header.n > COOKIE_BYTES_MAX) return (struct text){0};
    for (int i = 0; i < COOKIES_MAX && text_cut(&header, ';', &pair); i++) {
        struct text value = text_trim(pair), key;
        if (!text_cut(&value, '=', &key) || !value.p || !text_eq(text_trim(key), name)) continue;
        value = text_trim(value);
        if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
            value = text_slice(value, 1, value.n - 1);
        for (size_t k = 0; k < value.n; k++)
            if (value.p[k] <= ' ' || value.p[k] >= 0x7f || value.p[k] == '"' || value.p[k] == ',')
                return (struct text){0};
        return value;
    }
    return (struct text){0};
}

// Weight of one list item in thousandths (RFC 9110, 12.4.2); the item without parameters in *item.
static int weight(struct text element, struct text *item) {
    struct text part;
    int q = 1000;
    if (!text_cut(&element, ';', &part)) return 0;
    *item = text_trim(part);
    while (element.p && text_cut(&element, ';', &part)) {
        part = text_trim(part);
        if (part.n < 3 || (part.p[0] | 32) != 'q' || part.p[1] != '=') continue;
        q = 0;
        int unit = 1000;
        for (size_t i = 2; i < part.n && i < 7; i++) {
            if (part.p[i] == '.') continue;
            if (!isdigit((unsigned char)part.p[i])) return 0;
            q += (part.p[i] - '0') * unit;
            unit /= 10;
        }
    }
    return q > 1000 ? 1000 : q;
}

struct text parse_accept_language(struct text header, const struct text *languages, size_t count) {
    struct text best = {0}, element, item;
    int best_q = 0;
    for (int n = 0; n < 32 && header.p && text_cut(&header, ',', &element); n++) {
        int q = weight(element, &item);
        if (q <= best_q) continue;
        for (size_t i = 0; i < count; i++) {
            bool longer = item.n > languages[i].n && item.p[languages[i].n] == '-';
            if (!text_eq_nocase(text_slice(item, 0, languages[i].n), languages[i])) continue;
            if (item.n != languages[i].n && !longer) continue;
            best = languages[i];
            best_q = q;
        }
    }
    return best;
}

static int media_weight(struct text header, struct text media) {
    struct text element, item, type = media;
    struct text kind;
    int found = -1, any = -1;
    if (!header.n) return 0;
    if (!text_cut(&type, '/', &kind)) return 0;
    for (int n = 0; n < 32 && header.p && text_cut(&header, ',', &element); n++) {
        int q = weight(element, &item);
        if (text_eq_nocase(item, media))
            found = q;
        else if (text_eq(item, T("*/*")) && any < 0)
            any = q;
    }
    return found >= 0 ? found : any >= 0 ? any : 0;
}

bool parse_prefers(struct text header, struct text media, struct text other) {
    int a = media_weight(header, media), b = media_weight(header, other);
    struct text problem = T("application/problem+json");
    if (text_eq(media, T("application/json")) && media_weight(header, problem) > a)
        a = media_weight(header, problem);
    return a > b;
}

bool parse_allows(struct text header, struct text coding) {
    struct text element, item;
    for (int n = 0; n < 32 && header.p && text_cut(&header, ',', &element); n++) {
        int q = weight(element, &item);
        if (text_eq_nocase(item, coding)) return q > 0;
    }
    return false;
}

bool parse_etag_matches(struct text header, struct text etag) {
    struct text element;
    for (int n = 0; n < 32 && header.p && text_cut(&header, ',', &element); n++) {
        element = text_trim(element);
        if (text_starts(element, T("W/"))) element = text_slice(element, 2, element.n);
        if (text_eq(element, etag) || text_eq(element, T("*"))) return true;
    }
    return false;
}

struct text parse_media(struct arena *a, struct text header) {
    struct text type = {0};
    if (!text_cut(&header, ';', &type)) return type;
    type = text_copy(a, text_trim(type));
    for (size_t i = 0; i < type.n; i++) ((char *)type.p)[i] = (char)tolower((unsigned char)type.p[i]);
    return type;
}

// One parameter's value: a token, or a quoted string in which browsers write %22 for a quote
// (HTML, 4.10.21.7).
static bool parameter_value(struct arena *a, struct text *rest, struct text *value) {
    if (!rest->n || rest->p[0] != '"') {
        size_t n = 0;
        while (n < rest->n && rest->p[n] != ';' && rest->p[n] != ' ' && rest->p[n] != '\t') n++;
        *value = text_slice(*rest, 0, n);
        *rest = text_slice(*rest, n, rest->n);
        return true;
    }
    struct out o = {.arena = a};
    for (size_t i = 1; i < rest->n; i++) {
        char c = rest->p[i];
        if (c == '"') {
            *rest = text_slice(*rest, i + 1, rest->n);
            *value = out_done(&o);
            return true;
        }
        if (c == '\\' && i + 1 < rest->n && (rest->p[i + 1] == '"' || rest->p[i + 1] == '\\'))
            c = rest->p[++i];
        if (c == '%' && i + 2 < rest->n && text_eq(text_slice(*rest, i, i + 3), T("%22"))) c = '"', i += 2;
        out_byte(&o, c);
    }
    return false;
}

bool parse_parameter(struct arena *a, struct text header, struct text name, struct text *value) {
    struct text rest = header, type;
    if (!text_cut(&rest, ';', &type)) return false;
    while (rest.n) {
        while (rest.n && (rest.p[0] == ';' || rest.p[0] == ' ' || rest.p[0] == '\t'))
            rest = text_slice(rest, 1, rest.n);
        size_t n = 0;
        while (n < rest.n && rest.p[n] != '=' && rest.p[n] != ';') n++;
        if (n == rest.n || rest.p[n] != '=') return false;
        struct text key = text_trim(text_slice(rest, 0, n));
        rest = text_slice(rest, n + 1, rest.n);
        if (!parameter_value(a, &rest, value)) return false;
        if (text_eq_nocase(key, name)) return true;
    }
    return false;
}

bool parse_network(struct text address, uint8_t network[17]) {
    char c[INET6_ADDRSTRLEN + 1];
    if (address.n == 0 || address.n >= sizeof c) return false;
    memcpy(c, address.p, address.n);
    c[address.n] = 0;
    memset(network, 0, 17);
    struct in6_addr six;
    network[0] = 4;
    if (inet_pton(AF_INET, c, network + 1) == 1) return true;
    if (inet_pton(AF_INET6, c, &six) != 1) return false;
    if (IN6_IS_ADDR_V4MAPPED(&six)) {
        memcpy(network + 1, six.s6_addr + 12, 4);
        return true;
    }
    network[0] = 6;
    memcpy(network + 1, six.s6_addr, 8);
    return true;
}
