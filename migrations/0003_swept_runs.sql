-- A run that did not end by itself leaves files behind; the next run of its source removes them, once.
alter table runs
  drop constraint runs_state_check,
  -- lost: its process was gone before it ended
  add constraint runs_state_check check (state in ('running', 'done', 'failed', 'lost')),
  add column swept boolean not null default false;
create index runs_to_sweep on runs (source_id) where state <> 'done' and not swept;
