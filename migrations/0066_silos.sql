-- A lake location of its own for an account, with its own access keys, and keys that encrypt every object below it.
create table account_lakes (
  account_id uuid primary key references accounts,
  -- canonical, without a trailing slash; neither in another one nor around it
  location text not null unique,
  -- of S3; the secret is sealed like the password of a source
  endpoint text,
  region text,
  path_style boolean,
  access_key_id text,
  secret bytea,
  -- decided with the location and never afterwards: an object that is not encrypted is then refused
  encrypted boolean not null,
  -- differs after every change, so that running processes notice
  revision uuid not null,
  changed_at timestamptz not null default clock_timestamp()
);

-- The newest key encrypts; the earlier ones still decrypt what was written with them.
create table account_keys (
  id uuid primary key,
  account_id uuid not null references accounts,
  -- sealed together with the account's id and its own
  sealed bytea not null,
  created_at timestamptz not null default clock_timestamp()
);
create index account_keys_by_account on account_keys (account_id, created_at);
