-- The work list of one unit, and how many are on it, without a look at the rows of other units.
create index case_open_unit on case_file (unit, due_at, case_id) where is_draft = 0 and is_closed = 0;
