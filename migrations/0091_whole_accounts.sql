-- What an account is for, who answers for it, and its removal with everything in it.
alter table accounts
  -- a producer offers data to other accounts, a consumer receives it
  add column is_producer boolean not null default true,
  add column is_consumer boolean not null default true,
  add constraint accounts_of_some_kind check (is_producer or is_consumer),
  -- the user who answers for it; they may have been removed since
  add column owner_id uuid,
  -- since when it is being removed: nobody acts in it or finds it by name, and its files are deleted
  add column removing_since timestamptz,
  -- whether its files stay where they are
  add column keeps_files boolean not null default false;

-- Locations whose files are still to be deleted, so that a removal that was interrupted can be finished.
create table account_leftovers (
  account_id uuid not null references accounts,
  location text not null,
  primary key (account_id, location)
);
