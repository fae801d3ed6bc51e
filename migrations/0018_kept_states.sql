-- What is no longer of use is let go: states that a table cannot be read at any more, and after some time what ran and committed.
drop index table_commits_by_table;
alter table table_commits
  -- the commit's own, so that a state is found without its commit
  add column sequence bigint,
  -- the states from this one until the table's next row are let go
  add column expired boolean not null default false;
update table_commits set sequence = commits.sequence from commits where commits.id = commit_id;
alter table table_commits alter column sequence set not null;
create index table_commits_by_sequence on table_commits (table_id, sequence);

create index commits_by_run on commits (run_id) where run_id is not null;
create index imported_files_by_commit on imported_files (commit_id);
