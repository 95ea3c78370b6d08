-- Since when a printed code or an invitation is there: an invitation that nobody used ends.
alter table account_recovery add column made_at integer not null default 0;
