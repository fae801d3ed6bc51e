-- The audit log: events that are only ever appended, each with the hash of the one before it.
-- Whole months are removed from its beginning by audit_remove_month, and by nothing else.

create table audit_events (
  -- 1, 2, 3, … without a gap
  sequence bigint not null,
  -- The month under which the event is stored. It never goes back as the sequence grows, even if a clock does, so
  -- that the oldest months are always the beginning of the chain.
  month date not null,
  at timestamptz not null,
  kind text not null,
  principal_kind text not null,
  principal_id uuid,
  principal_name text not null,
  account_id uuid,
  operation text,
  action text,
  -- [{"kind": …, "name": …, "id": …}]
  resources jsonb not null,
  outcome text not null,
  because text,
  details jsonb not null,
  previous_hash bytea not null,
  hash bytea not null,
  primary key (sequence, month)
) partition by range (month);
create index audit_events_at on audit_events (at);
create index audit_events_principal on audit_events (principal_name, sequence);
create index audit_events_kind on audit_events (kind, sequence);
create index audit_events_resources on audit_events using gin (resources jsonb_path_ops);
create index audit_events_query on audit_events ((details ->> 'query')) where kind in ('query begin', 'query end');

-- The end of the chain. Writers lock this row, so that there is one chain however many processes write.
create table audit_chain (
  is_only boolean primary key default true check (is_only),
  sequence bigint not null,
  month date not null,
  hash bytea not null
);
insert into audit_chain (sequence, month, hash) values (0, '-infinity', decode(repeat('00', 32), 'hex'));

-- The last event of each month that was removed: the chain that is left continues from its hash.
create table audit_checkpoints (
  month date primary key,
  sequence bigint not null,
  at timestamptz not null,
  hash bytea not null,
  -- how many events were removed with the month
  events bigint not null,
  removed_at timestamptz not null default clock_timestamp()
);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'events of the audit log are never changed or deleted (%)', tg_table_name;
end $$;

create function refuse_audit_return() returns trigger language plpgsql as $$
begin
  if new.sequence <= old.sequence or new.month < old.month then
    raise exception 'the audit log only grows';
  end if;
  return new;
end $$;

create trigger audit_events_kept before update or delete on audit_events
  for each row execute function refuse_audit_change();
create trigger audit_events_whole before truncate on audit_events
  for each statement execute function refuse_audit_change();
create trigger audit_chain_grows before update on audit_chain for each row execute function refuse_audit_return();
create trigger audit_chain_kept before delete on audit_chain for each row execute function refuse_audit_change();
create trigger audit_chain_whole before truncate on audit_chain
  for each statement execute function refuse_audit_change();
create trigger audit_checkpoints_kept before update or delete on audit_checkpoints
  for each row execute function refuse_audit_change();
create trigger audit_checkpoints_whole before truncate on audit_checkpoints
  for each statement execute function refuse_audit_change();

-- Locks the end of the chain until the transaction ends, and gives the time. It waits ten seconds at most.
create function audit_lock_chain(out sequence bigint, out month text, out hash text, out now text)
language plpgsql set lock_timeout = '10s' as $$
begin
  select c.sequence, c.month::text, encode(c.hash, 'hex')
    into audit_lock_chain.sequence, audit_lock_chain.month, audit_lock_chain.hash
    from audit_chain c for update;
  now := to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
end $$;

-- Makes the partition of a month if there is none. It is made aside and then attached, because that does not wait for
-- people who are reading the log. The caller has locked the chain.
create function audit_add_month(first_day date) returns void language plpgsql as $$
declare
  partition text := 'audit_events_' || to_char(first_day, 'YYYY_MM');
begin
  if to_regclass(partition) is not null then return; end if;
  execute format('create table %I (like audit_events)', partition);
  execute format('alter table audit_events attach partition %I for values from (%L) to (%L)',
    partition, first_day, (first_day + interval '1 month')::date);
  execute format('create trigger audit_events_whole before truncate on %I
    for each statement execute function refuse_audit_change()', partition);
end $$;

-- Removes the oldest month and keeps the hash of its last event. Returns the number of events; null if the month
-- is not the oldest one, or not over yet. It waits two seconds at most for people who are reading the log.
create function audit_remove_month(first_day date) returns bigint language plpgsql set lock_timeout = '2s' as $$
declare
  partition text := 'audit_events_' || to_char(first_day, 'YYYY_MM');
  removed bigint;
begin
  perform from audit_chain where month > first_day for update;
  if not found or exists (select from audit_events where month < first_day) then return null; end if;
  insert into audit_checkpoints (month, sequence, at, hash, events)
    select month, sequence, at, hash, count(*) over () from audit_events
    where month = first_day order by sequence desc limit 1;
  select coalesce(max(events), 0) into removed from audit_checkpoints where month = first_day;
  execute format('drop table if exists %I', partition);
  return removed;
end $$;
