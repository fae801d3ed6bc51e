-- Tags: keys with their values, what has them, and saved or written expressions over them, which can be granted on.
-- Everything refers to ids, so that a new name changes nothing. Rows are ended, never deleted.

create table tag_keys (
  id uuid primary key,
  account_id uuid not null references accounts,
  name text not null,
  description text,
  -- whether one thing may have several values of this key
  is_multiple boolean not null default false,
  origin text,
  created_by uuid references principals,
  created_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  epoch bigint not null
);
create unique index tag_keys_by_name on tag_keys (account_id, name) where ended_at is null;
create index tag_keys_by_epoch on tag_keys (epoch);
create trigger tag_keys_epoch before insert or update on tag_keys for each row execute function take_policy_epoch();
create trigger tag_keys_kept before delete on tag_keys for each row execute function refuse_delete();

create table tag_values (
  id uuid primary key,
  key_id uuid not null references tag_keys,
  name text not null,
  -- whether a grant that covers a column with this value says so
  is_sensitive boolean not null default false,
  created_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  epoch bigint not null
);
create unique index tag_values_by_name on tag_values (key_id, name) where ended_at is null;
create index tag_values_by_epoch on tag_values (epoch);
create trigger tag_values_epoch before insert or update on tag_values for each row execute function take_policy_epoch();
create trigger tag_values_kept before delete on tag_values for each row execute function refuse_delete();

create table tag_assignments (
  id uuid primary key,
  -- a source gives its values to each database that is made for it, from the moment when that is made
  resource_kind text not null check (resource_kind in ('source', 'database', 'table', 'column')),
  -- of a column: the id of its table
  resource_id uuid not null,
  field_id integer,
  key_id uuid not null references tag_keys,
  value_id uuid not null references tag_values,
  origin text,
  assigned_by uuid references principals,
  created_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  ended_by uuid references principals,
  epoch bigint not null,
  check ((field_id is not null) = (resource_kind = 'column'))
);
create unique index tag_assignments_open on tag_assignments (resource_id, field_id, value_id)
  nulls not distinct where ended_at is null;
create index tag_assignments_by_value on tag_assignments (value_id) where ended_at is null;
create index tag_assignments_by_epoch on tag_assignments (epoch);
create trigger tag_assignments_epoch before insert or update on tag_assignments
  for each row execute function take_policy_epoch();
create trigger tag_assignments_kept before delete on tag_assignments for each row execute function refuse_delete();

create table tag_expressions (
  id uuid primary key,
  account_id uuid not null references accounts,
  -- null for one that was written in a grant: its id follows from what it says, and it never changes
  name text,
  -- [[{"keyId": …, "valueIds": […]}]]: one of the alternatives must hold, and of it all terms; of a term, one value
  alternatives jsonb not null,
  origin text,
  created_by uuid references principals,
  created_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  epoch bigint not null
);
create unique index tag_expressions_by_name on tag_expressions (account_id, name)
  where ended_at is null and name is not null;
create index tag_expressions_by_epoch on tag_expressions (epoch);
create trigger tag_expressions_epoch before insert or update on tag_expressions
  for each row execute function take_policy_epoch();
create trigger tag_expressions_kept before delete on tag_expressions for each row execute function refuse_delete();

-- A grant can be on a key or a value of it, for whoever defines, assigns or grants by them, and on an expression.
alter table grants drop constraint grants_resource_kind_check;
alter table grants add constraint grants_resource_kind_check check (resource_kind in
  ('lake', 'account', 'database', 'tables', 'table', 'source', 'location', 'tag', 'tag-value', 'expression'));

-- The tags of a dropped table, which can be given to a new table of its name.
alter table closed_tables add column tags uuid[] not null default '{}';
