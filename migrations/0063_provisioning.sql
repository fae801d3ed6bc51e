-- Users and groups that a provider sends and takes back (SCIM, RFC 7643 and 7644).

-- A key that may do nothing but provision: for one provider, in the key's own account.
alter table api_keys add column provisions_id uuid references identity_providers;

-- What was provisioned. A row stays after its user or group has ended, as a reminder whose it was.
create table provisioned (
  -- the id of the user or the group
  id uuid primary key references principals,
  kind text not null check (kind in ('user', 'group')),
  provider_id uuid not null references identity_providers,
  account_id uuid not null references accounts,
  -- the provider's names: userName or displayName, and externalId
  name text not null,
  external_id text,
  -- whether the provider wants the user to be active; null for a group
  active boolean,
  -- everything else that the provider said, as it said it
  document jsonb not null default '{}',
  version bigint not null default 1,
  created_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(),
  deleted_at timestamptz
);
create unique index provisioned_users_by_name on provisioned (provider_id, account_id, lower(name))
  where deleted_at is null and kind = 'user';
create unique index provisioned_by_external_id on provisioned (provider_id, account_id, kind, external_id)
  where deleted_at is null and external_id is not null;
create index provisioned_by_name on provisioned (provider_id, account_id, kind, lower(name)) where deleted_at is null;
