-- Step 1 of the pseudonyms: a case of ours and its inner pseudonym (16 random bytes). `finder` is the keyed hash of the own id
-- under the service key number `service_key`; `wrapped` is the key of this row, sealed by that service key; `sealed` is the own id.
create table privacy_case (
    pseudonym blob not null primary key,
    finder blob not null,
    service_key integer not null,
    wrapped blob not null,
    sealed blob not null,
    is_restricted integer not null
);
create unique index privacy_case_finder on privacy_case (finder);
create index privacy_case_service_key on privacy_case (service_key, pseudonym);
-- Step 2: the pseudonym and its channels. `mapping` is what the list of deletions names: 16 random bytes that mean nothing else.
-- `delete_after` counts days since 1970; state 1 open, 2 closed; what says more is sealed with the row's own key.
create table privacy_mapping (
    mapping blob not null primary key,
    pseudonym blob not null,
    phase integer not null,
    finder blob not null,
    service_key integer not null,
    wrapped blob not null,
    sealed blob not null,
    state integer not null,
    delete_after integer not null,
    opened_at integer not null,
    closed_at integer not null
);
create unique index privacy_mapping_finder on privacy_mapping (finder);
create unique index privacy_mapping_phase on privacy_mapping (pseudonym, phase);
create index privacy_mapping_due on privacy_mapping (delete_after, mapping);
create index privacy_mapping_service_key on privacy_mapping (service_key, mapping);
-- Keys of the channel between its members, by epoch, each sealed with the key of the mapping's row.
create table privacy_case_key (
    mapping blob not null,
    epoch integer not null,
    sealed blob not null,
    made_at integer not null,
    primary key (mapping, epoch)
);
-- Who read or changed which mapping, when and for what: a chain of hashes. `reader` is sealed with the key of its year, `about`
-- with the key of the mapping's or the case's row, so that it is forgotten with it. `subject` (that row's mapping or pseudonym, null when it is gone) is no part of the chain.
create table privacy_evidence (
    seq integer not null primary key,
    at integer not null,
    act integer not null,
    purpose integer not null,
    year integer not null,
    reader blob not null,
    about blob not null,
    hash blob not null,
    subject blob
);
create index privacy_evidence_subject on privacy_evidence (subject, seq);
create table privacy_evidence_key (
    year integer not null primary key,
    service_key integer not null,
    wrapped blob not null
);
-- What two people decide: wish 1 hold, 2 release, 3 erase, 4 leave (without a case). The holds in effect are those with confirmed_at and
-- a day `until` that has not passed. Who asked and who confirmed is sealed with the key of the year.
create table privacy_ask (
    ask integer not null primary key,
    wish integer not null,
    pseudonym blob,
    until integer not null,
    asked_at integer not null,
    ends_at integer not null,
    asked_year integer not null,
    asked_by blob not null,
    confirmed_at integer not null,
    confirmed_year integer not null,
    confirmed_by blob not null
);
create index privacy_ask_case on privacy_ask (pseudonym, wish);
-- Receipts MAPPING_DELETED: our own, and those of members of channels that we coordinated; erased_on 0 while one is missing.
-- `name` is a hash of the channel, whose number nobody keeps.
create table privacy_receipt (
    name blob not null,
    authority integer not null,
    asked_on integer not null,
    erased_on integer not null,
    notice blob not null,
    primary key (name, authority)
);
create index privacy_receipt_missing on privacy_receipt (erased_on, asked_on, name, authority);
-- Notices to other members that wait to be sent.
create table privacy_outgoing (
    number integer not null primary key,
    recipient integer not null,
    notice blob not null
);
-- Counters, and how far the list of deletions was applied (list: how many, and its chain there).
create table privacy_state (
    name text not null primary key,
    number integer not null,
    bytes blob not null
);
-- Operators of the command line: powers as bits, the hash of the secret in their file.
create table privacy_operator (
    name text not null primary key,
    powers integer not null,
    secret blob not null
);
