-- Authorities that exchange events, and their keys: projections of the events of this room.
create table exchange_member (
    code integer primary key not null,
    name text not null,
    roles integer not null,               -- a bit for each missive from A
    address text not null,
    valid_from integer not null,
    valid_until integer not null          -- 0: no end
);
create table exchange_member_key (
    code integer not null,
    number integer not null,              -- from 1
    signing blob not null,                -- Ed25519
    sealing blob not null,                -- X25519
    privacy blob not null,                -- Ed25519, of its privacy service; empty: none
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

-- Missives that we sent and received. No projection: that there was one is in the log (its digest), what is done with it here is not.
-- `sealed` is for its reader's key alone; empty when it has arrived, was answered, or is too old.
create table exchange_missive (
    hash blob not null,                   -- of the signed part
    is_ours integer not null,             -- 1: we sent it
    member integer not null,              -- the other authority
    key integer not null,                 -- number of our key that signed the receipt; 0: we sent it
    kind integer not null,                -- 1 invitation, 2 answer, 3 notice
    tag blob not null,                    -- of channel and member; random to whoever does not know the channel; empty: none
    place integer not null,               -- event of our log
    at integer not null,
    state integer not null,               -- 0 waiting, 1 arrived, 2 refused for good, 3 accepted, 4 declined, 5 too old
    attempts integer not null,
    next_at integer not null,             -- not before
    done_at integer not null,
    changed_at integer not null,
    reason text not null,                 -- code of an invitation that was declined
    sealed blob not null,
    receipt blob not null,                -- the signed answer of the other's program; empty: none yet
    primary key (hash, is_ours)
);
create index exchange_missive_waiting on exchange_missive (member, place) where is_ours = 1 and state = 0;
create index exchange_missive_open on exchange_missive (place) where is_ours = 0 and state = 1;
create index exchange_missive_by_tag on exchange_missive (tag);
create index exchange_missive_by_change on exchange_missive (changed_at);

-- What whoever watches over the exchange may count. No event makes these rows: one would stand beside the message
-- that it is about. A message can no longer be told from them.
create table exchange_mark_count (
    month integer not null,               -- year * 12 + month - 1
    rule text not null,
    mark integer not null,                -- 1 warn, 2 reject
    count integer not null,
    changed_at integer not null,
    primary key (month, rule, mark)
);
create table exchange_due_count (
    type integer not null,                -- whose deadline nothing has met yet
    day integer not null,                 -- its last day, since 1970-01-01
    count integer not null,
    changed_at integer not null,
    primary key (type, day)
);
