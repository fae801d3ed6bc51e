-- Everybody concerned is told of the end of a share, and a week before: each event of the end of a share calls for mails.

alter table mail_outbox
  alter column request_id drop not null,
  add column share_id uuid references shares,
  -- the event that it tells of
  add column about text,
  drop constraint mail_outbox_kind_check,
  add check (kind in ('decide', 'reminder', 'ended', 'share')),
  add check ((kind = 'share') = (share_id is not null)),
  add check (kind = 'share' or request_id is not null);

-- The last event for which mails were written. Whoever writes them locks the row, so that each event is looked at once.
create table mail_position (
  is_only boolean primary key default true check (is_only),
  sequence bigint not null
);
insert into mail_position (sequence) select sequence from sharing_events_end;

-- A share with somebody who was removed is over, however they were removed.
create function end_shares_of_removed() returns trigger language plpgsql as $$
begin
  if new.deleted_at is null or old.deleted_at is not null then return null; end if;
  update shares set state = 'revoked', ended_at = clock_timestamp(), end_reason = 'whoever it was shared with was removed'
    where target_id = new.id and state not in ('revoked', 'rejected');
  update share_items set ended_at = clock_timestamp()
    where ended_at is null and share_id in (select id from shares where target_id = new.id);
  update invitations set state = 'withdrawn', decided_at = clock_timestamp()
    where state = 'pending' and share_id in (select id from shares where target_id = new.id);
  return null;
end $$;
create trigger principals_shares after update of deleted_at on principals
  for each row execute function end_shares_of_removed();

-- Who has read by a share: reads are found by the grants that they were allowed by, also through views.
create function audit_read_grants(details jsonb) returns text[] language sql immutable parallel safe as $$
  select coalesce(array_agg(id #>> '{}'), '{}') from jsonb_path_query(details, 'lax $.tables[*].**{0 to 4}.grants[*]') as id
$$;
create index audit_events_read_grants on audit_events using gin (audit_read_grants(details)) where kind = 'query begin';
create index grants_of_share on grants (share_id) where share_id is not null;
create index grants_passed_on on grants (parent_id) where parent_id is not null;
