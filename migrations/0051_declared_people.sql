-- Where units, accounts, groups, roles and members come from: 'yaml' for headgate.yaml; null for a command, the API, or
-- Headgate itself. An apply changes and removes only what an apply has made.
alter table org_units add column origin text;
alter table accounts add column origin text;
alter table principals add column origin text;
alter table memberships add column origin text;
