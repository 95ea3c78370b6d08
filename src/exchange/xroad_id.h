// xroad_id.h - identifiers of X-Road: members, subsystems, services, security servers.
//
// In headers and addresses the parts stand one behind the other with "/" between, each of them UTF-8 that is
// percent-encoded (PR-REST 4.2 and 4.3). In SOAP headers each part is an element (PR-MESS 2.1).
#pragma once
#include "base/text.h"

enum {
    XROAD_PART_MAX = 255,       // bytes of one part, decoded: what X-Road's own database holds
    XROAD_ID_MAX = 6 * 3 * 255, // of an identifier as it is written: every byte as %XX
};

enum xroad_kind {
    XROAD_CLIENT,  // instance/class/member[/subsystem]
    XROAD_SERVICE, // instance/class/member[/subsystem]/service
    XROAD_SERVER,  // instance/class/member/server
    XROAD_PARTY,   // [class/]member: somebody in whose name a client asks
};
struct xroad_id {
    enum xroad_kind kind;
    struct text instance, member_class, member;
    struct text subsystem; // may be empty
    struct text code;      // of the service or the server
    struct text version;   // of a SOAP service alone; may be empty
};

// Reads an identifier as it stands in a header. STATUS_INVALID, and *why says what is wrong in English, for
// the error of the protocol. A part must not be empty, "." or "..", nor hold control characters or : ; / \ %,
// which X-Road's own servers refuse.
enum status xroad_id_read(struct arena *a, struct text written, enum xroad_kind kind, struct xroad_id *out,
                          const char **why);
// The same rule for one part that was already decoded. NULL, or what is wrong.
const char *xroad_part_wrong(struct text part);
// Written as in a header: all but letters, digits, "-", ".", "_" and "~" percent-encoded (RFC 3986, 2.3).
struct text xroad_id_print(struct arena *a, const struct xroad_id *id);
bool xroad_id_eq(const struct xroad_id *a, const struct xroad_id *b); // case matters, as it does to X-Road
// Who offers a service: its member or subsystem as a client's identifier.
struct xroad_id xroad_provider(const struct xroad_id *service);
