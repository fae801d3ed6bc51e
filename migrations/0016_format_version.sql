-- Of Iceberg, that a table shall be in. Null: as it is, and 2 for a new one.
alter table table_settings add column format_version integer check (format_version in (2, 3));
