-- Of a run under way: what it is at, for whoever watches from another process.
alter table runs add column progress jsonb;
