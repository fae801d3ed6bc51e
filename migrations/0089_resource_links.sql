-- Resource links: the names that an account has for what other accounts share with it. A link gives no right.

create table resource_links (
  id uuid primary key,
  -- the account in which the name is read
  account_id uuid not null references accounts,
  kind text not null check (kind in ('database', 'table')),
  database text not null,
  -- of a table; null: all tables of the target have names in this database
  name text check ((name is null) = (kind = 'database')),
  -- a table, a view, or a database of another account
  target_id uuid not null,
  -- how the target was called when the link was made, for a target that is gone
  target_label text not null,
  -- the share by which the target is known; null for one that is known by other grants
  share_id uuid references shares,
  -- 'share' for one that was made with the share, 'yaml' for a declaration; null for a command
  origin text,
  made_by uuid references principals,
  made_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz
);
create unique index resource_links_by_name on resource_links (account_id, lower(database), lower(name))
  nulls not distinct where ended_at is null;
create index resource_links_by_target on resource_links (target_id) where ended_at is null;
