-- Queries and boards that people keep. They are texts: sharing one lets others know the text, and gives no right to anything
-- that it names.
create table kept_things (
  id uuid primary key,
  kind text not null check (kind in ('query', 'board')),
  -- the account in which it was kept, and in which alone it is known
  account_id uuid not null references accounts,
  -- the person, also behind a role; null for the owner of the data directory
  owner_id uuid references principals,
  name text not null,
  -- JSON as text, because jsonb cannot hold every text that a statement can
  content text not null,
  made_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp()
);
create unique index kept_things_by_name on kept_things (kind, account_id, owner_id, lower(name)) nulls not distinct;

create table kept_shares (
  thing_id uuid not null references kept_things on delete cascade,
  principal_id uuid not null references principals,
  primary key (thing_id, principal_id)
);
