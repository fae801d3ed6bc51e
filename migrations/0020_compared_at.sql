-- When the rows of a table were last compared by their content. A proof by the source's log sees no writes that were kept out of the
-- log, so it is believed for some time only.
alter table positions add column compared_at timestamptz;
