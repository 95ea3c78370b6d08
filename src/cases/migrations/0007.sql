-- Where the processes of a case were, and for how long. User tasks are in `task`; everything else is here.
create table process_stay (
    case_id integer not null,
    token integer not null,               -- one row of ids in all processes of a case
    process text not null,                -- id; '' = the case's own
    element text not null,
    entered_at integer not null,
    left_at integer not null,             -- 0: still there
    kind integer not null,                -- enum stay
    is_cut integer not null,              -- it was taken away before it was done
    primary key (case_id, token, element)  -- a token goes on from an event-based gateway to the event
);
-- What is counted: who waits now (left_at 0), and what ended in a time.
create index process_stay_by_left on process_stay (left_at) where kind > 1;
