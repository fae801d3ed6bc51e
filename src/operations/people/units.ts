/** Operations on the units of the organisation. */
import { z } from "zod";
import { organisation } from "../../governance/resource.ts";
import { addUnit, listUnits, moveUnit, removeUnit } from "../../identity/org-units.ts";
import { authorOf } from "../../identity/principal.ts";
import { texts } from "../answers.ts";
import { operation } from "../operation.ts";
import { preview } from "../tags/preview.ts";
import { inMove, movePlan } from "./move.ts";
import { removal, unitPath } from "./people-schemas.ts";

export const unitAdd = operation({
  name: "unit.add",
  summary: "Add a unit of the organisation, below one that exists or at the top",
  action: "administer",
  input: z.strictObject({ path: unitPath }),
  output: z.strictObject({ added: z.string() }),
  errors: ["NAME_TAKEN", "UNIT_NOT_FOUND"],
  resources: ({ path }) => [{ kind: "unit", name: path }],
  async run({ db }, { path }) {
    await addUnit(db, path);
    return { added: path };
  },
});

export const unitList = operation({
  name: "unit.list",
  summary: "List the units of the organisation by their paths",
  action: "administer",
  changes: false,
  input: z.strictObject({}),
  output: z.strictObject({ units: texts }),
  errors: [],
  resources: () => [organisation],
  async run({ db }) {
    return { units: (await listUnits(db)).map(({ path }) => path) };
  },
});

export const unitMove = operation({
  name: "unit.move",
  summary:
    "Give a unit another name or place in the organisation, with everything below it; a plan shows what it opens and closes, and for whom",
  action: "administer",
  input: z.strictObject({ path: z.string(), to: unitPath, plan: movePlan }),
  output: z.strictObject({ moved: z.string().nullable().describe("Null if it was only planned."), ...preview }),
  errors: ["NAME_TAKEN", "UNIT_NOT_FOUND"],
  resources: ({ path }) => [{ kind: "unit", name: path }],
  async run(context, { path, to, plan }, { asking, record }) {
    record({ to, plan });
    const shown = await inMove(context, { asking, plan }, (transaction) => moveUnit(transaction, { path, to }));
    return { moved: plan ? null : to, ...shown };
  },
});

export const unitRemove = operation({
  name: "unit.remove",
  summary: "Remove a unit that has no units and no accounts in it, with the grants to it",
  action: "administer",
  input: z.strictObject({
    path: z.string(),
    plan: z.boolean().default(false).describe("Only tell what would end with the unit."),
  }),
  output: removal,
  errors: ["UNIT_NOT_FOUND", "NOT_EMPTY"],
  resources: ({ path }) => [{ kind: "unit", name: path }],
  async run({ db }, { path, plan }, { principal, record }) {
    record({ plan });
    const end = await removeUnit(db, path, { by: authorOf(principal), isPlan: plan });
    return plan ? { removed: null, falls: end } : { removed: path };
  },
});
