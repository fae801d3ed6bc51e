-- The declaration that gave an account its lake, so that the lake can go when it is no longer declared; null for a command.
alter table account_lakes add column origin text;
