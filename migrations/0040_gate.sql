-- Who there is, what they may, and the number that grows whenever either changes.
-- Rows about rights are never deleted: an ended row stays, so that lists can name it and every process notices its end.

create table policy_epoch (
  is_only boolean primary key default true check (is_only),
  epoch bigint not null
);
insert into policy_epoch (epoch) values (1);

-- Gives a changed row the next epoch. The lock on the one row of policy_epoch is held until the transaction ends, so a
-- reader that has seen an epoch has seen every change up to it.
create function take_policy_epoch() returns trigger language plpgsql as $$
begin
  update policy_epoch set epoch = epoch + 1 returning epoch into new.epoch;
  return new;
end $$;

create function refuse_delete() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are ended, never deleted', tg_table_name;
end $$;

create table org_units (
  id uuid primary key,
  parent_id uuid references org_units,
  name text not null,
  created_at timestamptz not null default clock_timestamp(),
  unique nulls not distinct (parent_id, name)
);

create table accounts (
  id uuid primary key,
  -- never changes; for tools that know accounts by such numbers
  number text not null unique check (number ~ '^[0-9]{12}$'),
  name text not null unique,
  unit_id uuid references org_units,
  created_at timestamptz not null default clock_timestamp(),
  epoch bigint not null
);
create trigger accounts_epoch before insert or update on accounts for each row execute function take_policy_epoch();

insert into accounts (id, number, name)
values ('00000000-0000-0000-0000-0000000000a1', lpad((1 + floor(random() * 999999999998))::bigint::text, 12, '0'), 'main');

alter table sources add column account_id uuid not null default '00000000-0000-0000-0000-0000000000a1' references accounts;
alter table databases add column account_id uuid not null default '00000000-0000-0000-0000-0000000000a1' references accounts;
alter table schedules add column account_id uuid not null default '00000000-0000-0000-0000-0000000000a1' references accounts;

create table principals (
  id uuid primary key,
  kind text not null check (kind in ('user', 'group', 'role', 'service')),
  -- the account of a group, a role or a service; null for a user, who may be a member of several accounts
  account_id uuid references accounts,
  name text not null,
  -- texts by name, as principal.<name> in row filters
  attributes jsonb not null default '{}',
  active boolean not null default true,
  created_at timestamptz not null default clock_timestamp(),
  -- a deleted principal stays as a tombstone; its id and its rights are never given to another
  deleted_at timestamptz,
  epoch bigint not null
);
create unique index principals_by_name on principals (kind, name) where deleted_at is null;
create trigger principals_epoch before insert or update on principals for each row execute function take_policy_epoch();
create trigger principals_kept before delete on principals for each row execute function refuse_delete();

-- Members of groups, of accounts, and of roles, which their members may assume.
create table memberships (
  id uuid primary key,
  container_kind text not null check (container_kind in ('group', 'role', 'account')),
  container_id uuid not null,
  member_id uuid not null references principals,
  valid_from timestamptz,
  valid_until timestamptz,
  ended_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  epoch bigint not null
);
create unique index memberships_open on memberships (container_id, member_id) where ended_at is null;
create trigger memberships_epoch before insert or update on memberships for each row execute function take_policy_epoch();
create trigger memberships_kept before delete on memberships for each row execute function refuse_delete();

-- A named, reusable part of a table: some columns, some rows, some values masked.
create table data_filters (
  id uuid primary key,
  table_id uuid not null,
  name text not null,
  -- {"mode": "include" | "exclude", "fieldIds": […]}; null for all columns
  columns jsonb,
  -- the condition as it was written, and bound to field ids; both null for all rows
  row_text text,
  row_predicate jsonb,
  -- [{"fieldId": …, "mask": …, "value": …}]
  masks jsonb not null default '[]',
  origin text,
  created_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  epoch bigint not null
);
create unique index data_filters_by_name on data_filters (table_id, name) where ended_at is null;
create trigger data_filters_epoch before insert or update on data_filters for each row execute function take_policy_epoch();
create trigger data_filters_kept before delete on data_filters for each row execute function refuse_delete();

create table grants (
  id uuid primary key,
  principal_id uuid not null references principals,
  resource_kind text not null
    check (resource_kind in ('lake', 'account', 'database', 'tables', 'table', 'source', 'location')),
  -- null for the lake and for a location. 'tables' names a database: all its tables, future ones too.
  resource_id uuid,
  location text,
  -- like those of a data filter; only with SELECT on a table
  columns jsonb,
  filter_id uuid references data_filters,
  permissions text[] not null,
  -- those of the permissions that the principal may grant to others
  grantable text[] not null default '{}',
  valid_from timestamptz,
  valid_until timestamptz,
  -- the grant that gave the grantor this right; when it ends, this one is inactive at once
  parent_id uuid references grants,
  -- null for the owner of the data directory
  granted_by uuid references principals,
  -- 'role:<name>' for the roles of a user or a key, 'creator', the file of a declaration; null for a command
  origin text,
  created_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  ended_by uuid references principals,
  end_reason text,
  epoch bigint not null,
  check ((resource_id is null) = (resource_kind in ('lake', 'location'))),
  check ((location is not null) = (resource_kind = 'location')),
  check (grantable <@ permissions)
);
create index grants_by_principal on grants (principal_id) where ended_at is null;
create index grants_by_resource on grants (resource_id) where ended_at is null;
create index grants_by_epoch on grants (epoch);
create trigger grants_epoch before insert or update on grants for each row execute function take_policy_epoch();
create trigger grants_kept before delete on grants for each row execute function refuse_delete();

-- Users and keys are principals under the same id. Their roles become grants on the account.
insert into principals (id, kind, account_id, name, active, created_at)
  select id, 'user', null, name, active, created_at from users;
insert into principals (id, kind, account_id, name, created_at)
  select id, 'service', '00000000-0000-0000-0000-0000000000a1', name, created_at from api_keys;
insert into memberships (id, container_kind, container_id, member_id)
  select gen_random_uuid(), 'account', '00000000-0000-0000-0000-0000000000a1', id from users;
insert into grants (id, principal_id, resource_kind, resource_id, permissions, grantable, origin)
  select gen_random_uuid(), id, 'account', '00000000-0000-0000-0000-0000000000a1',
    case role
      when 'viewer' then array['DESCRIBE']
      when 'analyst' then array['DESCRIBE', 'SELECT']
      when 'operator' then array['DESCRIBE', 'OPERATE']
      when 'administrator' then array['ADMINISTER']
    end,
    '{}', 'role:' || role
  from (select id, role from users union all select id, role from api_keys) having_roles;
