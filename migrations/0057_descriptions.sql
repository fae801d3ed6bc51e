-- What is said of databases, tables and columns. Everything is bound to ids, so that a rename keeps it and a name that is
-- used again has nothing of it.

-- Texts by key. They stay when a table is dropped: only the same table, registered again, has its id.
create table parameters (
  thing_kind text not null check (thing_kind in ('database', 'table')),
  thing_id uuid not null,
  -- null: of the database or the table itself
  field_id integer,
  key text not null,
  value text not null,
  -- 'yaml' for a declaration; null for a command
  origin text,
  -- null for the owner of the data directory
  set_by uuid references principals,
  set_at timestamptz not null default clock_timestamp()
);
create unique index parameters_by_key on parameters (thing_id, field_id, key) nulls not distinct;

-- The comments that a source has on a table and its columns, as a run last saw them.
create table source_comments (
  table_id uuid primary key references tables on delete cascade,
  table_comment text,
  -- texts by field id
  columns jsonb not null default '{}',
  -- digest of the comments and of the columns that they are on; if it is the same, there is nothing to do
  seen text not null
);

-- Who answers for a database or a table. A row whose principal was deleted stays open: it is the gap that lists name.
create table stewards (
  id uuid primary key,
  thing_kind text not null check (thing_kind in ('database', 'table')),
  thing_id uuid not null,
  role text not null check (role in ('owner', 'steward')),
  principal_id uuid not null references principals,
  origin text,
  set_by uuid references principals,
  created_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  epoch bigint not null
);
create unique index stewards_open on stewards (thing_id, role, principal_id) where ended_at is null;
create index stewards_by_principal on stewards (principal_id) where ended_at is null;
create index stewards_by_epoch on stewards (epoch);
create trigger stewards_epoch before insert or update on stewards for each row execute function take_policy_epoch();
create trigger stewards_kept before delete on stewards for each row execute function refuse_delete();

-- What people think of a table.
create table marks (
  table_id uuid primary key references tables on delete cascade,
  mark text not null check (mark in ('certified', 'deprecated')),
  reason text not null,
  -- the table to use instead of a deprecated one
  successor_id uuid,
  origin text,
  set_by uuid references principals,
  set_at timestamptz not null default clock_timestamp(),
  check (successor_id is null or mark = 'deprecated')
);

-- The glossary of an account.
create table terms (
  id uuid primary key,
  account_id uuid not null references accounts,
  name text not null,
  definition text not null,
  origin text,
  set_by uuid references principals,
  set_at timestamptz not null default clock_timestamp()
);
create unique index terms_by_name on terms (account_id, lower(name));

create table term_attachments (
  term_id uuid not null references terms on delete cascade,
  thing_kind text not null check (thing_kind in ('database', 'table')),
  thing_id uuid not null,
  field_id integer,
  origin text,
  set_by uuid references principals,
  set_at timestamptz not null default clock_timestamp()
);
create unique index term_attachments_once on term_attachments (term_id, thing_id, field_id) nulls not distinct;
create index term_attachments_by_thing on term_attachments (thing_id);
