/** What has to change so that everything is as declared: it looks and asks sources, and changes nothing itself. */
import { scheduleSteps } from "./schedule-steps.ts";
import { sourceSteps } from "./source-steps.ts";
import type { PlanParts, Step } from "./step.ts";
import { tableSteps } from "./table-steps.ts";

/** Throws what a source throws that cannot be reached, DECLARATION_INVALID for what its tables do not allow. */
export async function planDeclaration(parts: PlanParts): Promise<readonly Step[]> {
  const { sources } = parts.context;
  const known = new Map((await sources.list()).map((source) => [source.name, source]));
  const steps: Step[] = [];
  for (const [name, declared] of Object.entries(parts.declaration.sources)) {
    const source = known.get(name);
    steps.push(...(await sourceSteps(parts, { name, declared, known: source })));
    steps.push(...(await tableSteps(parts, { name, declared, known: source })));
  }
  return [...steps, ...(await scheduleSteps(parts, known))];
}
