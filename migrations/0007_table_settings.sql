-- Settings of a table are more than its mode: whether rows that the source deletes stay, marked, and whether changes are kept.
alter table capture_modes rename to table_settings;
alter table table_settings
  -- null: nobody chose
  alter column mode drop not null,
  add column soft_delete boolean not null default false,
  add column history boolean not null default false;
