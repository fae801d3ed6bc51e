-- E-mail about share requests: who wants it at which address, what waits to be sent, and the links in it.

create table mail_subscriptions (
  id uuid primary key,
  principal_id uuid not null references principals,
  address text not null,
  -- the digest of the code that was sent to the address; whoever reads its mail confirms with it
  code_digest bytea not null,
  made_at timestamptz not null default clock_timestamp(),
  confirmed_at timestamptz,
  ended_at timestamptz
);
create unique index mail_subscriptions_open on mail_subscriptions (principal_id, lower(address)) where ended_at is null;

-- One row for each mail. What it says is written when it is sent, so that no link ever lies in the database in clear.
create table mail_outbox (
  id uuid primary key,
  -- equal for mails about the same event to the same address, of which there is one
  event text not null unique,
  kind text not null check (kind in ('decide', 'reminder', 'ended')),
  request_id uuid not null references share_requests,
  principal_id uuid not null references principals,
  address text not null,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'dead', 'dropped')),
  attempts integer not null default 0,
  made_at timestamptz not null default clock_timestamp(),
  -- not before this moment; while a process sends it, until the moment when another one may
  next_at timestamptz not null default clock_timestamp(),
  sent_at timestamptz,
  failure text
);
create index mail_outbox_waiting on mail_outbox (next_at) where state = 'waiting';

create table decision_links (
  token_digest bytea primary key,
  request_id uuid not null references share_requests,
  -- a request that was judged again has other links
  round integer not null,
  -- the approver to whom it was sent: it is of no use to anybody else
  principal_id uuid not null references principals,
  verdict text not null check (verdict in ('approve', 'deny')),
  made_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  used_at timestamptz
);

-- Whether everybody has been told of the end.
alter table share_requests add column told_at timestamptz;
create index share_requests_untold on share_requests (ended_at) where told_at is null and ended_at is not null;
