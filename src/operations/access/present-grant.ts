/** Grants as answers show them: names instead of ids. */
import { z } from "zod";
import type { Asking } from "../../governance/asking.ts";
import { grantState, grantStates } from "../../governance/grant-state.ts";
import { permissions } from "../../governance/permission.ts";
import type { Grant } from "../../governance/policy.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import { principalLabel } from "../../identity/principal-name.ts";
import { instant, list, texts } from "../answers.ts";
import type { Context } from "../context.ts";
import { knownTo } from "../known-to.ts";
import { presentColumns } from "./column-names.ts";
import { resourceNames, type NamedResource } from "./granted-on.ts";

export const presentedColumns = z
  .strictObject({ mode: z.enum(["include", "exclude"]), names: texts })
  .meta({ title: "GrantedColumns" });

export const grantedOnWords =
  "database.table, database.*, database <name>, source <name>, account <name>, lake; tags <key>=<value>,<value> … or expression <name> for whatever has these tags; tag <key> or tag <key>=<value> for tags themselves.";

export const presentedGrant = z
  .strictObject({
    id: z.string(),
    to: z.string().describe("A user by name, or group:<name>, role:<name>, key:<name>, account:<name>, unit:<path>."),
    permissions: list(z.enum(permissions)),
    on: z.string().describe(grantedOnWords),
    columns: presentedColumns.nullable().describe("Null for all columns."),
    filter: z.string().nullable().describe("The data filter of the table that limits what is shown."),
    grantable: z.boolean().describe("Whether the holder may pass it on."),
    from: instant.nullable(),
    until: instant.nullable(),
    grantedBy: z.string().describe("local is the owner of the data directory."),
    passedOnFrom: z.string().nullable().describe("The id of the grant with which this one ends."),
    origin: z
      .string()
      .nullable()
      .describe(
        "role:<name> for a role in an account, yaml for headgate.yaml, set:<name> for a set of grants; null for a single grant.",
      ),
    state: z.enum(grantStates),
    why: z.string().optional().describe("Why it gives nothing."),
  })
  .meta({ title: "Grant" });

export type PresentedGrant = z.infer<typeof presentedGrant>;

type Lookup = Pick<Context, "db" | "catalog">;

export async function grantPresenter(
  context: Lookup,
  asking: Asking,
): Promise<(grant: Grant) => Promise<PresentedGrant>> {
  const nameOf = await resourceNames(context, asking);
  return async (grant) => {
    const named = nameOf(grant.on);
    const { state, why } = grantState(grant, asking);
    return {
      id: grant.id,
      to: principalText(asking, grant.principalId),
      permissions: [...grant.permissions],
      on: named.label,
      columns: await columnsOf(context, asking, { grant, named }),
      filter: filterName(asking, grant),
      grantable: grant.grantable.size > 0,
      from: instantOf(grant.valid.from),
      until: instantOf(grant.valid.until),
      grantedBy: grant.grantedBy === undefined ? "local" : principalText(asking, grant.grantedBy),
      passedOnFrom: grant.parentId ?? null,
      origin: grant.origin ?? null,
      state: named.isGone ? "inactive" : state,
      why: named.isGone ? "what it is on was removed" : why,
    };
  };
}

export function principalText({ policy }: Asking, id: string): string {
  const found = policy.principals.get(id);
  return found === undefined ? "somebody who was removed" : principalLabel(found);
}

function filterName({ policy }: Asking, { filterId }: Grant): string | null {
  return filterId === undefined ? null : (policy.filters.get(filterId)?.name ?? "a filter that was removed");
}

interface NamedGrant {
  readonly grant: Grant;
  readonly named: NamedResource;
}

async function columnsOf({ catalog }: Lookup, asking: Asking, { grant, named }: NamedGrant) {
  if (grant.columns.mode === "all" || named.table === undefined) return presentColumns(grant.columns, []);
  const { fields } = currentSchema((await catalog.load(named.table)).metadata);
  return presentColumns(grant.columns, fields, knownTo(asking)(named.table).isColumn);
}

export function instantOf(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}
