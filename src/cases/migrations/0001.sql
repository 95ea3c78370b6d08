-- Projections of the events of cases. All of it can be dropped and made again by replay.

create table case_file (
    case_id integer primary key not null,
    case_no text,                         -- null while it is a draft
    pack_version integer not null,
    person_id integer not null,            -- the applicant: the data subject of everything here
    account_id integer not null,           -- 0: none, paper and counter only
    officer_id integer not null,           -- 0: nobody
    unit text not null,
    status text not null,                 -- word of the fixed list
    task text not null,                   -- first open task, '' = none
    track text not null,
    language text not null,
    channel text not null,                -- online, paper
    channel_rule text not null,
    phrase text not null,
    is_draft integer not null,
    is_closed integer not null,
    is_erased integer not null,
    is_vulnerable integer not null,
    is_minor integer not null,
    unread integer not null,              -- messages from the person that nobody read
    family_name text not null,
    given_names text not null,
    latin_name text not null,
    birth text not null,
    sex text not null,
    nationality text not null,
    made_at integer not null,              -- 0: not yet
    made_on text not null,
    made_at_place text not null,
    registered_at integer not null,
    lodged_at integer not null,
    decided_at integer not null,
    notified_at integer not null,
    closed_at integer not null,
    due_at integer not null,               -- most urgent running clock; 9007199254740991 = none
    due_kind text not null,
    changed_at integer not null,
    version integer not null,              -- seq of the last event that changed the case
    sections text not null                -- form sections with answers
);
create unique index case_by_number on case_file (case_no) where case_no is not null;
create index case_by_account on case_file (account_id) where account_id <> 0;
create index case_open_due on case_file (due_at, case_id) where is_draft = 0 and is_closed = 0;
create index case_open_officer on case_file (officer_id, due_at, case_id) where is_draft = 0 and is_closed = 0;
create index case_open_task on case_file (task, due_at, case_id) where is_draft = 0 and is_closed = 0;
create index case_by_made on case_file (made_at, case_id) where is_draft = 0;
create index case_by_change on case_file (changed_at, case_id) where is_draft = 0;

create table person (
    person_id integer primary key not null,
    case_id integer not null,
    position integer not null,
    role text not null,
    family_name text not null,
    given_names text not null,
    latin_name text not null,
    mrz_name text not null,
    original_name text not null,
    script text not null,
    birth text not null,
    birth_place text not null,
    sex text not null,
    nationalities text not null,
    civil_status text not null,
    is_stateless integer not null
);
create index person_by_case on person (case_id, position);

-- What a case is found by: normalised numbers and names.
create table case_key (
    kind text not null,                   -- number, name
    key text not null,
    case_id integer not null,
    primary key (kind, key, case_id)
);
create index case_key_by_case on case_key (case_id, kind);

create table file_number (
    case_id integer not null,
    number text not null,
    origin text not null,
    primary key (case_id, number)
);

create table answers (
    case_id integer not null,
    section text not null,
    data blob not null,
    saved_at integer not null,
    primary key (case_id, section)
);

create table document (
    document_id integer primary key not null,
    case_id integer not null,
    request_id integer not null,
    kind text not null,
    title text not null,
    media text not null,
    size integer not null,
    blob blob not null,
    sha256 text not null,
    scan text not null,                   -- '', clean, infected, not_scanned
    scan_name text not null,
    thumbnail blob,
    words blob,                           -- blob of the extracted text
    by_id integer not null,
    at integer not null,
    is_removed integer not null
);
create index document_by_case on document (case_id, document_id);
create index document_to_scan on document (document_id) where scan = '' and is_removed = 0;

create table process (
    case_id integer primary key not null,
    state blob not null,
    is_ended integer not null
);
create table process_timer (
    case_id integer not null,
    timer_id integer not null,
    due_at integer not null,
    primary key (case_id, timer_id)
);
create index process_timer_due on process_timer (due_at);

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

create table task (
    case_id integer not null,
    task_id integer not null,
    element text not null,
    command text not null,
    grp text not null,
    form text not null,
    opened_at integer not null,
    done_at integer not null,
    done_by integer not null,
    primary key (case_id, task_id)
);
create index task_by_done on task (done_at, done_by);

create table clock (
    clock_id integer primary key not null,
    case_id integer not null,
    rule text not null,
    owner text not null,                  -- authority, person
    about integer not null,                -- what it runs for: request, letter, report; 0 = the case
    is_open integer not null,
    state blob not null,                  -- struct clock as CBOR
    due_at integer not null,
    warned integer not null,              -- highest warning given, in per cent
    wake_at integer not null               -- when its state changes by itself; 9007199254740991 = never
);
create index clock_by_case on clock (case_id, is_open, due_at);
create index clock_wake on clock (wake_at) where is_open = 1;

create table message (
    message_id integer primary key not null,
    case_id integer not null,
    from_person integer not null,
    by_id integer not null,
    body text not null,
    at integer not null,
    read_at integer not null
);
create index message_by_case on message (case_id, message_id);

create table note (
    note_id integer primary key not null,
    case_id integer not null,
    by_id integer not null,
    body text not null,
    at integer not null
);
create index note_by_case on note (case_id, note_id);

create table letter (
    letter_id integer primary key not null,
    case_id integer not null,
    decision_id integer not null,
    kind text not null,
    language text not null,
    channel text not null,
    code text not null,                   -- for the person who holds it; blank after erasure
    code_hash text not null,
    content blob not null,                -- composed text as CBOR
    blob blob,
    sha256 text not null,
    size integer not null,
    issued_at integer not null,
    opened_at integer not null,
    delivered_at integer not null,
    replaced_at integer not null,
    valid_until integer not null           -- 0: without end
);
create index letter_by_case on letter (case_id, letter_id);
create unique index letter_by_code on letter (code_hash);
create index letter_to_render on letter (issued_at, letter_id) where blob is null;

create table appointment (
    appointment_id integer primary key not null,
    case_id integer not null,
    kind text not null,
    starts_at integer not null,
    minutes integer not null,
    place text not null,
    interpreter text not null,
    language text not null,
    is_remote integer not null,
    remote_reason text not null,
    state text not null
);
create index appointment_by_case on appointment (case_id, appointment_id);

create table request (
    request_id integer primary key not null,
    case_id integer not null,
    kind text not null,
    explanation text not null,
    state text not null,                  -- open, answered, lapsed
    asked_at integer not null,
    due_at integer not null
);
create index request_by_case on request (case_id, request_id);

create table interview (
    interview_id integer primary key not null,
    case_id integer not null,
    by_id integer not null,
    record text not null,
    present text not null,
    corrections text not null,
    refusal_reason text not null,
    held_at integer not null,
    read_back_at integer not null,
    is_confirmed integer not null
);
create index interview_by_case on interview (case_id, interview_id);

create table decision (
    decision_id integer primary key not null,
    case_id integer not null,
    outcome text not null,
    facts text not null,
    evidence text not null,
    assessment text not null,
    legal_basis text not null,
    suggestion text not null,
    suggestion_view text not null,
    state text not null,                  -- proposed, returned, signed, notified
    is_adverse integer not null,
    proposed_by integer not null,
    proposed_at integer not null,
    signed_by integer not null,
    signed_at integer not null,
    returned_by integer not null,
    return_reason text not null,
    notified_at integer not null,
    appeal_until integer not null
);
create index decision_by_case on decision (case_id, decision_id);

create table appeal (
    appeal_id integer primary key not null,
    case_id integer not null,
    decision_id integer not null,
    grounds text not null,
    asks_to_stay integer not null,
    outcome text not null,
    reasons text not null,
    court_number text not null,
    lodged_at integer not null,
    decided_at integer not null
);
create index appeal_by_case on appeal (case_id, appeal_id);

create table error_report (
    report_id integer primary key not null,
    case_id integer not null,
    what text not null,
    correction text not null,
    answer text not null,
    state text not null,                  -- open, corrected, refused
    at integer not null,
    answered_at integer not null
);
create index error_by_case on error_report (case_id, report_id);

create table right_request (
    request_id integer primary key not null,
    case_id integer not null,
    kind text not null,                   -- code of codes/right: access, human_review
    words text not null,
    answer text not null,
    state text not null,                  -- open, answered
    at integer not null,
    answered_at integer not null,
    answered_by integer not null
);
create index right_by_case on right_request (case_id, request_id);

create table saved_view (
    view_id integer primary key not null,
    owner_id integer not null,
    name text not null,
    query text not null,
    is_shared integer not null
);

-- Packs in force: every version ever loaded. Of those valid on a day, the newest row is the one for its cases.
create table pack_load (
    pack_version integer primary key not null,
    pack text not null,
    version text not null,
    hash blob not null,
    list_hash blob not null,               -- SHA-256 of the list of files that is signed
    signed_by text not null,               -- name of the known key that signed it, '' = none
    files blob not null,
    loaded_at integer not null,
    loaded_by integer not null
);
