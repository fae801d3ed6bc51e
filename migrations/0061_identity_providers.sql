-- People who sign in through an identity provider of their company (OpenID Connect), and what a provider may say of them.

-- Somebody who signs in only through a provider has no password.
alter table users alter column password_hash drop not null;

create table identity_providers (
  id uuid primary key,
  -- as in the paths of the sign-in page
  name text not null,
  -- on the button
  title text not null,
  issuer text not null,
  client_id text not null,
  -- sealed with the key file; null for a client that has none
  client_secret bytea,
  scopes text[] not null,
  -- the claim that says for ever who somebody is
  subject_claim text not null check (subject_claim in ('sub', 'oid')),
  name_claim text not null,
  -- the account of the users that it makes
  account_id uuid not null references accounts,
  creates_users boolean not null,
  -- the claims, and their values, without which nobody is let in
  required jsonb not null default '{}',
  -- the claim whose values stand for groups; null for none
  groups_claim text,
  -- attributes of users, by name: the claim that each comes from
  attributes jsonb not null default '{}',
  origin text,
  created_at timestamptz not null default clock_timestamp(),
  -- grows with each change, so that other processes look at the provider anew
  version bigint not null default 1,
  deleted_at timestamptz
);
create unique index identity_providers_by_name on identity_providers (name) where deleted_at is null;

-- Which values of the groups claim stand for which groups, by their ids: a new group of the same name gets no members.
create table identity_provider_groups (
  provider_id uuid not null references identity_providers,
  value text not null,
  group_id uuid not null references principals,
  primary key (provider_id, value, group_id)
);

-- Who somebody of a provider is here. It stays when its user is removed, so that nobody comes back as somebody new.
create table identities (
  issuer text not null,
  subject text not null,
  user_id uuid not null references principals,
  -- null for the provider itself, which made the user
  linked_by uuid references principals,
  created_at timestamptz not null default clock_timestamp(),
  used_at timestamptz,
  primary key (issuer, subject)
);
create index identities_by_user on identities (user_id);

-- Sign-ins that have begun and not returned. The state and the browser's cookie are kept as digests only.
create table begun_sign_ins (
  state_digest bytea primary key,
  browser_digest bytea not null,
  provider_id uuid not null references identity_providers,
  -- the user who links an identity with themselves; null for somebody who signs in
  link_user_id uuid references principals,
  -- the address at which our pages were asked for
  origin text not null,
  created_at timestamptz not null default clock_timestamp()
);
create index begun_sign_ins_by_age on begun_sign_ins (created_at);

alter table sessions
  -- for a session that a provider opened
  add column provider_id uuid references identity_providers,
  add column subject text,
  -- the provider's own name of its session
  add column provider_session text,
  -- sealed with the key file: the provider wants it back when its session is to end
  add column id_token bytea;

-- Whoever knows a key's secret must not go on with it after they have left.
alter table api_keys add column owner_id uuid references principals;
