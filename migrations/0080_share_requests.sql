-- Share requests: somebody asks that an account, or they themselves, may read something, and other people decide in the
-- steps of a process. Requests are never deleted: a denial is a normal end, and who decided stays known.

-- Versions of processes. A running request keeps the version with which it began, so versions are only ever added.
create table share_processes (
  id uuid primary key,
  -- the account whose things it is about; null for the process of the lake, which comes first for everybody
  account_id uuid references accounts,
  version integer not null,
  -- {"rules": […]}: approvers by the ids of principals, so that a name that is used again decides nothing
  definition jsonb not null,
  -- the declaration that made it; null for a command
  origin text,
  made_at timestamptz not null default clock_timestamp(),
  made_by uuid references principals,
  -- when another version took its place, or the process was removed
  ended_at timestamptz,
  unique nulls not distinct (account_id, version)
);
create unique index share_processes_open on share_processes (account_id) nulls not distinct where ended_at is null;

create table share_requests (
  id uuid primary key,
  -- what people write: short, and telling nothing of how many there are
  handle text not null unique,
  source_account_id uuid not null references accounts,
  target_kind text not null check (target_kind in ('account', 'unit', 'principal')),
  target_id uuid not null,
  -- the account in which the requester acted
  account_id uuid references accounts,
  -- null for the owner of the data directory
  requester_id uuid references principals,
  -- the user behind the requester: one who has assumed a role, or who owns the key
  person_id uuid references principals,
  purpose text not null,
  answers jsonb not null default '{}',
  product_id uuid,
  terms_version integer,
  may_reshare boolean not null default false,
  -- the end that was asked for; null for none
  until_at timestamptz,
  -- the same for requests that ask for the same thing for the same target
  fingerprint text not null,
  state text not null
    check (state in ('draft', 'pending', 'approved', 'partly_approved', 'denied', 'withdrawn', 'expired')),
  -- how often it was judged; decisions of earlier rounds no longer count
  round integer not null default 0,
  -- what was found at the latest judgement: {"class", "relation", "findings", "rule"}
  judgement jsonb,
  -- the steps that this led to
  steps jsonb not null default '[]',
  -- the versions of processes that it keeps
  process_ids uuid[] not null default '{}',
  -- the request whose share this one adds newly found tables or columns to
  extends_id uuid references share_requests,
  created_at timestamptz not null default clock_timestamp(),
  submitted_at timestamptz,
  judged_at timestamptz,
  -- undecided at this moment, it is expired, whether or not anything has noticed
  decide_by timestamptz,
  ended_at timestamptz,
  end_reason text,
  -- the share that it led to
  share_id uuid
);
create unique index share_requests_open on share_requests (fingerprint) where state = 'pending';
create index share_requests_pending on share_requests (submitted_at) where state = 'pending';
create index share_requests_by_target on share_requests (target_id, created_at);
create index share_requests_by_source on share_requests (source_account_id, created_at);
create index share_requests_by_requester on share_requests (requester_id, created_at);

-- Others who asked for the same while the request was open.
create table share_request_followers (
  request_id uuid not null references share_requests,
  principal_id uuid not null references principals,
  purpose text not null,
  joined_at timestamptz not null default clock_timestamp(),
  primary key (request_id, principal_id)
);
create index share_request_followers_by_principal on share_request_followers (principal_id);

create table share_request_items (
  id uuid primary key,
  request_id uuid not null references share_requests,
  position integer not null,
  kind text not null check (kind in ('database', 'tables', 'table')),
  -- a table, or the database of the other kinds
  thing_id uuid not null,
  database_id uuid not null,
  -- {"mode": "include" | "exclude", "fieldIds": […]}; null for all columns
  columns jsonb,
  row_text text,
  row_predicate jsonb,
  -- the tables that were judged, with the columns that they had: [{"id", "fieldIds"}]. Nothing else is ever shared.
  judged jsonb not null default '[]',
  -- why it was left out at the end of the request, if it was
  left_out text
);
create index share_request_items_by_request on share_request_items (request_id);

create table share_decisions (
  id uuid primary key,
  request_id uuid not null references share_requests,
  round integer not null,
  -- the place of the step among all steps
  step integer not null,
  -- null for the owner of the data directory
  principal_id uuid references principals,
  -- the person, also behind a role that they have assumed
  person_id uuid references principals,
  -- by what right: as an owner, a deputy of somebody, …
  standing text not null,
  verdict text not null check (verdict in ('approve', 'deny')),
  item_ids uuid[] not null,
  comment text,
  -- what the approver took away: [{"item", "columns", "rowText", "rowPredicate"}]
  narrowed jsonb not null default '[]',
  until_at timestamptz,
  channel text not null,
  decided_at timestamptz not null default clock_timestamp()
);
create index share_decisions_by_request on share_decisions (request_id);
create index share_decisions_by_person on share_decisions (person_id, decided_at);

-- Who decides in the place of somebody who is away.
create table approver_absences (
  id uuid primary key,
  principal_id uuid not null references principals,
  deputy_id uuid not null references principals,
  from_at timestamptz not null,
  until_at timestamptz not null,
  ended_at timestamptz,
  made_at timestamptz not null default clock_timestamp(),
  check (from_at < until_at)
);
create index approver_absences_open on approver_absences (principal_id) where ended_at is null;
