-- Authorities that exchange events, and their keys: projections of the events of this room.
create table exchange_member (
    code integer primary key not null,
    name text not null,
    roles integer not null,               -- a bit for each letter from A
    address text not null,
    valid_from integer not null,
    valid_until integer not null          -- 0: no end
);
create table exchange_member_key (
    code integer not null,
    number integer not null,              -- from 1
    signing blob not null,                -- Ed25519
    sealing blob not null,                -- X25519
    tls blob not null,                    -- SHA-256 of the public key of the TLS certificate
    valid_from integer not null,
    valid_until integer not null,         -- 0: no end
    revoked_at integer not null,          -- 0: not revoked
    primary key (code, number)
);
