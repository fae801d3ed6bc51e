-- Shares: what one account lets another account, an org unit, or a person have, and until when. The rights themselves are
-- grants with the share's id; they count only while the share is active and its end has not come.

create table shares (
  id uuid primary key,
  -- the request that it answers and the product that it is of; null for a share that was made without one
  request_id uuid,
  product_id uuid,
  source_account_id uuid not null references accounts,
  -- an account, a unit, or somebody who can act
  target_kind text not null check (target_kind in ('account', 'unit', 'principal')),
  target_id uuid not null references principals,
  state text not null check (state in ('awaiting_acceptance', 'active', 'suspended', 'revoked', 'rejected')),
  -- at this moment it is over, whatever its state
  valid_until timestamptz,
  may_reshare boolean not null default false,
  -- null for the owner of the data directory
  made_by uuid references principals,
  origin text,
  created_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  ended_by uuid references principals,
  end_reason text,
  epoch bigint not null,
  check ((ended_at is not null) = (state in ('revoked', 'rejected')))
);
create index shares_by_target on shares (target_id);
create index shares_by_source on shares (source_account_id);
create index shares_by_request on shares (request_id);
create trigger shares_epoch before insert or update on shares for each row execute function take_policy_epoch();
create trigger shares_kept before delete on shares for each row execute function refuse_delete();

create table share_items (
  id uuid primary key,
  share_id uuid not null references shares,
  resource_kind text not null check (resource_kind in ('database', 'tables', 'table')),
  resource_id uuid not null,
  -- like those of a grant
  columns jsonb,
  filter_id uuid references data_filters,
  -- the grant by which the share gives it
  grant_id uuid not null,
  ended_at timestamptz
);
create index share_items_by_share on share_items (share_id);

-- What the administrators of an account that is not of the organisation accept or reject before anything can be read.
create table invitations (
  id uuid primary key,
  share_id uuid not null references shares,
  state text not null check (state in ('pending', 'accepted', 'rejected', 'withdrawn')),
  sent_at timestamptz not null default clock_timestamp(),
  -- a pending one that is older has lapsed
  expires_at timestamptz not null,
  decided_at timestamptz,
  decided_by uuid references principals
);
create unique index invitations_pending on invitations (share_id) where state = 'pending';
create index invitations_by_share on invitations (share_id);

alter table grants
  add column share_id uuid references shares,
  -- the account by whose share it was passed on, and in which it counts
  add column account_id uuid references accounts;
create index grants_by_share on grants (share_id) where ended_at is null;
