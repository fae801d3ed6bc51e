-- What becomes of a table that the source has and the lake has not, in a sync of all tables.
alter table sources
  add column new_tables text not null default 'auto' check (new_tables in ('auto', 'ask', 'ignore'));
