-- Accounts can be removed and still be named; their numbers are never given to another.
alter table accounts add column deleted_at timestamptz, drop constraint accounts_name_key;
create unique index accounts_by_name on accounts (name) where deleted_at is null;
create trigger accounts_kept before delete on accounts for each row execute function refuse_delete();

alter table sessions
  -- what lists and commands call it; the token's digest would help to guess nothing, but is nobody's business
  add column id uuid not null unique default gen_random_uuid(),
  -- where it was opened
  add column address text,
  -- what its user has chosen to act in and as; both count only while the user is a member
  add column account_id uuid references accounts,
  add column role_id uuid references principals;

-- Sign-ins that failed, by name as it was typed and by address; digests, because people type passwords as names.
create table sign_in_attempts (
  kind text not null check (kind in ('user', 'address')),
  digest bytea not null,
  failures integer not null,
  blocked_until timestamptz not null,
  last_at timestamptz not null,
  primary key (kind, digest)
);
create index sign_in_attempts_by_age on sign_in_attempts (last_at);

create function is_valid_now(valid_from timestamptz, valid_until timestamptz) returns boolean language sql volatile as $$
  select (valid_from is null or valid_from <= clock_timestamp())
    and (valid_until is null or valid_until > clock_timestamp())
$$;

-- The principal itself and all groups that it is a member of now, also through other groups.
create function with_groups(principal uuid) returns setof uuid language sql volatile as $$
  with recursive found (id) as (
    select principal
    union
    select memberships.container_id from found
      join memberships on memberships.member_id = found.id and memberships.container_kind = 'group'
      join principals on principals.id = memberships.container_id
      where memberships.ended_at is null and principals.active
        and is_valid_now(memberships.valid_from, memberships.valid_until)
  )
  select id from found
$$;

create function may_assume(principal uuid, role uuid) returns boolean language sql volatile as $$
  select exists (
    select from memberships
      join principals on principals.id = memberships.container_id
      where memberships.container_kind = 'role' and memberships.container_id = role
        and memberships.ended_at is null and principals.active
        and is_valid_now(memberships.valid_from, memberships.valid_until)
        and memberships.member_id in (select with_groups(principal))
  )
$$;

-- The account that a user acts in: the chosen one, or main, or the first that they are a member of; null for none.
create function acting_account(principal uuid, chosen uuid) returns uuid language sql volatile as $$
  select memberships.container_id from memberships
    where memberships.container_kind = 'account' and memberships.member_id = principal
      and memberships.ended_at is null and is_valid_now(memberships.valid_from, memberships.valid_until)
    order by memberships.container_id = chosen desc nulls last,
      memberships.container_id = '00000000-0000-0000-0000-0000000000a1' desc, memberships.created_at
    limit 1
$$;

-- The name of the role that a principal has in an account: identity/role-grants.ts.
create function role_in(principal uuid, account uuid) returns text language sql volatile as $$
  select coalesce((
    select substr(grants.origin, 6) from grants
      where grants.principal_id = principal and grants.resource_id = account
        and grants.origin like 'role:%' and grants.ended_at is null
  ), 'none')
$$;
