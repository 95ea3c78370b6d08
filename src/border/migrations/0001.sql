-- Lists of passengers and crew that carriers announced, and candidates for them: projections of the events of this room.

create table carrier_list (
    list_id integer primary key not null,
    received_at integer not null,
    received_by integer not null,         -- account
    kind text not null,                   -- PAXLST, PNRGOV
    sender text not null,
    number text not null,                 -- of the flight or voyage
    carrier text not null,
    port_from text not null,
    port_to text not null,
    departs text not null,                -- local times, as they were sent
    arrives text not null,
    people integer not null,
    matched integer not null,             -- people that were held against the registers so far
    errors integer not null,
    warnings integer not null,
    erase_day integer not null,           -- day on which the people are erased, since 1970
    erased_at integer not null,           -- 0: not yet
    faults blob                           -- JSON lines; null when there are none or they were erased
);
create index carrier_list_by_arrival on carrier_list (arrives, list_id);
create index carrier_list_by_erasing on carrier_list (erase_day) where erased_at = 0;

-- Somebody on a list, as the carrier said it.
create table carrier_person (
    list_id integer not null,
    line integer not null,                -- from 0
    said blob not null,                   -- JSON
    primary key (list_id, line)
);

-- An entry of a register that may be about somebody on a list.
create table carrier_hit (
    list_id integer not null,
    line integer not null,
    entry_id integer not null,
    score integer not null,               -- of 1000
    by_number integer not null,           -- 1: a number is the same
    state text not null,                  -- open, same, not_same, cleared (on an earlier list: not the same)
    decided_by integer not null,
    decided_at integer not null,
    reason text not null,
    primary key (list_id, line, entry_id)
);
