-- Answers to requests that changed something, by the client's Idempotency-Key, sealed, for a day: a request that comes
-- twice is answered twice and done once. The state of a door, not made from events.
create table api_answer (
    account_id bigint not null,
    key_hash blob not null,
    request_hash blob not null,
    answer blob not null,
    at bigint not null,
    primary key (account_id, key_hash)
);
create index api_answer_by_time on api_answer (at);
