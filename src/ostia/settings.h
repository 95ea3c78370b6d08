// settings.h - what an authority sets once: DIR/ostia.conf, lines "name value"; options of `serve` win.
#pragma once
#include "ostia/command.h"

enum { SETTINGS_BYTES_MAX = 64 * 1024 };

struct settings {
    const char *data;           // the folder
    const char *db, *db_schema; // "postgresql://..."; NULL: SQLite in the folder
    const char *authority, *site, *zone;
    const char *log;       // origin of the Merkle log; never changed after the first start
    const char *log_tiles; // "yes": anybody may read the hashes of all leaves
    const char *listen;    // "127.0.0.1:8080"
    const char *pack;      // folders, with commas between them, loaded when no pack is in force
    const char
        *pack_signers;   // file of keys, one of which must have signed each pack; NULL: no signature needed
    const char *sources; // file of remote sources of the search; NULL: none
    const char *xroad;   // file of X-Road: our security server, authorities behind others; NULL: none
    const char *mail_from, *mail_name, *mail_folder;
    const char *smtp;                   // "smtp://host:25", "smtps://user:password@host:465"
    const char *clamd;                  // "/run/clamav/clamd.ctl" or "127.0.0.1:3310"
    const char *metrics_from;           // address beside loopback that may read /metrics
    const char *proxy;                  // "yes": the last X-Forwarded-For is the client
    const char *api_rate;               // requests a minute of one client; "0": no limit
    const char *backup_to, *backup_key; // folder of increments, and who may open them; NULL: none
    const char *authority_code;         // our number among the authorities of the federation; NULL: in none
    const char *privacy;                // folder of the privacy service; NULL: there is none
    const char *privacy_db, *privacy_db_schema; // PostgreSQL for it; NULL: SQLite in that folder
    const char *exchange_cert, *exchange_key;   // our TLS certificate and its key (PEM); NULL: no exchange
    const char *exchange_listen; // door for other authorities, "0.0.0.0:8443"; NULL: we only send
    const char *exchange_ca;     // their certificates must also be good by these; NULL: keys count
    const char *nats, *nats_ca, *nats_credentials; // broker of our trust domain; NULL: none
    const char *privacy_key;     // its key file; NULL: privacy.key in that folder
};

// Are events exchanged with other authorities: is there a way to them, and a privacy service?
bool settings_exchange(const struct settings *s);

// Defaults, then DIR/ostia.conf, then --config FILE, then options of the call with the same names. Texts live
// in `a`. Says what is wrong to `out`.
bool settings_read(const struct call *c, struct arena *a, struct settings *s, FILE *out);
// The same for a folder that an option of another name gave.
bool settings_read_in(const char *folder, const struct call *c, struct arena *a, struct settings *s,
                      FILE *out);
// From now on the authority's database is there: adds the two lines to DIR/ostia.conf, where they win over
// what stands above them.
enum status settings_move(const struct settings *s, const char *db, const char *schema);
// Writes the settings that must not change by accident (authority, site, zone, log) unless the file is there.
enum status settings_keep(const struct settings *s);
