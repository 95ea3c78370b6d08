-- What was erased or came up for review, by register and rule; never which entries.
create table register_run (
    run_id integer primary key not null,   -- seq
    at integer not null,
    day text not null,
    law text not null,                     -- packs in force, by which all entries were looked at
    report text not null
);

-- Lists of entries that came as one file, and come and go as one.
create table register_import (
    import_id integer primary key not null,
    register text not null,
    name text not null,
    format text not null,                  -- csv, jsonl
    replaces integer not null,             -- the whole list `source`
    is_try integer not null,
    source text not null,
    state text not null,                   -- received, checked, failed, done, undone, dropped
    by_id integer not null,
    unit text not null,
    purpose text not null,
    authority text not null,
    evidence text not null,
    received_at integer not null,
    ended_at integer not null,
    blob blob not null,                    -- the file, sealed; empty when it is no longer kept
    file_hash blob not null,               -- keyed
    size integer not null,
    rows_all integer not null,
    wrong integer not null,                -- rows with mistakes
    errors blob not null,                  -- the file of mistakes, sealed
    classes text not null,                 -- of fields that its rows may have
    confirmed_by integer not null,
    reason text not null
);
create index register_import_by_register on register_import (register, import_id);
create index register_import_by_state on register_import (state, import_id);
create index register_import_by_file on register_import (register, file_hash);
