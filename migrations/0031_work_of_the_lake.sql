-- A schedule may concern the whole lake. Which actions there are, and which of them may do without a source, the program says
-- (src/operations/scheduled/): a new kind of work needs no migration.
alter table schedules
  alter column source_id drop not null,
  drop constraint schedules_action_check;
