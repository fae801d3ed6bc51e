-- Runs of different kinds are told apart, so that none hides how another kind ended.
alter table runs add column kind text not null default 'sync' check (kind in ('sync', 'reconcile', 'maintain'));
update runs set kind = case
  when report is null or report ? 'code' or report ? 'warnings' then 'sync'
  when report ? 'position' then 'reconcile'
  else 'maintain'
end;
create index runs_of_kind on runs (source_id, kind, started_at);

alter table sources
  -- which server and history the address led to when it was tried last; null: not known
  add column identity text;

-- Tables of a source that somebody dropped from the lake: no run takes them in again until somebody names one.
create table dropped_tables (
  source_id uuid not null references sources on delete cascade,
  source_schema text not null,
  source_name text not null,
  dropped_at timestamptz not null default clock_timestamp(),
  primary key (source_id, source_schema, source_name)
);
