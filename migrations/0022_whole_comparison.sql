-- What a position proves, and of what: a cursor moves it without having seen every row, and a history may be behind its table.
alter table positions
  -- every row of the table was compared with the source at the position, or is proven to be as when it was
  add column compared_whole boolean not null default false,
  -- the table's snapshot that the table's beginning and its history add up to; null where nothing is kept yet
  add column history_snapshot_id bigint;
alter table table_settings
  -- what the overlap counts: the column may have another type since
  add column overlap_unit text check (overlap_unit in ('number', 'seconds', 'days'));
