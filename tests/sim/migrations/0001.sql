-- What the simulator's own events leave behind: one row a part of a command, found again by the command's token.
create table sim_item (
    seq integer primary key not null,
    token integer not null,
    part integer not null,
    parts integer not null,
    id integer not null,
    number integer not null,
    subject integer not null,
    body blob not null,
    personal text not null,
    document blob not null
);
create index sim_item_by_token on sim_item (token);

-- Rows of jobs that write no event.
create table sim_plain (
    token integer primary key not null
);
