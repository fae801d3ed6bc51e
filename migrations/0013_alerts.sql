-- Tables that are older than they may be, from when it was noticed until a channel was told that they are fresh again. Each
-- channel has its own book, so that one that fails does not make another one say things twice.
create table alerts (
  channel text not null,
  source_id uuid not null references sources on delete cascade,
  source_schema text not null,
  source_name text not null,
  -- null: never loaded
  fresh_at timestamptz,
  target_seconds integer not null,
  noticed_at timestamptz not null default clock_timestamp(),
  -- when the channel was told; null: not yet
  told_at timestamptz,
  -- when it was fresh again; the row goes when the channel was told of that
  over_at timestamptz,
  primary key (channel, source_id, source_schema, source_name)
);
-- For tables of which nobody said how old they may be. Null: as old as they are.
alter table sources add column freshness_seconds integer;
