-- Where the files of a registered table may lie besides its own location, as it was decided when it was registered.
-- Whatever its metadata names elsewhere is never opened.
alter table tables add column places text[] not null default '{}';

-- One epoch for all that a transaction changes: its first change takes the epoch and the lock on it, both of which last
-- until the transaction ends. To take one for each row made PostgreSQL go through all earlier versions of the one row
-- of policy_epoch, so that the time grew with the square of the number of rows. The setting belongs to the transaction:
-- it is undone with a savepoint, as the new epoch is.
create or replace function take_policy_epoch() returns trigger language plpgsql as $$
declare
  taken text := current_setting('headgate.policy_epoch', true);
begin
  if taken is null or taken = '' then
    update policy_epoch set epoch = epoch + 1 returning epoch into new.epoch;
    perform set_config('headgate.policy_epoch', new.epoch::text, true);
  else
    new.epoch := taken::bigint;
  end if;
  return new;
end $$;

-- For what was passed on from a grant.
create index grants_by_parent on grants (parent_id) where ended_at is null;
