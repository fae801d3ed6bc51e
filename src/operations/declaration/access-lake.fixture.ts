/** A lake with tables and users for tests of declared people and rights, and the calls that these tests share. */
import { sql } from "kysely";
import { expect } from "vitest";
import { memberOf, openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { mainAccount } from "../../db/tables.ts";
import type { Principal } from "../../identity/principal.ts";
import { declarationApply, type AppliedPlan } from "./apply.ts";
import type { DeclaredAccess } from "./declared-access.ts";
import { accessExport } from "./export-access.ts";

export interface AccessLake extends AsyncDisposable {
  readonly lake: PlainLake;
  addUser(name: string): Promise<void>;
  as(name: string): { readonly principal: Principal };
  /** As the owner of the data directory, or as a user. */
  apply(text: string, more?: object, by?: string): Promise<AppliedPlan>;
  /** In words: `add group analysts: attributes none → country=DE (falls: …)`. */
  steps(text: string, more?: object, by?: string): Promise<readonly string[]>;
  /** Everything that must not change when nothing changes. */
  state(): Promise<{ readonly epoch: bigint; readonly access: DeclaredAccess }>;
  /** The number of the last event of the audit log. */
  events(): Promise<number>;
  /** The error of an apply that is refused as a whole; nothing may have changed. */
  refused(text: string, by?: string): Promise<object>;
  /** Without groups, grants, filters, accounts and units. */
  reset(): Promise<void>;
}

/** The tables are shop.orders and shop.staff; the users are ann, bob and carl. */
export async function openAccessLake(): Promise<AccessLake> {
  const lake = await openPlainLake();
  const { db } = lake.context;
  await (await lake.connect("shop", { orders: labelledTable(3), staff: labelledTable(2) })).sync();
  const users = new Map<string, Principal>();
  const addUser = async (name: string): Promise<void> => void users.set(name, await memberOf(lake, name));
  for (const name of ["ann", "bob", "carl"]) await addUser(name);
  const as: AccessLake["as"] = (name) => ({ principal: users.get(name) as Principal });
  const apply: AccessLake["apply"] = (text, more = {}, by) =>
    lake.ask(declarationApply, { text, ...more }, by === undefined ? {} : as(by));
  const state: AccessLake["state"] = async () => {
    const { epoch } = await db.selectFrom("policy_epoch").select("epoch").executeTakeFirstOrThrow();
    return { epoch, access: await lake.ask(accessExport, {}) };
  };
  return {
    lake,
    addUser,
    as,
    apply,
    steps: async (...asked) => (await apply(...asked)).steps.map(stepText),
    state,
    async events() {
      const { sequence } = await db.selectFrom("audit_chain").select("sequence").executeTakeFirstOrThrow();
      return Number(sequence);
    },
    async refused(text, by) {
      const before = await state();
      const failure: unknown = await apply(text, {}, by).catch((error: unknown) => error);
      expect(await state()).toEqual(before);
      const { code, place, message, remedy } = failure as Record<string, string>;
      return { code, place, message, remedy };
    },
    async reset() {
      for (const table of ["grants", "data_filters", "tag_assignments", "tag_expressions", "tag_values", "tag_keys"])
        await sql`update ${sql.table(table)} set ended_at = now() where ended_at is null`.execute(db);
      await sql`update memberships set ended_at = now()
        where ended_at is null and container_id <> ${mainAccount}`.execute(db);
      await sql`update principals set deleted_at = now() where kind in ('group', 'role') and deleted_at is null`.execute(
        db,
      );
      await sql`update accounts set deleted_at = now(), unit_id = null where id <> ${mainAccount}`.execute(db);
      await db.deleteFrom("org_units").execute();
      await db.deleteFrom("declarations").execute();
    },
    [Symbol.asyncDispose]: () => lake[Symbol.asyncDispose](),
  };
}

function stepText({ change, what, name, details, falls }: AppliedPlan["steps"][number]): string {
  const more = details.length === 0 ? "" : `: ${details.join("; ")}`;
  return `${change} ${what} ${name}${more}${falls.length === 0 ? "" : ` (falls: ${falls.join("; ")})`}`;
}

/** Units, an account, groups and members: eight changes. */
export const declaredPeople = `
organisation:
  units: [europe/romania, europe]
  accounts: { sales: { unit: europe/romania } }
groups:
  analysts: { attributes: { country: DE }, members: [ann, { member: bob, until: 2099-06-30 }] }
  sellers: { account: sales, members: ["group:analysts"] }
`;
export const declaredFilters = `
filters:
  shop.orders:
    some: { rows: "id < 3", except: [label] }
    masked: { masks: { label: { fixed-value: hidden } } }
`;
/** Eight grants. */
export const declaredRights = `
grants:
  - { to: "group:analysts", select: shop.orders, columns: [id] }
  - { to: ann, select: shop.orders, filter: some, until: 2099-01-31 }
  - { to: [ann, "group:sellers"], describe: [shop.*, source shop], operate: source shop }
`;
