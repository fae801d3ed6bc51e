-- What whole numbers from 0 to 2^64 - 1 become in the lake: decimal(20,0), or a long with every value checked.
alter table sources add column unsigned_bigint text not null default 'decimal' check (unsigned_bigint in ('decimal', 'long'));
-- null: as the source
alter table table_settings add column unsigned_bigint text check (unsigned_bigint in ('decimal', 'long'));
