-- How the CSV of an import is read where that was said: delimiter, comment, lines before the header. Files that come later are read alike.
alter table imports add column csv jsonb not null default '{}';
