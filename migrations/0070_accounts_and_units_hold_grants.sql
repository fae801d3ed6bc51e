-- Accounts and org units can be granted something: everybody who acts in the account, or in an account at or below the
-- unit, then holds it. They are principals under their own ids, kept here so that no way of changing them forgets it.

alter table principals drop constraint principals_kind_check;
alter table principals add constraint principals_kind_check
  check (kind in ('user', 'group', 'role', 'service', 'account', 'unit'));

-- An account of somebody else, to which nothing is shared before its administrators have accepted it.
alter table accounts add column is_outside boolean not null default false;

-- So that every process notices that a unit was moved.
alter table org_units add column epoch bigint not null default 1;
alter table org_units alter column epoch drop default;
create trigger org_units_epoch before insert or update on org_units for each row execute function take_policy_epoch();

-- europe/romania
create function unit_path(unit uuid) returns text language sql volatile as $$
  with recursive above (parent_id, path) as (
    select parent_id, name from org_units where id = unit
    union all
    select org_units.parent_id, org_units.name || '/' || above.path
      from above join org_units on org_units.id = above.parent_id
  )
  select path from above where parent_id is null
$$;

-- The name of a unit is its path, so that a move renames everything below it.
create function keep_unit_principal() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    update principals set active = false, deleted_at = clock_timestamp() where id = old.id and deleted_at is null;
    return null;
  end if;
  insert into principals (id, kind, name) values (new.id, 'unit', unit_path(new.id)) on conflict (id) do nothing;
  with recursive below (id) as (
    select new.id
    union all
    select org_units.id from below join org_units on org_units.parent_id = below.id
  )
  update principals set name = unit_path(id) where id in (select id from below) and name <> unit_path(id);
  return null;
end $$;
create trigger org_units_principal after insert or update or delete on org_units
  for each row execute function keep_unit_principal();

create function keep_account_principal() returns trigger language plpgsql as $$
begin
  insert into principals (id, kind, name, active, deleted_at)
    values (new.id, 'account', new.name, new.deleted_at is null, new.deleted_at)
    on conflict (id) do update
      set name = excluded.name, active = excluded.active, deleted_at = excluded.deleted_at
      where principals.name <> excluded.name or principals.active <> excluded.active;
  return null;
end $$;
create trigger accounts_principal after insert or update on accounts
  for each row execute function keep_account_principal();

insert into principals (id, kind, name, active, created_at, deleted_at)
  select id, 'account', name, deleted_at is null, created_at, deleted_at from accounts;
insert into principals (id, kind, name, created_at)
  select id, 'unit', unit_path(id), created_at from org_units;
