-- What is kept around the log of this authority: states of doors to other authorities, not made from events.

-- Who cosigns our checkpoints. `size` is of the largest one that it cosigned, as far as we know.
create table witness (
    name text primary key not null,
    vkey text not null,
    url text not null,
    size bigint not null,
    cosigned_at bigint not null,
    failed_at bigint not null,
    failures bigint not null,
    error text not null
);

-- Checkpoints of ours that others have signed too, or stamped (RFC 3161).
create table cosigned_checkpoint (
    size bigint primary key not null,
    note text not null,
    at bigint not null,
    day bigint not null,
    stamp blob,
    stamped_at bigint
);
create index cosigned_by_time on cosigned_checkpoint (at);
create index cosigned_by_stamp on cosigned_checkpoint (stamped_at);

-- Logs of others that we cosign: what we cosigned last. Going back here would let a log rewrite its past.
create table witnessed_log (
    origin text primary key not null,
    origin_hash text not null,
    vkeys text not null,
    size bigint not null,
    root blob,
    note text not null,
    at bigint not null
);
create unique index witnessed_log_by_hash on witnessed_log (origin_hash);

-- Two checkpoints of one log that cannot both be true: evidence, kept for ever.
create table log_fork (
    origin text not null,
    size bigint not null,
    one text not null,
    other text not null,
    at bigint not null,
    primary key (origin, size)
);

-- Which key this witness signs with: the number in keys/log-cosigning-NUMBER.key. No row: the first.
create table cosigner (
    one bigint primary key not null,
    number bigint not null
);
