-- Proposals that columns hold personal data, and what people decided about them. Bound to ids, so that a rename keeps them.
-- Nothing here contains a value of a row: evidence is counts, rates and parts of names.
create table pii_proposals (
  table_id uuid not null references tables on delete cascade,
  field_id integer not null,
  class text not null,
  state text not null default 'open' check (state in ('open', 'confirmed', 'rejected')),
  -- in hundredths
  confidence integer not null check (confidence between 0 and 100),
  evidence jsonb not null,
  -- of what kind the values were: rates. A rejected proposal is made again only when they change.
  kind jsonb not null,
  -- why it was made again after it had been rejected
  reason text,
  -- the run after which it was made; null for a scan on demand
  run_id uuid,
  proposed_at timestamptz not null default clock_timestamp(),
  decided_at timestamptz,
  -- null for the owner of the data directory
  decided_by uuid references principals,
  primary key (table_id, field_id, class)
);
create index pii_proposals_by_run on pii_proposals (run_id);

-- The columns of a table that the classifier has looked at, so that only new ones are looked at after a commit.
create table pii_scans (
  table_id uuid primary key references tables on delete cascade,
  fields integer[] not null,
  scanned_at timestamptz not null default clock_timestamp()
);

-- Whether columns about which no person has decided count as sensitive.
alter table sources add column unclassified text not null default 'ordinary'
  check (unclassified in ('ordinary', 'sensitive'));
