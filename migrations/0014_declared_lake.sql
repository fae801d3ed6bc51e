-- Where the lake is, as it was declared; one row at most. Flags and environment go before it.
create table declared_lake (
  is_only boolean primary key default true check (is_only),
  settings jsonb not null
);
