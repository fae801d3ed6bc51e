/** Identity providers in headgate.yaml: made once, changed, and removed; their secrets are stored sealed and shown nowhere. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { identityProviderAdd, identityProviderRemove } from "../people/identity-providers.ts";
import { openAccessLake, type AccessLake } from "./access-lake.fixture.ts";
import { accessExport } from "./export-access.ts";

let world: AccessLake;
beforeAll(async () => void (world = await openAccessLake()));
afterEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const company = (more = "") => `
groups:
  analysts: {}
identity_providers:
  company:
    issuer: https://login.example.com
    client_id: headgate
    client_secret: { env: COMPANY_SECRET }
    groups: { claim: roles, values: { lake-analysts: analysts } }
    ${more}
`;
const secret = { clientSecrets: { company: "one" } };

test("are made once, changed where they differ, and removed with the file", async () => {
  const [, made = "", ...more] = await world.steps(company(), secret);
  expect([made, more]).toEqual([expect.stringMatching(/^add identity provider company: .*; client secret$/), []]);
  expect(made).not.toContain("one;");
  const before = await world.state();
  expect(await world.steps(company(), secret)).toEqual([]);
  expect(await world.steps(company(), {}), "without a secret, the stored one stays").toEqual([]);
  expect(await world.state()).toEqual(before);
  expect(await world.steps(company(), { clientSecrets: { company: "two" } })).toEqual([
    "change identity provider company: client secret",
  ]);
  expect(await world.steps(company("create_users: true"), {})).toEqual([
    "change identity provider company: createsUsers false → true",
  ]);
  const exported = await world.lake.ask(accessExport, { declared: true });
  expect(exported.identity_providers).toMatchObject({
    company: {
      client_id: "headgate",
      create_users: true,
      groups: { claim: "roles", values: { "lake-analysts": "analysts" } },
    },
  });
  expect(JSON.stringify(exported)).not.toContain("two");
  expect(await world.steps("groups: { analysts: {} }")).toEqual(["remove identity provider company"]);
});

test("are refused where they would let in anybody, and where a command made one of the name", async () => {
  expect(
    await world.refused(company("create_users: true").replace("login.example.com", "accounts.google.com")),
  ).toMatchObject({
    code: "PROVIDER_INVALID",
  });
  expect(await world.refused(company().replace("https", "http"))).toMatchObject({ code: "PROVIDER_INVALID" });
  expect(await world.refused(company(), "ann")).toMatchObject({ code: "NOT_ALLOWED" });
  const unreachable = { name: "company", issuer: "http://127.0.0.1:1", clientId: "x" };
  await expect(world.lake.ask(identityProviderAdd, unreachable)).rejects.toMatchObject({
    code: "PROVIDER_UNREACHABLE",
  });
  await expect(world.lake.ask(identityProviderRemove, { name: "company" })).rejects.toMatchObject({
    code: "PROVIDER_NOT_FOUND",
  });
});

test("accounts whose members need an authenticator are a list, and are left alone without one", async () => {
  expect(await world.steps("organisation: { require_codes: [main] }")).toEqual(["change account main: requires codes"]);
  expect(await world.steps("groups: {}")).toEqual([]);
  expect((await world.lake.ask(accessExport, {})).organisation.require_codes).toEqual(["main"]);
  expect(await world.steps("organisation: { require_codes: [] }")).toEqual(["change account main: requires no codes"]);
  expect(await world.refused("organisation: { require_codes: [nowhere] }")).toMatchObject({
    code: "ACCOUNT_NOT_FOUND",
  });
});
