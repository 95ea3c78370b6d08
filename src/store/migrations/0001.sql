-- Keys of data subjects, each sealed by a key derived from the master key. Erasing a person deletes the row.
create table subject_key (
    subject integer not null primary key,
    wrapped blob not null
);
