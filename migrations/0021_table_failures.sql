-- A table that fails does not hold up the others of its source: the run is done with failures. One that somebody stopped is cancelled.
alter table runs
  drop constraint runs_state_check,
  add constraint runs_state_check check (state in ('running', 'done', 'done with failures', 'failed', 'cancelled', 'lost'));
-- What a run that is done with failures wrote for the tables that failed is removed by itself, so nothing of it is swept.

-- Tables that failed in the last run that tried them.
create table table_failures (
  source_id uuid not null references sources on delete cascade,
  source_schema text not null,
  source_name text not null,
  run_id uuid not null,
  error jsonb not null,
  since timestamptz not null default clock_timestamp(),
  primary key (source_id, source_schema, source_name)
);

-- The tables that failed when it was last done, to be tried again before its next time; null for all of its tables.
alter table schedules add column retry_tables jsonb;
