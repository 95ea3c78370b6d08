-- Once-only data requests between authorities: who asked whom, and whom to tell of changes. Projections.

-- Who asked, for what, on which ground, and what kind of answer it was; never what was asked or told.
create table lookup_note (
    seq integer primary key not null,     -- of the event
    at integer not null,
    side text not null,                   -- answered (by us), asked (by us)
    account integer not null,             -- that asked: of another authority here, of ours there
    unit text not null,
    other integer not null,               -- code of the authority that we asked; 0: we were asked
    lookup text not null,
    purpose text not null,
    ground text not null,
    class text not null                   -- found, not_found, several, no_answer; sent: not yet answered
);
create index lookup_note_by_account on lookup_note (account, lookup, at);

-- Who has asked and wants to know when the entry changes.
create table lookup_watch (
    account integer not null,
    lookup text not null,
    entry integer not null,
    purpose text not null,
    ground text not null,
    until integer not null,               -- moment
    primary key (account, lookup, entry)
);
