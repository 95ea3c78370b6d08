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
-- Whether the directory has changed: the last event that did.
create table exchange_directory (
    one integer primary key not null,     -- 1
    seq integer not null
);

-- Messages that we sent and received, sealed. Nothing here says which case they are about.
create table exchange_message (
    tag blob not null,                    -- of channel, epoch and sender; random to whoever does not know the channel
    seq integer not null,                 -- of the tag, from 1 without gaps
    sender integer not null,              -- authority
    hash blob not null,                   -- of the signed part
    sealed blob not null,                 -- empty: refused, only the hash is kept
    note blob not null,                   -- what it says, sealed with the case key; empty: not for us
    place integer not null,               -- event of our log
    at integer not null,                  -- when it was logged
    key integer not null,                 -- number of our key that signed the receipt; 0: we sent it
    refusal integer not null,             -- 0: logged
    primary key (tag, seq)
);
create index exchange_message_by_hash on exchange_message (hash);

-- To whom each message of ours goes, and what came of it. No projection: receipts are signed by others.
create table exchange_delivery (
    member integer not null,
    tag blob not null,
    seq integer not null,
    place integer not null,               -- event of our log: the order of sending
    state integer not null,               -- 0 waiting, 1 receipted, 2 refused for good
    attempts integer not null,
    next_at integer not null,             -- not before
    done_at integer not null,             -- when it was answered; 0: not yet
    receipt blob not null,                -- the signed answer; empty: none yet
    primary key (member, tag, seq)
);
create index exchange_waiting on exchange_delivery (member, place) where state = 0;
create index exchange_answered on exchange_delivery (done_at) where state <> 0;
create index exchange_delivery_by_tag on exchange_delivery (tag, seq);
