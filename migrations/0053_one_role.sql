-- Two changes of somebody's role at the same moment could leave them with both roles. The one that was given last stays.
update grants set ended_at = clock_timestamp(), end_reason = 'another role was given at the same moment'
where ended_at is null and origin like 'role:%' and exists (
  select from grants later
  where later.ended_at is null and later.origin like 'role:%'
    and later.principal_id = grants.principal_id and later.resource_id = grants.resource_id
    and (later.created_at, later.id) > (grants.created_at, grants.id)
);
create unique index grants_one_role on grants (principal_id, resource_id) where ended_at is null and origin like 'role:%';
