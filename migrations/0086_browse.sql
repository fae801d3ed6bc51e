-- Things can be found by people who may not read them: by the permission BROWSE, also on products, and granted to the
-- whole organisation at once.

-- `unit:*`: everybody who acts in an account that is not outside. It stands above all units, and is none of them.
insert into principals (id, kind, name) values ('00000000-0000-0000-0000-0000000000e0', 'unit', '*');

alter table grants drop constraint grants_resource_kind_check;
alter table grants add constraint grants_resource_kind_check check (resource_kind in
  ('lake', 'account', 'database', 'tables', 'table', 'source', 'location', 'tag', 'tag-value', 'expression',
   'product'));
