-- Views: statements that have a name in a database, beside its tables. What a view reads is stored by ids, so that a
-- rename changes nothing and a name that is used again gives nothing.
create table views (
  id uuid primary key,
  database_id uuid not null references databases,
  name text not null,
  -- whose rights decide what the view shows; null for the owner of the data directory
  owner_id uuid references principals,
  -- the account in which the owner acts
  owner_account_id uuid references accounts,
  -- the version that is read
  version integer not null,
  -- the declaration that made it; null for a command
  origin text,
  created_at timestamptz not null default clock_timestamp(),
  unique (database_id, name)
);

-- Every text that a view has had. Versions are only ever added, and go with their view.
create table view_versions (
  view_id uuid not null references views on delete cascade,
  version integer not null,
  -- the statement as it was written
  text text not null,
  -- an Iceberg schema; a column keeps its id as long as its name and type stay
  columns jsonb not null,
  -- [{"id": …, "isView": …, "columns": <schema>, "uses": [field ids]}]: the tables and views that are read, with the
  -- columns that the text can name and those that it needs
  reads jsonb not null,
  -- for each mention of a table in the text, its place in reads
  mentions integer[] not null,
  -- {"columns": [{"column": id, "from": [{"id": …, "fieldId": …}]}], "influences": [{"id": …, "fieldId": …}]}
  lineage jsonb not null,
  made_at timestamptz not null default clock_timestamp(),
  -- null for the owner of the data directory
  made_by uuid references principals,
  -- the earlier version whose text was taken up again
  restored integer,
  primary key (view_id, version)
);

-- A name in a database means a table or a view, and never both.
create function refuse_taken_relation_name() returns trigger language plpgsql as $$
begin
  -- One lock for each database: one for each name would be too many for a transaction that makes thousands of tables.
  perform pg_advisory_xact_lock(hashtextextended('relations of ' || new.database_id::text, 0));
  if (tg_table_name = 'views' and exists (select from tables where database_id = new.database_id and name = new.name))
    or (tg_table_name = 'tables' and exists (select from views where database_id = new.database_id and name = new.name))
  then
    raise exception 'this name is that of a table or a view already'
      using errcode = 'unique_violation', constraint = 'relation_names';
  end if;
  return new;
end $$;
create trigger tables_names before insert or update of database_id, name on tables
  for each row execute function refuse_taken_relation_name();
create trigger views_names before insert or update of database_id, name on views
  for each row execute function refuse_taken_relation_name();

-- A view can be certified or deprecated as a table can, and a mark still goes with what it is on.
alter table marks drop constraint marks_table_id_fkey;
create function forget_mark() returns trigger language plpgsql as $$
begin
  delete from marks where table_id = old.id;
  return old;
end $$;
create trigger tables_marks after delete on tables for each row execute function forget_mark();
create trigger views_marks after delete on views for each row execute function forget_mark();
