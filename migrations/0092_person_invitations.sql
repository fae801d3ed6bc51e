-- A one-time password that was sent by e-mail ends at this moment; null for one that does not end by time.
alter table users add column password_expires_at timestamptz;

-- Invitations of people by e-mail. The password is made when the mail is sent, so that it never lies here in clear.
create table person_invitations (
  id uuid primary key,
  user_id uuid not null references principals,
  address text not null,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed', 'accepted', 'withdrawn', 'replaced')),
  attempts integer not null default 0,
  -- not before this moment; while a process sends it, until the moment when another one may
  next_at timestamptz not null default clock_timestamp(),
  -- when the password in the latest mail ends
  expires_at timestamptz,
  failure text,
  made_by uuid references principals,
  made_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz
);
create unique index person_invitations_open on person_invitations (user_id) where state in ('waiting', 'sent', 'failed');
create index person_invitations_waiting on person_invitations (next_at) where state = 'waiting';
