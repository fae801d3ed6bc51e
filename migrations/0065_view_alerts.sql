-- Views that nobody can read at the moment, as they were told to each channel of alerts: like alerts, of which a row is
-- one that was noticed, told, and perhaps is over.
create table view_alerts (
  channel text not null,
  view_id uuid not null,
  -- "database.view" and its owner, as they were when it was noticed, because a view may be dropped before it is told
  name text not null,
  owner text not null,
  why text not null,
  noticed_at timestamptz not null,
  told_at timestamptz,
  over_at timestamptz,
  primary key (channel, view_id)
);
