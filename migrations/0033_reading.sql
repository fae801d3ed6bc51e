-- How the rows of a source that is no database are read, as far as somebody set it: JSON text of its connector.
alter table table_settings add column reading text;
