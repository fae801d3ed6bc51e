-- What lets an unchanged table be left alone: a digest that the source computed of its rows, and the lake's state it stands for.
alter table positions
  -- null: not computed yet, or the source has none
  add column fingerprint text,
  -- the table's current snapshot when the position was stored; another one means that another writer was here
  add column snapshot_id bigint;
