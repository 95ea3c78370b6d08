-- What must leave the house. state: 0 waiting, 1 sent, 2 dead, 3 dropped (nobody to send to). Times in milliseconds.
create table outbox (
    key text not null primary key,
    kind text not null,
    way text not null,                    -- who delivers it: kind up to its first dot
    recipient bigint not null,
    about bigint not null,
    payload blob not null,
    state bigint not null,
    attempts bigint not null,
    due_at bigint not null,
    done_at bigint,
    error text
);
create index outbox_due on outbox (way, due_at, key) where state = 0;
create index outbox_by_about on outbox (about, key) where state = 0;
create index outbox_done on outbox (state, done_at, key) where state <> 0;
