/** Everything that is said of databases and tables, with that of their columns, read together for lists and descriptions. */
import type { Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import { stewardsOf, type NamedSteward } from "../governance/stewards.ts";
import { attachments, type Attachment } from "./glossary.ts";
import { marksOf, type StoredMark } from "./marks.ts";
import { parametersOf, type Parameter } from "./parameters.ts";
import { commentsOf } from "./source-comments.ts";

export interface Said {
  /** Parameters of the thing and of all its columns; `on` tells which. */
  readonly parameters: readonly Parameter[];
  readonly attachments: readonly Attachment[];
  /** The source's comment on a column, or on the table itself if no field id is given. */
  comment(fieldId: number | undefined): string | undefined;
  /** Those of the thing itself, gaps included. */
  readonly stewards: readonly NamedSteward[];
  readonly mark: StoredMark | undefined;
}

/** By id. Nothing is said of an id that is not there. Lists can leave out the parameters of columns. */
export async function saidOf(
  db: Kysely<Tables>,
  ids: readonly string[],
  { withColumns = true } = {},
): Promise<(id: string) => Said> {
  const [parameters, attached, stewards, marks, comments] = await Promise.all([
    parametersOf(db, ids, { withColumns }).then((all) => Map.groupBy(all, ({ on }) => on.id)),
    attachments(db, { ids }).then((all) => Map.groupBy(all, ({ on }) => on.id)),
    stewardsOf(db, { ids }).then((all) => Map.groupBy(all, ({ thingId }) => thingId)),
    marksOf(db, ids),
    commentsOf(db, ids),
  ]);
  return (id) => ({
    parameters: parameters.get(id) ?? [],
    attachments: attached.get(id) ?? [],
    comment: (fieldId) => (fieldId === undefined ? comments.get(id)?.table : comments.get(id)?.columns.get(fieldId)),
    stewards: stewards.get(id) ?? [],
    mark: marks.get(id),
  });
}
