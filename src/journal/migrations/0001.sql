-- Every change, in order, as canonical bytes. `stream` is a copy of what the bytes say, for the index.
create table event (
    seq integer primary key not null,
    stream integer not null,
    bytes blob not null
);
create index event_by_stream on event (stream, seq);

-- Hashes of the Merkle log, 256 a row (C2SP tlog-tiles).
create table log_tile (
    level integer not null,
    idx integer not null,
    hashes blob not null,
    primary key (level, idx)
);

-- The newest signed checkpoint.
create table log_checkpoint (
    one integer primary key not null,
    note text not null
);

-- Keys of the log after the first one, made from events. The secret of key 2 is in keys/log-signing-2.key.
create table log_key (
    number bigint primary key not null,
    vkey text not null,
    from_at bigint not null
);
create table log_key_revoked (
    number bigint primary key not null,
    at bigint not null
);

create table counter (
    name text primary key not null,
    value integer not null
);
