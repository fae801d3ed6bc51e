-- The digest of the lake table's rows when the position was stored, as the engine computes it; null: never compared.
alter table positions add column content_digest text;
