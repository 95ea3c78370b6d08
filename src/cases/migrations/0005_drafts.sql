-- Changed copies of a version of the law, on their way into force.

create table pack_draft (
    draft_id integer primary key not null,
    pack text not null,
    made_from integer not null,            -- the version that it is a copy of
    title text not null,
    state text not null,                  -- open, asked, released, dropped
    author_id integer not null,
    made_at integer not null,
    changed_at integer not null,
    version integer not null,              -- seq of the last event about it
    valid_from text not null,             -- of the release that is asked for
    release_number text not null,
    past_reason text not null,            -- why it is to hold from a day that is past
    asked_by integer not null,
    asked_at integer not null,
    pack_version integer not null          -- what it became; 0 = not yet
);
create index pack_draft_by_state on pack_draft (state, draft_id);

-- Only what differs from the version that it is made from.
create table pack_draft_file (
    draft_id integer not null,
    name text not null,
    content blob not null,
    is_removed integer not null,
    revision integer not null,             -- seq of the event that made it so
    saved_by integer not null,
    saved_at integer not null,
    primary key (draft_id, name)
);

create table pack_draft_log (
    draft_id integer not null,
    seq integer not null,
    kind text not null,                   -- name of the event's type
    file text not null,
    by_id integer not null,
    at integer not null,
    reason text not null,
    primary key (draft_id, seq)
);

-- How many open cases run on each version.
create index case_open_version on case_file (pack_version) where is_draft = 0 and is_closed = 0;
