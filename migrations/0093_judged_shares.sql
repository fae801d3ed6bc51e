-- A share that nobody decided on gives only what was judged when it was made: whatever is marked sensitive afterwards is
-- closed until somebody decides on it. Decisions on access find this out by themselves, so what marks a thing as sensitive
-- has the epoch of the policy.

create table sensitivity_facts (
  -- a database or a table
  thing_id uuid not null,
  -- null: of the thing itself
  field_id integer,
  -- flag: the text of its pii_flag; demand: its source demands that its columns are judged
  kind text not null check (kind in ('flag', 'demand')),
  -- null: not any more
  value text,
  epoch bigint not null
);
create unique index sensitivity_facts_once on sensitivity_facts (thing_id, field_id, kind) nulls not distinct;
create index sensitivity_facts_by_epoch on sensitivity_facts (epoch);

update policy_epoch set epoch = epoch + 1;
insert into sensitivity_facts (thing_id, field_id, kind, value, epoch)
  select thing_id, field_id, 'flag', value, policy_epoch.epoch from parameters, policy_epoch where key = 'pii_flag';
insert into sensitivity_facts (thing_id, field_id, kind, value, epoch)
  select table_id, null, 'demand', 'yes', policy_epoch.epoch
  from policy_epoch, positions join sources on sources.id = source_id
  where unclassified = 'sensitive';
create trigger sensitivity_facts_epoch before insert or update on sensitivity_facts
  for each row execute function take_policy_epoch();
create trigger sensitivity_facts_kept before delete on sensitivity_facts
  for each row execute function refuse_delete();

create function note_sensitivity(thing uuid, field integer, fact text, text_now text) returns void language plpgsql as $$
begin
  update sensitivity_facts set value = text_now
    where thing_id = thing and field_id is not distinct from field and kind = fact and value is distinct from text_now;
  if found or text_now is null then return; end if;
  insert into sensitivity_facts (thing_id, field_id, kind, value)
    select thing, field, fact, text_now
    where not exists (
      select from sensitivity_facts where thing_id = thing and field_id is not distinct from field and kind = fact);
end $$;

create function note_flag() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' and old.key = 'pii_flag' and (tg_op = 'DELETE' or new.key <> 'pii_flag') then
    perform note_sensitivity(old.thing_id, old.field_id, 'flag', null);
  end if;
  if tg_op <> 'DELETE' and new.key = 'pii_flag' then
    perform note_sensitivity(new.thing_id, new.field_id, 'flag', new.value);
  end if;
  return null;
end $$;
create trigger parameters_flag after insert or update or delete on parameters for each row execute function note_flag();

create function note_demand() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and new.source_id = old.source_id then return null; end if;
  if tg_op = 'DELETE' then
    perform note_sensitivity(old.table_id, null, 'demand', null);
  else
    perform note_sensitivity(new.table_id, null, 'demand',
      (select 'yes' from sources where id = new.source_id and unclassified = 'sensitive'));
  end if;
  return null;
end $$;
create trigger positions_demand after insert or update of source_id or delete on positions
  for each row execute function note_demand();

create function note_demands_of_source() returns trigger language plpgsql as $$
begin
  if new.unclassified = old.unclassified then return null; end if;
  perform note_sensitivity(table_id, null, 'demand', case when new.unclassified = 'sensitive' then 'yes' end)
    from positions where source_id = new.id;
  return null;
end $$;
create trigger sources_demand after update of unclassified on sources
  for each row execute function note_demands_of_source();

-- {"tables": [{"id", "base", "fieldIds", "leftOut"}], "known": ["pii <thing> <field>"]}: the columns that were judged, those
-- that somebody left out later, and the marks that were known; null for a share on which people decided.
alter table shares add column judged jsonb;

-- What was shared without anybody's decision before: with no mark known, everything that is marked now is asked about.
update shares set judged = jsonb_build_object('known', '[]'::jsonb, 'tables', coalesce((
    select jsonb_agg(jsonb_build_object('id', resource_id, 'base', null, 'leftOut', '[]'::jsonb,
      'fieldIds', coalesce(share_items.columns -> 'fieldIds', data_filters.columns -> 'fieldIds', '[]'::jsonb)))
    from share_items left join data_filters on data_filters.id = filter_id
    where share_id = shares.id and resource_kind = 'table'), '[]'::jsonb))
  from share_requests
  where share_requests.id = request_id and share_requests.steps = '[]'::jsonb;

-- new: asks for something. judgement: asks its owner about what was marked or added since a share was made without anybody's
-- decision. extension: asks for a later end of a share. `until_at` is the end that is asked for; null for none.
alter table share_requests
  add column kind text not null default 'new' check (kind in ('new', 'judgement', 'extension')),
  add column about_share uuid references shares,
  add check ((kind = 'new') = (about_share is null));
create index share_requests_about_share on share_requests (about_share) where about_share is not null;

create or replace function note_request_step() returns trigger language plpgsql as $$
begin
  if new.state = 'draft' then return null; end if;
  if tg_op = 'UPDATE' and new.state = old.state and new.round = old.round then return null; end if;
  perform add_sharing_event(event_of_request(new, 'request.' || case
    when new.state <> 'pending' then replace(new.state, '_', '-')
    when new.round > 1 then 'judged-again'
    else 'submitted' end,
    jsonb_build_object('reason', new.end_reason, 'about', nullif(new.kind, 'new'), 'share', new.about_share)));
  return null;
end $$;

-- Somebody has decided on what was marked or added: it is given, or left out.
create function note_share_judged() returns trigger language plpgsql as $$
begin
  if new.judged is distinct from old.judged then
    perform add_sharing_event(event_of_share(new, 'share.judged', '{}'));
  end if;
  return null;
end $$;
create trigger shares_judged_events after update of judged on shares for each row execute function note_share_judged();
