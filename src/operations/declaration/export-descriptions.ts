/** Descriptions of databases and tables in the form of headgate.yaml, for those who may alter them. */
import { isDeepStrictEqual } from "node:util";
import { mapLimit } from "../../base/limit.ts";
import { formatName, tableLabel } from "../../catalog/table-name.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { principalLabel } from "../../identity/principal-name.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import { termsOf } from "../../stewardship/glossary.ts";
import { saidOf, type Said } from "../../stewardship/said-of.ts";
import type { Context } from "../context.ts";
import { securableThing, tableThing, type DescribedThing } from "../stewardship/described-thing.ts";
import type { DeclaredDescription, DeclaredDescriptions, DeclaredGlossary } from "./declared-descriptions.ts";

type IsWanted = (thing: { readonly origin: string | null }) => boolean;

interface Exported {
  readonly glossary: DeclaredGlossary;
  readonly descriptions: DeclaredDescriptions;
}

export async function exportedDescriptions(context: Context, asking: Asking, isWanted: IsWanted): Promise<Exported> {
  const things = await alteredThings(context, asking);
  const said = await saidOf(
    context.db,
    things.map(({ id }) => id),
  );
  const known = new Map((await context.catalog.entries()).map((entry) => [entry.id, tableLabel(entry)]));
  const described = await mapLimit(things, readAtOnce, async (thing) => {
    const fields =
      thing.table === undefined ? [] : currentSchema((await context.catalog.load(thing.table)).metadata).fields;
    const parts = { said: wantedOf(said(thing.id), isWanted), fields, labelOf: (id: string) => known.get(id) };
    return [thing.label, descriptionOf(parts)] as const;
  });
  const terms = asking.accountId === undefined ? [] : await termsOf(context.db, asking.accountId);
  return {
    glossary: Object.fromEntries(terms.filter(isWanted).map(({ name, definition }) => [name, definition])),
    descriptions: Object.fromEntries(described.filter(([, one]) => !isDeepStrictEqual(one, nothingSaid))),
  };
}

const readAtOnce = 16;

const nothingSaid: DeclaredDescription = { parameters: {}, terms: [], owners: [], stewards: [], columns: {} };

/** A name of another account's database would mean a table here, so that only tables of others are there. */
async function alteredThings({ db, catalog }: Context, asking: Asking): Promise<readonly DescribedThing[]> {
  const own = db.selectFrom("databases").select(["id", "name", "account_id as accountId"]).orderBy("name");
  const databases = await own.where("account_id", "=", asking.accountId ?? null).execute();
  const all = [
    ...databases.map((one): DescribedThing => ({
      ...one,
      kind: "database",
      label: formatName([one.name]),
      table: undefined,
    })),
    ...(await catalog.entries()).map(tableThing),
  ];
  return all.filter((thing) => decideFor(asking, "annotate", securableThing(thing)).allowed);
}

function wantedOf(said: Said, isWanted: IsWanted): Said {
  return {
    ...said,
    parameters: said.parameters.filter(isWanted),
    attachments: said.attachments.filter(isWanted),
    stewards: said.stewards.filter((one) => !one.isGone && isWanted(one)),
    mark: said.mark !== undefined && isWanted(said.mark) ? said.mark : undefined,
  };
}

interface Parts {
  readonly said: Said;
  readonly fields: readonly { readonly id: number; readonly name: string }[];
  labelOf(tableId: string): string | undefined;
}

function descriptionOf({ said, fields, labelOf }: Parts): DeclaredDescription {
  const columns = fields.map(({ id, name }) => [name, levelOf(said, id)] as const);
  const namedAs = (role: "owner" | "steward"): string[] =>
    said.stewards.filter((one) => one.role === role).map(principalLabel);
  return {
    ...levelOf(said, undefined),
    owners: namedAs("owner"),
    stewards: namedAs("steward"),
    ...markOf(said.mark, labelOf),
    columns: Object.fromEntries(
      columns.filter(([, level]) => !isDeepStrictEqual(level, { parameters: {}, terms: [] })),
    ),
  };
}

function levelOf(said: Said, fieldId: number | undefined): DeclaredDescription["columns"][string] {
  const own = said.parameters.filter(({ on }) => on.fieldId === fieldId).map(({ key, value }) => [key, value] as const);
  const { description, ...parameters } = Object.fromEntries(own);
  const terms = said.attachments.filter(({ on }) => on.fieldId === fieldId).map(({ term }) => term.name);
  return { ...(description === undefined ? {} : { description }), parameters, terms };
}

function markOf(mark: Said["mark"], labelOf: Parts["labelOf"]): Pick<DeclaredDescription, "certified" | "deprecated"> {
  if (mark === undefined) return {};
  const { reason, successorId } = mark;
  if (mark.mark === "certified") return { certified: reason };
  const successor = successorId === undefined ? undefined : labelOf(successorId);
  return { deprecated: { reason, ...(successor === undefined ? {} : { successor }) } };
}
