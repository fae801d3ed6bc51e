-- When tables are brought to now. A schedule owns no position, only the time at which it is due next; whoever holds the
-- source's lock does what is due, so that a worker that dies leaves nothing to clean up.
create table schedules (
  id uuid primary key,
  name text not null unique,
  source_id uuid not null references sources on delete cascade,
  -- exact names or globs; empty for all tables
  tables jsonb not null,
  action text not null check (action in ('sync', 'reconcile', 'repair')),
  cron text not null,
  time_zone text not null,
  -- dates in the time zone on which it is not due
  holidays jsonb not null,
  timeout_seconds integer not null,
  active boolean not null default true,
  -- null: never again
  due_at timestamptz,
  -- how often it failed since it was last done
  failures integer not null default 0,
  done_at timestamptz,
  last_error jsonb
);
create index schedules_due on schedules (due_at) where active;

alter table runs
  -- the schedules that asked for it; null when somebody did
  add column schedules text,
  -- somebody asked the run to end
  add column cancel_requested boolean not null default false;

-- A table that is not active is left out of every run.
alter table table_settings add column active boolean not null default true;
