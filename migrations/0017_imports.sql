-- Tables made of files that lie somewhere: where from, how their columns are called there, and which files are in.
create table imports (
  table_id uuid primary key references tables (id) on delete cascade,
  location text not null,
  has_header boolean not null,
  -- [{"key": its name in the files, "fieldId": of the table's column}]
  columns jsonb not null
);

create table imported_files (
  table_id uuid not null references imports (table_id) on delete cascade,
  location text not null,
  size bigint not null,
  -- Only of files on a disk.
  modified_at timestamptz,
  commit_id uuid not null references commits (id),
  primary key (table_id, location)
);

-- Imports that write and have not committed. One that is left belongs to a process that died: its files carry its id.
create table import_attempts (
  id uuid primary key,
  label text not null,
  table_location text not null,
  fenced boolean not null default false,
  begun_at timestamptz not null default now()
);
