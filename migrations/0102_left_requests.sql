-- Somebody who leaves a request that others have made, too, stays known: they asked, so they do not decide on it.
alter table share_request_followers add column left_at timestamptz;
