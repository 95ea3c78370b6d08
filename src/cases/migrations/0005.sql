-- What is due is read in order, a part at a time, from the index alone.
drop index process_timer_due;
create index process_timer_due on process_timer (due_at, case_id, timer_id);
drop index clock_wake;
create index clock_wake on clock (wake_at, case_id, clock_id) where is_open = 1;

-- Steps that could not be done: each waits until somebody has mended what was wrong and lets it be tried again.
create table incident (
    case_id integer not null,
    token_id integer not null,
    element text not null,
    rule text not null,                   -- what was wrong, a word; never anything of the person
    at integer not null,
    primary key (case_id, token_id)
);
create index incident_by_rule on incident (rule, at, case_id, token_id);
create index incident_by_time on incident (at, case_id, token_id);
