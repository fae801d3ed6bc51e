-- Lists of requests begin with the newest ones, and end before they have read the whole history.
create index share_requests_by_time on share_requests (created_at desc, id desc);
