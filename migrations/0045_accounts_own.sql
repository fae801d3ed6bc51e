-- Runs belong to accounts like everything else, names are unique within an account, and a right on the lake as a whole
-- is granted as such.

alter table runs add column account_id uuid references accounts;
-- Null: a run that concerns the whole lake. Imports were all made by the first account.
update runs set account_id = coalesce(
  (select account_id from sources where sources.id = runs.source_id),
  case when kind = 'maintain' and source_id is null then null
    else '00000000-0000-0000-0000-0000000000a1'::uuid end);
create index runs_by_account on runs (account_id, started_at);

alter table sources drop constraint sources_name_key;
create unique index sources_by_name on sources (account_id, name);
alter table databases drop constraint databases_name_key;
create unique index databases_by_name on databases (account_id, name);
alter table schedules drop constraint schedules_name_key;
create unique index schedules_by_name on schedules (account_id, name);

-- While there is one account, a right on it is a right on the lake. When there is a second one, whoever administers the
-- first one keeps administering the lake by a grant of their own.
create function keep_central_administrators() returns void language sql as $$
  insert into grants (id, principal_id, resource_kind, permissions, valid_from, valid_until, origin)
    select distinct on (principal_id) gen_random_uuid(), principal_id, 'lake', array['ADMINISTER'],
        valid_from, valid_until, 'administers the first account'
      from grants had
      where resource_kind = 'account' and resource_id = '00000000-0000-0000-0000-0000000000a1'
        and permissions @> array['ADMINISTER'] and ended_at is null and parent_id is null
        and (select count(*) from accounts where deleted_at is null) > 1
        and not exists (
          select from grants other where other.principal_id = had.principal_id and other.resource_kind = 'lake'
            and other.permissions @> array['ADMINISTER'] and other.ended_at is null)
      order by principal_id, valid_until desc nulls first
$$;
select keep_central_administrators();
