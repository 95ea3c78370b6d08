-- Documents, encrypted, where several servers share the database: so each of them has all, and the database's standbys too.
-- With SQLite it is empty, and they are files in DIR/blobs. A document is cut into pieces, numbered from 0.
create table document_piece (
    name blob not null,
    number integer not null,
    bytes blob not null,
    primary key (name, number)
);
