-- Names, activity and roles of users and keys are those of their principals. These two tables only keep what proves who
-- somebody is; their rows can be deleted, and the principals stay.
alter table users drop column role, drop column name, drop column active, drop column created_at,
  add foreign key (id) references principals;
alter table api_keys drop column role, drop column name, drop column created_at,
  add foreign key (id) references principals;
