import { codeOf } from "../../base/thrown.ts";
import type { MariadbConnection, TextRow } from "./connection.ts";

/** Undefined if a right is missing or this server does not know the statement. */
export async function optionalRows(
  connection: MariadbConnection,
  statement: string,
  values: readonly (string | number)[] = [],
): Promise<readonly TextRow[] | undefined> {
  try {
    return await connection.query(statement, values);
  } catch (failure) {
    if (codeOf(failure) === "SOURCE_LOST") throw failure;
    return undefined;
  }
}
