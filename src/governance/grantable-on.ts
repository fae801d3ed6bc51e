/** Which permissions can be granted on what, and in which form. */
import { HeadgateError } from "../errors.ts";
import type { GrantedKind } from "../db/tables.ts";
import { permissions, type Permission } from "./permission.ts";
import type { NewGrant } from "./grants.ts";

const ofTable: readonly Permission[] = [
  "SELECT",
  "DESCRIBE",
  "BROWSE",
  "INSERT",
  "DELETE",
  "ALTER",
  "DROP",
  "OPERATE",
  "ADMINISTER",
  "ALL",
];

const grantable: Readonly<Record<GrantedKind, readonly Permission[]>> = {
  lake: permissions,
  account: permissions,
  database: ["DESCRIBE", "BROWSE", "ALTER", "DROP", "CREATE_TABLE", "OPERATE", "ADMINISTER", "ALL"],
  tables: ofTable,
  table: ofTable,
  source: ["DESCRIBE", "ALTER", "DROP", "OPERATE", "ADMINISTER", "ALL"],
  location: ["DATA_LOCATION_ACCESS"],
  tag: ["DESCRIBE", "ALTER", "DROP", "ASSOCIATE", "GRANT_WITH_TAG"],
  "tag-value": ["DESCRIBE", "ASSOCIATE", "GRANT_WITH_TAG"],
  product: ["DESCRIBE", "BROWSE", "ALTER", "DROP", "ADMINISTER", "ALL"],
  expression: ofTable.filter((permission) => permission !== "ADMINISTER"),
};

const words: Readonly<Partial<Record<GrantedKind, string>>> = {
  tables: "table",
  tag: "tag key",
  "tag-value": "value of a tag",
  expression: "tag expression",
};

/** Whether it can be granted on whatever has some tags. */
export function isGrantableByTag(permission: Permission): boolean {
  return grantable.expression.includes(permission);
}

type Form = Pick<NewGrant, "on" | "permission" | "isGrantable" | "columns" | "filterId">;

/** Throws GRANT_INVALID. `place` is the resource as people write it. */
export function checkForm(form: Form, place: string): void {
  const invalid = (message: string, remedy: string): never => {
    throw new HeadgateError("GRANT_INVALID", { place, message, remedy });
  };
  const { on, permission, columns, filterId } = form;
  if (permission === "SELECT" && on.kind === "database")
    invalid("rows are in tables, and a grant on a database does not reach them", `grant SELECT on "<database>.*"`);
  if (!grantable[on.kind].includes(permission))
    invalid(
      `${permission} cannot be granted on a ${words[on.kind] ?? on.kind}`,
      `grant one of ${grantable[on.kind].join(", ")}`,
    );
  const isPart = columns.mode !== "all" || filterId !== undefined;
  if (isPart && (on.kind !== "table" || permission !== "SELECT"))
    invalid(
      "only SELECT on one table can be limited to columns or to a data filter",
      "grant SELECT on one table, and the other permissions with a grant of their own",
    );
  if (columns.mode !== "all" && filterId !== undefined)
    invalid("a data filter already says which columns it shows", "leave out the columns, or the filter");
  if (columns.mode === "exclude" && form.isGrantable)
    invalid(
      "whoever may pass on a part of a table must be granted its columns by name",
      "write the columns that are granted instead of those that are left out",
    );
}
