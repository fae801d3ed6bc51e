-- How changes of a table are found, where somebody chose; the others are compared whole.
create table capture_modes (
  source_id uuid not null references sources on delete cascade,
  source_schema text not null,
  source_name text not null,
  mode text not null check (mode in ('diff', 'cursor')),
  -- for cursor: the growing column, and how far before its highest value reading begins
  cursor_column text,
  overlap bigint,
  set_at timestamptz not null default now(),
  primary key (source_id, source_schema, source_name),
  check ((mode = 'cursor') = (cursor_column is not null and overlap is not null))
);
