-- Who may ask. Passwords are argon2id hashes; tokens and keys are kept as SHA-256 digests only, for they are random themselves.
create table users (
  id uuid primary key,
  name text not null unique,
  role text not null,
  password_hash text not null,
  -- of a password that somebody else chose
  must_change boolean not null,
  active boolean not null default true,
  created_at timestamptz not null default clock_timestamp()
);
create table sessions (
  token_digest bytea primary key,
  user_id uuid not null references users on delete cascade,
  created_at timestamptz not null default clock_timestamp(),
  used_at timestamptz not null default clock_timestamp()
);
create index sessions_user on sessions (user_id);
create table api_keys (
  id uuid primary key,
  name text not null unique,
  role text not null,
  digest bytea not null unique,
  expires_at timestamptz,
  used_at timestamptz,
  created_at timestamptz not null default clock_timestamp()
);
