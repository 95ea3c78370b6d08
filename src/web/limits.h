// limits.h - every bound of the HTTP door, with its reason. Reaching one is a page that a person understands.
#pragma once

enum {
    URL_BYTES_MAX = 2048,  // our longest address, a work list with every filter, is near 900
    NEXT_BYTES_MAX = 1024, // of ?next=: room for the address of a page that hands it on
    LOCATION_BYTES_MAX = 2 * URL_BYTES_MAX,
    PATH_PARTS_MAX = 12,          // "/cases/:id/documents/:document/pages/:page" has six
    QUERY_FIELDS_MAX = 64,        // work list: 20 filters, some with several values
    HEADERS_MAX = 64,             // browsers behind nginx send about 25
    HEADER_BYTES_MAX = 24 * 1024, // all headers of a request together (libmicrohttpd's own buffer bound)
    COOKIE_BYTES_MAX = 4096,      // the whole Cookie header; ours needs under 300
    COOKIES_MAX = 32,
    BODY_FIELDS_MAX = 400, // the longest national form has 212
    FORM_NAME_BYTES_MAX = 128,
    FORM_VALUE_BYTES_MAX = 64 * 1024, // reasons of an application: 20 pages of plain text
    FORM_BODY_BYTES_MAX = 512 * 1024, // all fields together, files apart
    FILES_MAX = 10,                   // file parts of one form
    FILE_NAME_BYTES_MAX = 255,
    MULTIPART_BOUNDARY_MAX = 70,       // RFC 2046, 5.1.1
    MULTIPART_HEADER_BYTES_MAX = 2048, // of one part
    FILE_BYTES_MAX = 25 * 1024 * 1024, // of one file, unless the sink says less
    BODY_BYTES_MAX = 64 * 1024 * 1024, // of one request with files
    RESPONSE_HEADERS_MAX = 16,
    PAGE_BYTES_MAX = 8 * 1024 * 1024, // one rendered page; a list is paged long before
    CONNECTIONS_MAX = 2000,
    CONNECTION_IDLE_S = 30,   // no byte in this time: closed
    REQUEST_HEADER_S = 20,    // from the first moment of a connection or request to the end of its headers
    REQUEST_BODY_S = 15 * 60, // 25 MB over a bad mobile connection (250 kbit/s)
    BODY_GRACE_S = 30,        // a body may pause so long; then what has come must have come at ...
    BODY_BYTES_A_SECOND =
        2048,    // ... a speed of GPRS at least: whoever holds many doors half open pays for it
    STOP_S = 20, // what is under way may take so long after the server was told to stop
    STOP_QUIET_MS =
        250, // then nobody has asked on an open connection: those who were on their way have arrived
    STOP_EMPTY_MS = 25,      // the same when no connection is open: one may just be on its way in
    HANDLERS_MAX = 64,       // threads that run handlers
    HANDLER_QUEUE_MAX = 256, // requests waiting for one, of each lane; the next is answered 503 at once
    TEMPLATE_BYTES_MAX = 256 * 1024,
    TEMPLATE_DEPTH_MAX = 32,  // partials in partials, blocks in blocks
    TEMPLATE_OPS_MAX = 20000, // of one page with all its parts; the case file has some 2,000
};
