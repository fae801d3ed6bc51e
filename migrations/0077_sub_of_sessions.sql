-- A provider that ends sessions by itself names people by `sub`, also where another claim says who somebody is here.
alter table sessions add column provider_sub text;
update sessions set provider_sub = subject from identity_providers
  where identity_providers.id = sessions.provider_id and identity_providers.subject_claim = 'sub';

-- Attributes of users that the provider provisions, by name: the part of the user of SCIM that each comes from.
alter table identity_providers add column provisioned_attributes jsonb not null default '{}';
