-- Hashes of the rows of a table as its source sent them, by spans of its key: what was sent for the rows of one snapshot. A fact about
-- that snapshot, so it needs no more care than to be ignored for another one.
create table hashed_spans (
  table_id uuid primary key references tables on delete cascade,
  -- of the lake table
  snapshot_id bigint not null,
  -- the source's columns as they were read
  shape text not null,
  key_column text not null,
  -- JSON: where each span begins, its rows and its hash, in order; each ends where the next begins
  spans text not null
);
