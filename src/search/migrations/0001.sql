-- Who is who, as people said it: projections of the events of this room.

-- One natural person. Its number is good for ever, also when it was merged into another.
create table natural_person (
    natural_id integer primary key not null,
    number text not null,                 -- P000000012 and two check digits
    merged_into integer not null,         -- natural_id; 0: stands for itself
    merged_by integer not null,           -- proposal; 0
    merged_seq integer not null,          -- event that merged it; 0
    version integer not null              -- seq of the last event about it
);
create unique index natural_by_number on natural_person (number);
create index natural_by_survivor on natural_person (merged_into) where merged_into <> 0;

-- Records (a person of a case, an entry of a register) and the natural person that each was linked to. A merge
-- does not touch them, so that undoing it gives what was before.
create table natural_record (
    record_id integer primary key not null,
    natural_id integer not null,
    linked_seq integer not null,          -- event that linked it
    proposal_id integer not null          -- 0: the first of its person
);
create index natural_record_by_person on natural_record (natural_id, record_id);

-- What one person proposed and another decides.
create table natural_proposal (
    proposal_id integer primary key not null,
    act text not null,                    -- link, merge, unlink, unmerge
    natural_id integer not null,          -- that a record is linked to; that survives
    other_id integer not null,            -- natural person that is or was merged; 0
    record_id integer not null,           -- that is linked or unlinked; 0
    merge_id integer not null,            -- of an unmerge: the proposal that it undoes; 0
    state text not null,                  -- asked, confirmed, refused, lapsed
    reason text not null,
    proposed_by integer not null,
    proposed_at integer not null,
    decided_by integer not null,
    decided_at integer not null,
    answer text not null                  -- reason of who decided
);
create index natural_proposal_asked on natural_proposal (proposal_id) where state = 'asked';
create index natural_proposal_by_person on natural_proposal (natural_id, proposal_id);
create index natural_proposal_by_other on natural_proposal (other_id, proposal_id) where other_id <> 0;
create index natural_proposal_by_record on natural_proposal (record_id, proposal_id) where record_id <> 0;

-- What came after a merge that is to be undone, and where a person says it belongs.
create table natural_move (
    proposal_id integer not null,
    record_id integer not null,
    goes integer not null,                -- 1: with the person that is taken out again
    primary key (proposal_id, record_id)
);

-- Two records that may be about the same person; left_id < right_id.
create table natural_pair (
    left_id integer not null,
    right_id integer not null,
    pair_id integer not null,             -- subject of the reason; 0: no reason of its own
    proposal_id integer not null,         -- that decided it; 0
    score integer not null,               -- of 1000
    left_mark integer not null,           -- of what was compared
    right_mark integer not null,
    state text not null,                  -- offered, same, cleared
    offered_at integer not null,
    decided_by integer not null,
    decided_at integer not null,
    reason text not null,
    primary key (left_id, right_id)
);
create index natural_pair_offered on natural_pair (score, left_id, right_id) where state = 'offered';
create index natural_pair_by_right on natural_pair (right_id, left_id);

-- What was said of hits: what was asked, as a keyed hash, and whether the record is about it.
create table natural_release (
    asked text not null,
    record_id integer not null,
    release_id integer not null,          -- subject of the reason
    mark integer not null,                -- of the record, as it was compared
    verdict text not null,                -- not_same (a false hit), same, unclear
    until_on text not null,               -- last day of a false hit; empty
    decided_by integer not null,
    decided_at integer not null,
    reason text not null,
    primary key (asked, record_id)
);
create index natural_release_by_record on natural_release (record_id);

-- How far records were compared: one row.
create table natural_compared (
    one integer primary key not null,
    through_at integer not null,          -- time and number of the last event whose records were compared
    through_seq integer not null,
    through_entry integer not null        -- the same of entries of registers: their last version
);

-- Searches: who looked, why, and for what kinds of things; never what was typed.
create table search_note (
    seq integer primary key not null,
    at integer not null,
    account integer not null,
    unit text not null,
    purpose text not null,
    kinds text not null,                  -- "zone,name,birth"
    sources integer not null              -- remote ones that were asked
);
