-- Loaded although the source asks before it loads new tables: somebody set it active.
alter table table_settings add column admitted boolean not null default false;
-- How far its files had been read, as the last declaration said it; the same words do not move it again.
alter table table_settings add column declared_place text;
