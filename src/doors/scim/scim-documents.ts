/** Documents about this door for providers: its features, its resources and their attributes (RFC 7643, sections 5 to 7). */
import type { Json } from "./json.ts";
import { groupSchema } from "./scim-group.ts";
import { userSchema } from "./scim-user.ts";

export const enterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** The most that one page of a list has. */
export const mostResults = 1_000;

export function serviceProviderConfig(base: string): Json {
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: mostResults },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: "oauthbearertoken",
        name: "API key",
        description: "A key made with `headgate key create <name> --provisions <provider>`",
        primary: true,
      },
    ],
    meta: { resourceType: "ServiceProviderConfig", location: `${base}/ServiceProviderConfig` },
  };
}

export function resourceTypes(base: string): readonly Json[] {
  const type = (name: string, schema: string, extensions: readonly string[]): Json => ({
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
    id: name,
    name,
    endpoint: `/${name}s`,
    schema,
    schemaExtensions: extensions.map((extension) => ({ schema: extension, required: false })),
    meta: { resourceType: "ResourceType", location: `${base}/ResourceTypes/${name}` },
  });
  return [type("User", userSchema, [enterpriseSchema]), type("Group", groupSchema, [])];
}

interface Attribute {
  readonly type?: "string" | "boolean" | "complex" | "reference";
  readonly multiValued?: boolean;
  readonly required?: boolean;
  readonly caseExact?: boolean;
  readonly mutability?: "readWrite" | "readOnly" | "immutable";
  readonly uniqueness?: "none" | "server";
  readonly subAttributes?: Readonly<Record<string, Attribute>>;
}

const valued: Attribute = {
  type: "complex",
  multiValued: true,
  subAttributes: { value: {}, display: {}, type: {}, primary: { type: "boolean" } },
};

const userAttributes: Readonly<Record<string, Attribute>> = {
  userName: { required: true, uniqueness: "server" },
  name: {
    type: "complex",
    subAttributes: {
      formatted: {},
      familyName: {},
      givenName: {},
      middleName: {},
      honorificPrefix: {},
      honorificSuffix: {},
    },
  },
  displayName: {},
  nickName: {},
  title: {},
  userType: {},
  preferredLanguage: {},
  locale: {},
  timezone: {},
  active: { type: "boolean" },
  externalId: { caseExact: true },
  emails: valued,
  phoneNumbers: valued,
  roles: valued,
  addresses: {
    type: "complex",
    multiValued: true,
    subAttributes: {
      formatted: {},
      streetAddress: {},
      locality: {},
      region: {},
      postalCode: {},
      country: {},
      type: {},
    },
  },
  groups: {
    type: "complex",
    multiValued: true,
    mutability: "readOnly",
    subAttributes: { value: {}, display: {}, type: {}, $ref: { type: "reference" } },
  },
};

const groupAttributes: Readonly<Record<string, Attribute>> = {
  displayName: { required: true },
  externalId: { caseExact: true },
  members: {
    type: "complex",
    multiValued: true,
    subAttributes: { value: {}, display: {}, type: {}, $ref: { type: "reference" } },
  },
};

const enterpriseAttributes: Readonly<Record<string, Attribute>> = {
  employeeNumber: {},
  costCenter: {},
  organization: {},
  division: {},
  department: {},
  manager: { type: "complex", subAttributes: { value: {}, displayName: {}, $ref: { type: "reference" } } },
};

export function schemas(base: string): readonly Json[] {
  const schema = (id: string, name: string, attributes: Readonly<Record<string, Attribute>>): Json => ({
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
    id,
    name,
    description: name,
    attributes: described(attributes),
    meta: { resourceType: "Schema", location: `${base}/Schemas/${id}` },
  });
  return [
    schema(userSchema, "User", userAttributes),
    schema(groupSchema, "Group", groupAttributes),
    schema(enterpriseSchema, "EnterpriseUser", enterpriseAttributes),
  ];
}

function described(attributes: Readonly<Record<string, Attribute>>): readonly Json[] {
  return Object.entries(attributes).map(([name, attribute]) => ({
    name,
    type: "string",
    multiValued: false,
    description: name,
    required: false,
    caseExact: false,
    mutability: "readWrite",
    returned: "default",
    uniqueness: "none",
    ...attribute,
    ...(attribute.subAttributes === undefined ? {} : { subAttributes: described(attribute.subAttributes) }),
  }));
}

export function listOf(resources: readonly unknown[], total = resources.length, startIndex = 1): Json {
  return {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
    totalResults: total,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}
