-- Accounts. `name`, `unit` and `public_code` are those of staff. Nothing here is an address or a number in plain text.
create table account (
    account_id bigint primary key not null,
    kind integer not null,
    name text not null,
    language text not null,
    unit text not null,
    public_code text,
    created_at bigint not null,
    is_closed integer not null,
    password text not null,
    totp blob,
    totp_step bigint not null
);
create unique index account_by_public_code on account (public_code);
create index account_by_name on account (kind, name, account_id);

create table account_role (
    account_id bigint not null,
    place integer not null,
    role text not null,
    primary key (account_id, place)
);

-- E-mail, phone and sign-in name: a keyed hash to find it, the sealed text to write to it.
create table account_contact (
    account_id bigint not null,
    kind integer not null,
    lookup blob not null,
    sealed blob not null,
    primary key (account_id, kind)
);
create unique index account_contact_by_lookup on account_contact (lookup);

create table account_recovery (
    account_id bigint not null,
    code_hash blob not null,
    is_invitation integer not null,
    primary key (account_id, code_hash)
);

create table account_passkey (
    credential blob primary key not null,
    account_id bigint not null,
    algorithm integer not null,
    public_key blob not null,
    sign_count bigint not null,
    label text not null,
    created_at bigint not null,
    used_at bigint not null
);
create index account_passkey_by_account on account_passkey (account_id, created_at);

-- Who looked at which case (R-GD-18).
create table access_trace (
    case_id bigint not null,
    seq bigint not null,
    at bigint not null,
    account bigint not null,
    public_code text not null,
    role text not null,
    unit text not null,
    purpose text not null,
    relation text not null,
    what text not null,
    was_refused integer not null,
    was_reasoned integer not null,
    primary key (case_id, seq)
);

create table tracking (
    code_hash blob primary key not null,
    case_id bigint not null,
    birth_hash blob not null
);
create unique index tracking_by_case on tracking (case_id);

-- The next three are the state of doors, not made from events: a replay leaves them empty.
create table session (
    token_hash blob primary key not null,
    session_id bigint not null,
    account_id bigint not null,
    state integer not null,
    way integer not null,
    has_second_factor integer not null,
    created_at bigint not null,
    seen_at bigint not null,
    factor_at bigint not null,
    ends_at bigint not null,
    agent text not null,
    address text not null
);
create index session_by_account on session (account_id, created_at);
create index session_by_end on session (ends_at);

create table challenge (
    id_hash blob primary key not null,
    purpose integer not null,
    account_id bigint not null,
    contact_kind integer not null,
    lookup blob not null,
    sealed blob not null,
    code_hash blob not null,
    tries integer not null,
    ends_at bigint not null
);
-- Mistakes at the doors; one row a slot, so there is an end to them. The key is a keyed hash.
create table sign_in_limit (
    slot integer primary key not null,
    limit_key bigint not null,
    failures integer not null,
    last_at bigint not null,
    until_at bigint not null,
    halved_at bigint not null
);

create index challenge_by_end on challenge (ends_at);
