-- Imports are runs of the ledger like all others. Which kinds there are, the program says: a new kind needs no migration.
alter table runs drop constraint runs_kind_check;

-- What an attempt adds to its run is where its files are. It is fenced off as its run is: one that is not running cannot commit.
insert into runs (id, source_name, kind, state, started_at)
  select id, label, 'import', 'running', begun_at from import_attempts;
alter table import_attempts
  add constraint import_attempts_run foreign key (id) references runs (id),
  drop column label,
  drop column fenced,
  drop column begun_at;
