-- Systems of partners. The account's public code is its client_id; `purposes` are words of access.json, with commas.
create table account_client (
    account_id bigint primary key not null,
    secret blob not null,
    purposes text not null
);

-- Tokens of the API, each for one purpose. The state of a door, like session: not made from events.
create table access_token (
    token_hash blob primary key not null,
    account_id bigint not null,
    purpose text not null,
    has_second_factor integer not null,
    made_at bigint not null,
    ends_at bigint not null
);
create index access_token_by_account on access_token (account_id, made_at);
create index access_token_by_end on access_token (ends_at);
