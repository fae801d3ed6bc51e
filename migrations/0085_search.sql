-- What the search knows of each thing. Triggers say which things may have another document than the stored one; the
-- search and the server make these anew. Everything here follows from other tables and can be made again.

create table search_documents (
  id uuid primary key,
  kind text not null check (kind in ('database', 'table', 'view', 'product')),
  account_id uuid not null,
  -- of a database: itself; of a product: null
  database_id uuid,
  name text not null,
  mark text,
  sensitivity text not null,
  owners text[] not null,
  tags text[] not null,
  -- the columns of a table as they were read from its metadata, and which metadata that was
  columns jsonb not null default '[]',
  metadata_location text,
  -- the table whose changes this one holds
  history_of uuid,
  -- [{"level": …, "text": …, "fieldId": …}]: every text that can be found
  parts jsonb not null,
  -- the words of these texts: A of the name, B of columns, C of labels, D of descriptions
  words tsvector not null,
  -- those of the name alone, which are looked up first
  name_words tsvector not null
);
create index search_documents_by_word on search_documents using gin (words) with (fastupdate = off);
create index search_documents_by_name_word on search_documents using gin (name_words) with (fastupdate = off);
create index search_documents_by_database on search_documents (database_id, name);
create index search_documents_by_account on search_documents (account_id, name);
create index search_documents_by_name on search_documents (name);
create index search_documents_by_history on search_documents (history_of) where history_of is not null;

-- Every word that a document has or had, with the runs of three letters in it: words that are spelt alike share some.
create table search_words (
  word text primary key,
  trigrams text[] not null
);
create index search_words_by_trigram on search_words using gin (trigrams) with (fastupdate = off);

-- Only ever added to, so that no two transactions wait for each other here.
create table search_stale (
  id bigint generated always as identity primary key,
  thing_id uuid not null
);

create function search_changed(thing uuid, with_tables boolean default false) returns void language plpgsql as $$
begin
  insert into search_stale (thing_id) values (thing);
  -- A history is as sensitive as the table whose changes it holds.
  insert into search_stale (thing_id) select id from search_documents where history_of = thing;
  if with_tables then
    insert into search_stale (thing_id)
      select id from tables where database_id = thing union all select id from views where database_id = thing;
  end if;
end $$;

create function search_named_thing() returns trigger language plpgsql as $$
begin
  perform search_changed(coalesce(new.id, old.id), tg_table_name = 'databases' and tg_op = 'UPDATE');
  return null;
end $$;
create trigger databases_search after insert or update of name, account_id or delete on databases
  for each row execute function search_named_thing();
create trigger tables_search after insert or update of name, database_id, metadata_location or delete on tables
  for each row execute function search_named_thing();
create trigger views_search after insert or update of name, database_id, version or delete on views
  for each row execute function search_named_thing();

-- What is said of a database and counts for its tables, too: who answers for it, its tags, whether it is personal.
create function search_parameter() returns trigger language plpgsql as $$
declare
  changed parameters := coalesce(new, old);
begin
  perform search_changed(changed.thing_id, changed.thing_kind = 'database' and changed.key = 'pii_flag');
  return null;
end $$;
create trigger parameters_search after insert or update or delete on parameters
  for each row execute function search_parameter();

create function search_steward() returns trigger language plpgsql as $$
begin
  perform search_changed(new.thing_id, new.thing_kind = 'database');
  return null;
end $$;
create trigger stewards_search after insert or update on stewards for each row execute function search_steward();

create function search_attached() returns trigger language plpgsql as $$
begin
  perform search_changed(coalesce(new.thing_id, old.thing_id));
  return null;
end $$;
create trigger term_attachments_search after insert or delete on term_attachments
  for each row execute function search_attached();

create function search_said_of_table() returns trigger language plpgsql as $$
begin
  perform search_changed(coalesce(new.table_id, old.table_id));
  return null;
end $$;
create trigger source_comments_search after insert or update or delete on source_comments
  for each row execute function search_said_of_table();
create trigger marks_search after insert or update or delete on marks
  for each row execute function search_said_of_table();
create trigger positions_search after insert or delete on positions
  for each row execute function search_said_of_table();

create function search_tagged() returns trigger language plpgsql as $$
begin
  perform search_changed(new.resource_id, new.resource_kind = 'database');
  return null;
end $$;
create trigger tag_assignments_search after insert or update on tag_assignments
  for each row execute function search_tagged();

create function search_tag_renamed() returns trigger language plpgsql as $$
begin
  perform search_changed(resource_id, resource_kind = 'database') from tag_assignments
    where ended_at is null and case tg_table_name when 'tag_keys' then key_id else value_id end = new.id;
  return null;
end $$;
create trigger tag_keys_search after update of name, ended_at on tag_keys
  for each row execute function search_tag_renamed();
create trigger tag_values_search after update of name, ended_at on tag_values
  for each row execute function search_tag_renamed();

create function search_term_changed() returns trigger language plpgsql as $$
begin
  perform search_changed(thing_id) from term_attachments where term_id = new.id;
  return null;
end $$;
create trigger terms_search after update of name on terms for each row execute function search_term_changed();

create function search_principal_changed() returns trigger language plpgsql as $$
begin
  perform search_changed(thing_id, thing_kind = 'database') from stewards
    where ended_at is null and principal_id = new.id;
  return null;
end $$;
create trigger principals_search after update of name, deleted_at on principals
  for each row execute function search_principal_changed();

create function search_source_changed() returns trigger language plpgsql as $$
begin
  perform search_changed(table_id) from positions where source_id = new.id;
  return null;
end $$;
create trigger sources_search after update of unclassified on sources
  for each row execute function search_source_changed();

insert into search_stale (thing_id)
  select id from databases union all select id from tables union all select id from views;
