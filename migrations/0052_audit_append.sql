-- Events are appended by one statement, which is a transaction of its own: before, each needed four round trips.
-- An event also names the role that its actor had assumed.

alter table audit_events add column assumed_role jsonb;

-- Appends events to the end of the chain, which stays locked until the transaction ends. An event is given as the text
-- of its JSON with sorted names, in two parts: up to the value of "at", and from there to the value of "sequence", its
-- last member. given_at is for tests. It waits ten seconds at most.
create function audit_append(up_to_at text[], up_to_sequence text[], given_at text default null) returns void
language plpgsql set lock_timeout = '10s' as $$
declare
  last audit_chain;
  at_text text;
  known_month date;
  event text;
begin
  select * into strict last from audit_chain for update;
  at_text := coalesce(given_at, to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'));
  known_month := last.month;
  last.month := greatest(known_month, date_trunc('month', left(at_text, 10)::date)::date);
  if last.month <> known_month then perform audit_add_month(last.month); end if;
  for i in 1 .. cardinality(up_to_at) loop
    last.sequence := last.sequence + 1;
    event := up_to_at[i] || at_text || up_to_sequence[i] || last.sequence || '}';
    insert into audit_events
      select last.sequence, last.month, at_text::timestamptz, kind, "principalKind", "principalId", principal,
        "accountId", operation, action, resources, outcome, because, details, last.hash,
        sha256(convert_to(encode(last.hash, 'hex') || E'\n' || event, 'UTF8')), "assumedRole"
      from jsonb_to_record(event::jsonb) as given (
        kind text, "principalKind" text, "principalId" uuid, principal text, "accountId" uuid, operation text,
        action text, resources jsonb, outcome text, because text, details jsonb, "assumedRole" jsonb)
      returning hash into last.hash;
  end loop;
  update audit_chain set sequence = last.sequence, month = last.month, hash = last.hash;
end $$;
