-- Open cases are found as fast after a million closed ones: no index holds both. The load of an officer is counted from
-- an index alone.
drop index case_by_made;
drop index case_by_change;
create index case_open_made on case_file (made_at, case_id) where is_draft = 0 and is_closed = 0;
create index case_closed_made on case_file (made_at, case_id) where is_draft = 0 and is_closed = 1;
create index case_open_changed on case_file (changed_at, case_id) where is_draft = 0 and is_closed = 0;
create index case_closed_changed on case_file (changed_at, case_id) where is_draft = 0 and is_closed = 1;
drop index case_open_officer;
create index case_open_officer on case_file (officer_id, due_at, case_id, unread) where is_draft = 0 and is_closed = 0;
