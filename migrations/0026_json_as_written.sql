-- jsonb refuses the character U+0000, which the texts of some databases hold, so one value in a bound, an example or an error
-- would fail a run. json keeps the text that was written, and nothing here looks into it.
alter table staged_splits alter column files type json using files::json;
alter table runs
  alter column report type json using report::json,
  alter column progress type json using progress::json;
alter table table_failures alter column error type json using error::json;
alter table schedules alter column last_error type json using last_error::json;
