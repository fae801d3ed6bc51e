-- An account that `doctor governance` makes for its canaries and removes again. While one exists, it is no second account:
-- a right on the only other account stays a right on the lake.
alter table accounts add column is_canary boolean not null default false;
