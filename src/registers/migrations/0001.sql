-- One row an entry: what it says at the end of time, as we know it now, and what is due for it.
create table register_entry (
    entry_id integer primary key not null,
    register text not null,
    reference text not null,
    state text not null,                   -- waiting, refused, current, ended, importing, replaced, undone, erased
    version integer not null,              -- seq of the last event that changed it
    recorded_at integer not null,
    changed_at integer not null,
    unit text not null,
    answers blob not null,
    ended text not null,                   -- day, '' = not
    person_id integer not null,            -- 0: no link
    person_case integer not null,          -- the case that the person was named by
    case_id integer not null,
    due_on text not null,                  -- what its retention rule brings, '' = nothing
    due_rule text not null,
    due_then text not null,
    review_on text not null,
    waiting integer not null,              -- version that waits for a second person
    waits_of integer not null,             -- who asked for it
    faults integer not null,               -- open ones
    import_id integer not null,
    import_row integer not null,
    replaced_by integer not null           -- import of the same list that no longer had it
);
create unique index register_entry_by_reference on register_entry (reference);
create index register_entry_by_register on register_entry (register, entry_id);
create index register_entry_by_state on register_entry (register, state, entry_id);
create index register_entry_by_version on register_entry (version);
create index register_entry_by_due on register_entry (due_on, entry_id) where due_on <> '';
create index register_entry_by_review on register_entry (register, review_on) where review_on <> '';
create index register_entry_by_waiting on register_entry (register, waiting) where waiting <> 0;
create index register_entry_by_fault on register_entry (register, faults) where faults <> 0;
create index register_entry_by_person on register_entry (person_case) where person_case <> 0;
create index register_entry_by_case on register_entry (case_id) where case_id <> 0;
create index register_entry_by_import on register_entry (import_id, import_row) where import_id <> 0;

-- Layers, never changed but by an erasure: what counts on a day as known at a moment is the last one known then
-- whose days hold it.
create table register_version (
    entry_id integer not null,
    version_id integer not null,
    kind text not null,                    -- said, ended, reviewed
    state text not null,                   -- known, waiting, refused
    from_on text not null,
    until_on text not null,                -- '' = open
    recorded_at integer not null,
    known_at integer not null,             -- 0: not yet
    known_seq integer not null,
    by_id integer not null,
    confirmed_by integer not null,
    unit text not null,
    purpose text not null,
    law text not null,
    is_mistake integer not null,
    reason text not null,
    refusal text not null,
    authority text not null,
    method text not null,
    evidence text not null,
    confidence text not null,
    answers blob not null,
    primary key (entry_id, version_id)
);

-- What an entry is found by; and of current entries what no other may share.
create table register_term (
    entry_id integer not null,
    n integer not null,
    register text not null,
    kind text not null,                    -- number, plate, name, birth, nationality, sex, word, or = and a path
    term text not null,
    primary key (entry_id, n)
);
create index register_term_by_term on register_term (register, kind, term, entry_id);
create table register_key (
    register text not null,
    key text not null,
    entry_id integer not null,
    primary key (register, key, entry_id)
);
create index register_key_by_entry on register_key (entry_id);

-- Somebody says that an entry is wrong.
create table register_fault (
    fault_id integer primary key not null,
    entry_id integer not null,
    state text not null,                   -- open, answered
    body text not null,
    answer text not null,
    outcome text not null,
    by_id integer not null,
    answered_by integer not null,
    reported_at integer not null,
    due_at integer not null,
    answered_at integer not null
);
create index register_fault_by_entry on register_fault (entry_id, fault_id);
