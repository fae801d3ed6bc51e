-- A value of a tag that becomes sensitive, or no longer is, changes how sensitive everything is that has it.
drop trigger tag_values_search on tag_values;
create trigger tag_values_search after update of name, ended_at, is_sensitive on tag_values
  for each row execute function search_tag_renamed();
