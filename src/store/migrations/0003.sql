-- Servers that share a database write by turns: `turn` counts batches over all of them, so the highest is the last.
create table store_server (
    server text not null primary key,
    turn integer not null,
    at integer not null
);
