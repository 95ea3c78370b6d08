// journal_sql.h - every SQL statement of journal/.
#pragma once
#include "store/store.h"

static const struct sql EVENT_INSERT =
    SQL("event_insert", "insert into event (seq, stream, bytes) values (:seq, :stream, :bytes)");
// Served by the primary key.
static const struct sql EVENT_LAST =
    SQL("event_last", "select seq, bytes from event order by seq desc limit 1");
static const struct sql EVENTS_AFTER =
    SQL("events_after", "select seq, stream, bytes from event where seq > :after order by seq limit :limit");
// Served by event_by_stream.
static const struct sql EVENTS_OF_STREAM =
    SQL("events_of_stream",
        "select e.seq, e.stream, e.bytes from event e where e.stream = :stream and e.seq > :after"
        " order by e.seq limit :limit");
// Served by event_by_stream.
static const struct sql EVENTS_NEWEST = SQL(
    "events_newest", "select e.bytes from event e where e.stream = :stream order by e.seq desc limit :limit");
static const struct sql TILE_READ =
    SQL("tile_read", "select hashes from log_tile where level = :level and idx = :idx");
static const struct sql TILE_WRITE =
    SQL("tile_write", "insert into log_tile (level, idx, hashes) values (:level, :idx, :hashes)"
                      " on conflict (level, idx) do update set hashes = excluded.hashes");
static const struct sql CHECKPOINT_READ =
    SQL("checkpoint_read", "select note from log_checkpoint where one = 1");
static const struct sql CHECKPOINT_WRITE =
    SQL("checkpoint_write", "insert into log_checkpoint (one, note) values (1, :note)"
                            " on conflict (one) do update set note = excluded.note");
static const struct sql COUNTER_READ = SQL("counter_read", "select value from counter where name = :name");
static const struct sql COUNTER_WRITE =
    SQL("counter_write", "insert into counter (name, value) values (:name, :value)"
                         " on conflict (name) do update set value = excluded.value");
