-- Several procedures side by side, and what the process of any pack needs: answers of its tasks and messages,
-- variables, processes that it calls.

alter table case_file add column procedure text not null default '';   -- id of the pack
create index case_open_procedure on case_file (procedure, due_at, case_id) where is_draft = 0 and is_closed = 0;

alter table task add column process text not null default '';          -- id of the process with the element

-- What was answered when the task was done. A task without a form has no answers, but a row.
create table task_answers (
    case_id integer not null,
    task_id integer not null,
    element text not null,
    form text not null,
    data blob not null,                   -- CBOR, as in answers
    by_id integer not null,
    seq integer not null,                 -- of the event: what was done last counts
    primary key (case_id, task_id)
);
create table message_answers (
    case_id integer not null,
    name text not null,
    data blob not null,
    seq integer not null,
    primary key (case_id, name)
);

-- Values that the process keeps: of the case (token 0), or of one token and what runs inside it.
create table case_variable (
    case_id integer not null,
    token integer not null,
    name text not null,
    value text not null,                  -- a FEEL literal
    primary key (case_id, token, name)
);

-- Processes that call activities wait for. Tokens, tasks and timers have one row of ids in all processes of a
-- case, so no two are the same.
create table process_call (
    case_id integer not null,
    call_id integer not null,              -- token of the call activity
    caller integer not null,               -- where that token is: 0 = the case's own process, else a call_id
    process text not null,                -- id of the called process, of the same pack
    state blob not null,
    primary key (case_id, call_id)
);
