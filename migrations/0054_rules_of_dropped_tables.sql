-- A dropped table takes its grants and data filters with it. They are remembered under the table's name, so that they
-- can be made again for a new table of that name. The latest row of a name counts.
create table closed_tables (
  id uuid primary key,
  table_id uuid not null,
  account_id uuid not null references accounts,
  database_name text not null,
  name text not null,
  -- [{"id": …, "name": …, "isDropped": …}]: all columns that the table ever had, by field id; empty if that cannot be read
  columns jsonb not null,
  -- those that ended when the table was dropped
  grants uuid[] not null,
  filters uuid[] not null,
  closed_at timestamptz not null default clock_timestamp(),
  closed_by uuid references principals,
  -- the table for which they were made again
  reattached_to uuid
);
create index closed_tables_by_name on closed_tables (account_id, database_name, name, closed_at);

-- Grants and filters of tables that were dropped before: their names and columns are not known any more.
update grants set ended_at = clock_timestamp(), end_reason = 'the table was dropped'
  where ended_at is null and resource_kind = 'table' and resource_id not in (select id from tables);
update data_filters set ended_at = clock_timestamp()
  where ended_at is null and table_id not in (select id from tables);
