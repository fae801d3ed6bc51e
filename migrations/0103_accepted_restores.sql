-- Moments at which the owner of the data directory took a restored metadata database into use. What processes have seen of
-- the audit log before such a moment need not be in it.
create table accepted_restores (
  id uuid primary key,
  accepted_at timestamptz not null default clock_timestamp(),
  -- the last event of the restored log
  after_sequence bigint not null
);
