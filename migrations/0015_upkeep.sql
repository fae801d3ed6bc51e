-- Upkeep is scheduled like everything else.
alter table schedules drop constraint schedules_action_check;
alter table schedules add constraint schedules_action_check check (action in ('sync', 'reconcile', 'repair', 'maintain'));
