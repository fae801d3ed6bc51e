-- Every step of requests, shares and invitations as an event, in one order. The database itself writes an event, in the
-- transaction of the step, so that no step is without one. Events are only ever added.
create table sharing_events (
  -- grows in the order in which the transactions end; there may be gaps
  sequence bigint primary key,
  id uuid not null unique default gen_random_uuid(),
  at timestamptz not null default clock_timestamp(),
  -- request.submitted
  type text not null,
  request_id uuid,
  share_id uuid,
  -- the account that has the things, and whom they are for: their administrators may know of the event
  source_account_id uuid not null,
  target_kind text not null,
  target_id uuid not null,
  details jsonb not null default '{}',
  -- given to an event that can be noticed more than once
  once text unique
);

-- The end of the order. Whoever adds an event locks this row until the transaction ends, so that somebody who has read
-- up to a number misses nothing before it.
create table sharing_events_end (
  is_only boolean primary key default true check (is_only),
  sequence bigint not null
);
insert into sharing_events_end (sequence) values (0);

create function refuse_sharing_event_change() returns trigger language plpgsql as $$
begin
  raise exception 'events of sharing are never changed';
end $$;
create trigger sharing_events_kept before update on sharing_events
  for each row execute function refuse_sharing_event_change();

create function add_sharing_event(given sharing_events) returns void language plpgsql as $$
declare
  next bigint;
begin
  if given.once is not null and exists (select from sharing_events where once = given.once) then return; end if;
  update sharing_events_end set sequence = sequence + 1 returning sequence into next;
  insert into sharing_events (sequence, type, request_id, share_id, source_account_id, target_kind, target_id, details, once)
    values (next, given.type, given.request_id, given.share_id, given.source_account_id, given.target_kind,
      given.target_id, coalesce(given.details, '{}'), given.once)
    on conflict (once) do nothing;
end $$;

create function event_of_request(request share_requests, type text, details jsonb) returns sharing_events
language plpgsql as $$
declare
  event sharing_events;
begin
  event.type := type;
  event.request_id := request.id;
  event.share_id := request.share_id;
  event.source_account_id := request.source_account_id;
  event.target_kind := request.target_kind;
  event.target_id := request.target_id;
  event.details := jsonb_strip_nulls(details);
  -- Its own time ends it, and later somebody writes that down.
  if type = 'request.expired' then event.once := 'expired ' || request.id; end if;
  return event;
end $$;

create function note_request_step() returns trigger language plpgsql as $$
begin
  if new.state = 'draft' then return null; end if;
  if tg_op = 'UPDATE' and new.state = old.state and new.round = old.round then return null; end if;
  perform add_sharing_event(event_of_request(new, 'request.' || case
    when new.state <> 'pending' then replace(new.state, '_', '-')
    when new.round > 1 then 'judged-again'
    else 'submitted' end, jsonb_build_object('reason', new.end_reason)));
  return null;
end $$;
create trigger share_requests_events after insert or update of state, round on share_requests
  for each row execute function note_request_step();

create function note_request_decision() returns trigger language plpgsql as $$
declare
  request share_requests;
begin
  select * into request from share_requests where id = new.request_id;
  perform add_sharing_event(event_of_request(request, 'request.decided',
    jsonb_build_object('step', new.step + 1, 'verdict', new.verdict, 'by', new.person_id, 'channel', new.channel)));
  return null;
end $$;
create trigger share_decisions_events after insert on share_decisions
  for each row execute function note_request_decision();

create function event_of_share(share shares, type text, details jsonb) returns sharing_events language plpgsql as $$
declare
  event sharing_events;
begin
  event.type := type;
  event.request_id := share.request_id;
  event.share_id := share.id;
  event.source_account_id := share.source_account_id;
  event.target_kind := share.target_kind;
  event.target_id := share.target_id;
  event.details := jsonb_strip_nulls(details);
  return event;
end $$;

create function note_share_step() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or new.state <> old.state then
    perform add_sharing_event(event_of_share(new, 'share.' || case
      when tg_op = 'UPDATE' and old.state = 'suspended' and new.state = 'active' then 'resumed'
      else replace(new.state, '_', '-') end, jsonb_build_object('until', new.valid_until, 'reason', new.end_reason)));
  elsif new.valid_until is distinct from old.valid_until then
    perform add_sharing_event(event_of_share(new, 'share.end-changed',
      jsonb_build_object('until', new.valid_until, 'before', old.valid_until)));
  end if;
  return null;
end $$;
create trigger shares_events after insert or update of state, valid_until on shares
  for each row execute function note_share_step();

-- One event however many items end at once.
create function note_share_narrowed() returns trigger language plpgsql as $$
declare
  share shares;
begin
  for share in
    select shares.* from shares where state not in ('revoked', 'rejected') and id in (
      select ended.share_id from ended join had on had.id = ended.id
        where ended.ended_at is not null and had.ended_at is null)
  loop
    perform add_sharing_event(event_of_share(share, 'share.narrowed', '{}'));
  end loop;
  return null;
end $$;
create trigger share_items_events after update on share_items
  referencing old table as had new table as ended
  for each statement execute function note_share_narrowed();

create function note_invitation_step() returns trigger language plpgsql as $$
declare
  share shares;
begin
  if tg_op = 'UPDATE' and new.state = old.state then return null; end if;
  select * into share from shares where id = new.share_id;
  perform add_sharing_event(event_of_share(share,
    'invitation.' || case when new.state = 'pending' then 'sent' else new.state end,
    jsonb_build_object('expires', case when new.state = 'pending' then new.expires_at end)));
  return null;
end $$;
create trigger invitations_events after insert or update of state on invitations
  for each row execute function note_invitation_step();

-- Time ends things by itself, and nothing has to notice it for that. It is noticed only so that people are told, and that
-- something is about to end is noticed a week before.
create function note_what_time_did(moment timestamptz) returns void language plpgsql as $$
declare
  share shares;
  request share_requests;
  invitation invitations;
  event sharing_events;
begin
  for request in select * from share_requests where state = 'pending' and least(decide_by, until_at) <= moment loop
    perform add_sharing_event(event_of_request(request, 'request.expired', '{}'));
  end loop;
  for share in select * from shares where state not in ('revoked', 'rejected') and valid_until <= moment + interval '7 days'
  loop
    event := event_of_share(share, case when share.valid_until <= moment then 'share.expired' else 'share.ending' end,
      jsonb_build_object('until', share.valid_until));
    event.once := event.type || ' ' || share.id || ' ' || extract(epoch from share.valid_until);
    perform add_sharing_event(event);
  end loop;
  for invitation in select * from invitations where state = 'pending' and expires_at <= moment loop
    select * into share from shares where id = invitation.share_id;
    event := event_of_share(share, 'invitation.lapsed', '{}');
    event.once := 'lapsed ' || invitation.id;
    perform add_sharing_event(event);
  end loop;
end $$;
create index shares_by_end on shares (valid_until) where valid_until is not null and state not in ('revoked', 'rejected');

-- Addresses that are told of every event.
create table event_hooks (
  id uuid primary key,
  name text not null,
  url text not null,
  -- sealed like the password of a source; deliveries are signed with it
  secret bytea not null,
  -- only events of things of this account or for it; null for all
  account_id uuid references accounts,
  -- 'request.*' or 'share.revoked'; empty for all
  types text[] not null default '{}',
  -- the last event that was delivered, passed over or given up
  position bigint not null,
  attempts integer not null default 0,
  -- not before this moment
  next_at timestamptz not null default clock_timestamp(),
  failure text,
  delivered_at timestamptz,
  made_by uuid references principals,
  made_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz
);
create unique index event_hooks_by_name on event_hooks (name) where ended_at is null;

-- Events that were given up after many attempts.
create table dead_deliveries (
  hook_id uuid not null references event_hooks,
  sequence bigint not null references sharing_events,
  failure text not null,
  at timestamptz not null default clock_timestamp(),
  primary key (hook_id, sequence)
);
