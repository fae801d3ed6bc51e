-- What was declared in a file, and which settings came from one.
create table declarations (
  id bigint generated always as identity primary key,
  text text not null,
  applied_at timestamptz not null default clock_timestamp()
);
alter table sources
  -- exact names or globs; of include, empty for all tables
  add column include jsonb not null default '[]',
  add column exclude jsonb not null default '[]',
  add column origin text;
-- null: set by a command
alter table table_settings add column origin text;
alter table schedules add column origin text;
