-- What an account may use: bytes that its tables keep, and statements and engine time of each UTC day.
create table account_budgets (
  account_id uuid primary key references accounts,
  -- null: no limit
  max_bytes bigint check (max_bytes > 0),
  max_statements bigint check (max_statements > 0),
  max_engine_ms bigint check (max_engine_ms > 0),
  -- from this part of a limit on, people are warned
  warn_percent integer not null check (warn_percent between 1 and 100),
  -- the declaration that made it; null for a command
  origin text
);

-- Counted while the account has a budget of the day. Engine time is booked in pieces before it is used, and what was not
-- used is given back, so a process that is killed leaves nothing unbooked.
create table account_usage (
  account_id uuid not null references accounts,
  day date not null,
  statements bigint not null,
  engine_ms bigint not null,
  primary key (account_id, day)
);

-- The bytes of all data and delete files that the table's snapshots reach, moved by the commits that change them; null for
-- a table that was made before this was counted, until somebody needs the number.
alter table tables add column kept_bytes bigint;

-- Budgets that are nearly or wholly used, as they were told to each channel of alerts: like alerts, of which a row is one that
-- was noticed, told, and perhaps is over.
create table budget_alerts (
  channel text not null,
  account_id uuid not null,
  measure text not null check (measure in ('bytes', 'statements', 'engine time')),
  level text not null check (level in ('low', 'spent')),
  -- as they were when it was noticed
  account text not null,
  used bigint not null,
  most bigint not null,
  noticed_at timestamptz not null,
  told_at timestamptz,
  over_at timestamptz,
  primary key (channel, account_id, measure, level)
);
