-- One-time codes of an authenticator (TOTP, RFC 6238) as a second factor beside the password.
create table authenticators (
  user_id uuid primary key references users on delete cascade,
  -- sealed with the key file
  secret bytea not null,
  -- null until a first code has proved that the authenticator works
  confirmed_at timestamptz,
  -- the time step of the last code that was accepted: no code is accepted twice
  last_step bigint not null default 0,
  created_at timestamptz not null default clock_timestamp()
);

-- Random codes for somebody without their authenticator, each for once; digests only.
create table recovery_codes (
  user_id uuid not null references users on delete cascade,
  digest bytea not null,
  primary key (user_id, digest)
);

-- Whether its members must have an authenticator when they sign in with a password.
alter table accounts add column requires_codes boolean not null default false;

-- Somebody with a password who must have an authenticator and has none.
create function lacks_authenticator(principal uuid) returns boolean language sql volatile as $$
  select exists (
    select from memberships join accounts on accounts.id = memberships.container_id
      where memberships.container_kind = 'account' and memberships.member_id = principal
        and memberships.ended_at is null and is_valid_now(memberships.valid_from, memberships.valid_until)
        and accounts.requires_codes
  ) and not exists (
    select from authenticators where authenticators.user_id = principal and confirmed_at is not null
  )
$$;
