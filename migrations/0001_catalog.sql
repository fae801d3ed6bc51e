-- The catalog of the lake, the sources that flow into it, and what each sync run did.

create table sources (
  id uuid primary key,
  name text not null unique,
  connector text not null,
  -- never holds a password
  url text not null,
  -- the password, encrypted with the key file (AES-256-GCM); null when the source needs none
  secret bytea,
  created_at timestamptz not null default now()
);

create table databases (
  id uuid primary key,
  name text not null unique,
  created_at timestamptz not null default now()
);

create table tables (
  -- the Iceberg table-uuid
  id uuid primary key,
  database_id uuid not null references databases,
  name text not null,
  location text not null,
  -- the pointer: moved only by catalog/commit.ts, by compare-and-set
  metadata_location text not null,
  created_at timestamptz not null default now(),
  unique (database_id, name)
);

-- One row for every catalog transaction; the id is chosen by the committer, so an unknown outcome can be resolved.
create table commits (
  id uuid primary key,
  sequence bigint generated always as identity unique,
  committed_at timestamptz not null default clock_timestamp(),
  run_id uuid,
  summary text not null
);

create index commits_by_time on commits (committed_at);

create table table_commits (
  commit_id uuid not null references commits,
  table_id uuid not null references tables,
  previous_metadata_location text,
  metadata_location text not null,
  snapshot_id bigint,
  primary key (commit_id, table_id)
);

create index table_commits_by_table on table_commits (table_id);

-- Where each table stands in its source's log; moved in the commit that covers it, or when the source proves no change.
create table positions (
  table_id uuid primary key references tables,
  source_id uuid not null references sources on delete cascade,
  source_schema text not null,
  source_name text not null,
  position text not null,
  row_count bigint not null,
  -- the source's columns as they were loaded, to notice a changed shape
  shape text not null,
  moved_at timestamptz not null default now(),
  unique (source_id, source_schema, source_name)
);

create table runs (
  id uuid primary key,
  source_id uuid references sources on delete set null,
  source_name text not null,
  state text not null check (state in ('running', 'done', 'failed')),
  started_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  report jsonb
);

create index runs_by_time on runs (started_at);

-- The plan of a load that is not committed yet, one row a split, with its data files once it was read. A row is deleted in the
-- commit that adds its files, so a row found later always means files nobody reads: to be used again by the next run where
-- still exact, else to be removed.
create table staged_splits (
  source_id uuid not null references sources on delete cascade,
  source_schema text not null,
  source_name text not null,
  table_id uuid not null,
  shape text not null,
  position text not null,
  ordinal integer not null,
  -- null: the whole table
  range text,
  -- both null: not read yet
  row_count bigint,
  files jsonb,
  staged_at timestamptz not null default now(),
  primary key (table_id, ordinal)
);
