-- Products: databases and tables of one account that are offered together, with owners, terms and questions.

create table products (
  id uuid primary key,
  account_id uuid not null references accounts,
  name text not null,
  -- ["For which report?"]: every requester answers each of them
  questions jsonb not null default '[]',
  -- the version of the terms that hold now; 0 until there are any
  terms_version integer not null default 0,
  -- of what is asked for: how long it lasts if the request does not say, and at most
  default_days integer check (default_days > 0),
  longest_days integer check (longest_days > 0),
  -- how old its data should be at most
  freshness_seconds integer check (freshness_seconds > 0),
  -- 'yaml' for a declaration; null for a command
  origin text,
  -- null for the owner of the data directory
  made_by uuid references principals,
  made_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz
);
create unique index products_by_name on products (account_id, lower(name)) where ended_at is null;

-- A version is only ever added, so that a request finds the one that was accepted.
create table product_terms (
  product_id uuid not null references products,
  version integer not null,
  -- null: from this version on, there are none
  text text,
  set_by uuid references principals,
  set_at timestamptz not null default clock_timestamp(),
  primary key (product_id, version)
);

create table product_items (
  id uuid primary key,
  product_id uuid not null references products,
  kind text not null check (kind in ('database', 'tables', 'table')),
  -- a table, or the database of the other kinds
  thing_id uuid not null,
  database_id uuid not null,
  put_by uuid references principals,
  put_at timestamptz not null default clock_timestamp(),
  taken_at timestamptz
);
create unique index product_items_open on product_items (product_id, kind, thing_id) where taken_at is null;
create index product_items_by_thing on product_items (thing_id) where taken_at is null;

create index share_requests_by_product on share_requests (product_id) where product_id is not null;
create index shares_by_product on shares (product_id) where product_id is not null;

alter table parameters drop constraint parameters_thing_kind_check;
alter table parameters add constraint parameters_thing_kind_check
  check (thing_kind in ('database', 'table', 'product'));
alter table stewards drop constraint stewards_thing_kind_check;
alter table stewards add constraint stewards_thing_kind_check check (thing_kind in ('database', 'table', 'product'));

create trigger products_search after insert or update of name, ended_at on products
  for each row execute function search_named_thing();

-- The steps of a product are events of sharing, too (0090_sharing_events.sql): its account has them, and is told of them.
-- The table of events may not be there yet, so nothing here has its type.
create function add_product_event(product products, type text) returns void language plpgsql as $$
declare
  next bigint;
begin
  update sharing_events_end set sequence = sequence + 1 returning sequence into next;
  insert into sharing_events (sequence, type, source_account_id, target_kind, target_id, details)
    values (next, type, product.account_id, 'account', product.account_id, jsonb_build_object('product', product.id));
end $$;

create function note_product_step() returns trigger language plpgsql as $$
begin
  perform add_product_event(new, 'product.' || case
    when tg_op = 'INSERT' then 'added'
    when new.ended_at is not null then 'removed'
    when new.terms_version <> old.terms_version then 'terms-changed'
    else 'changed' end);
  return null;
end $$;
create trigger products_events after insert or update on products for each row execute function note_product_step();

-- One event however many things are put in or taken out at once.
create function note_product_items() returns trigger language plpgsql as $$
declare
  product products;
begin
  for product in select * from products where ended_at is null and id in (select product_id from changed) loop
    perform add_product_event(product, 'product.items-changed');
  end loop;
  return null;
end $$;
create trigger product_items_put after insert on product_items
  referencing new table as changed for each statement execute function note_product_items();
create trigger product_items_taken after update on product_items
  referencing new table as changed for each statement execute function note_product_items();
