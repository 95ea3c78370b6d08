-- Documents that were checked: no name, no number, a keyed hash (verification.h).
create table document_check (
    seq integer primary key,              -- of the event
    document text not null,               -- HMAC-SHA-256 of state, type, number and expiry, hexadecimal
    at integer not null,
    actor_id integer not null,
    unit text not null,
    result text not null,
    checks text not null,                 -- words, parted by commas
    anomalies text not null,
    keep_until integer not null           -- day since 1970; afterwards the row goes
);
create index document_check_of on document_check (document, seq);
create index document_check_until on document_check (keep_until);
