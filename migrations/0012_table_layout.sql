-- How a table's files are laid out, what identifies its rows, and how old it may be. Null: nobody said.
alter table table_settings
  add column partition_by jsonb,
  add column sort_by jsonb,
  -- in MB
  add column target_file_size integer,
  add column compression text,
  add column key_columns jsonb,
  add column freshness_seconds integer;

alter table positions
  -- when the table was last read whole and taken as it was
  add column full_load_at timestamptz;
