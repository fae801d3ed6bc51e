-- The texts of what can be found lie apart from what a search looks through: its rows are a quarter as long then, and a
-- search for a frequent word reads a quarter as much.
create table search_texts (
  id uuid primary key references search_documents on delete cascade,
  -- the columns of a table as they were read from its metadata
  columns jsonb not null,
  -- [{"level": …, "text": …, "fieldId": …}]: every text that can be found
  parts jsonb not null
);
insert into search_texts (id, columns, parts) select id, columns, parts from search_documents;
alter table search_documents drop column columns, drop column parts, drop column metadata_location;
-- It writes the rows anew, without the columns that they had.
cluster search_documents using search_documents_by_database;

-- Everybody may find many products and few other things, so products are looked up by themselves.
create index search_products_by_word on search_documents using gin (words) with (fastupdate = off)
  where kind = 'product';
create index search_products_by_name_word on search_documents using gin (name_words) with (fastupdate = off)
  where kind = 'product';
create index search_products_by_name on search_documents (name) where kind = 'product';
