/** Operations on the units of the organisation. */
import { z } from "zod";
import { organisation } from "../../governance/resource.ts";
import { addUnit, listUnits, moveUnit, removeUnit } from "../../identity/org-units.ts";
import { texts } from "../answers.ts";
import { operation } from "../operation.ts";
import { unitPath } from "./people-schemas.ts";

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
  summary: "Give a unit another name or place in the organisation, with everything below it",
  action: "administer",
  input: z.strictObject({ path: z.string(), to: unitPath }),
  output: z.strictObject({ moved: z.string() }),
  errors: ["NAME_TAKEN", "UNIT_NOT_FOUND"],
  resources: ({ path }) => [{ kind: "unit", name: path }],
  async run({ db }, { path, to }, { record }) {
    record({ to });
    await moveUnit(db, { path, to });
    return { moved: to };
  },
});

export const unitRemove = operation({
  name: "unit.remove",
  summary: "Remove a unit that has no units and no accounts in it",
  action: "administer",
  input: z.strictObject({ path: z.string() }),
  output: z.strictObject({ removed: z.string() }),
  errors: ["UNIT_NOT_FOUND", "NOT_EMPTY"],
  resources: ({ path }) => [{ kind: "unit", name: path }],
  async run({ db }, { path }) {
    await removeUnit(db, path);
    return { removed: path };
  },
});
