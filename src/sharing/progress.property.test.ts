/**
 * Random decisions on random requests, compared with a naive model: a thing is open to the requester exactly if each of
 * its steps was passed in order by enough different people, and nobody denied it on the way.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ownerStep, type ProcessStep } from "./process.ts";
import { progressOf, type RoundDecision } from "./progress.ts";

const itemIds = ["a", "b", "c"];
const people = ["ann", "bob", "carl", "dora"];

const aStep: fc.Arbitrary<ProcessStep> = fc
  .record({ order: fc.integer({ min: 1, max: 3 }), quorum: fc.integer({ min: 1, max: 2 }) })
  .map((step) => ({ ...ownerStep, ...step }));

const aTry = fc.record({
  step: fc.nat({ max: 3 }),
  personId: fc.constantFrom(...people),
  verdict: fc.constantFrom("approve" as const, "approve" as const, "approve" as const, "deny" as const),
  itemIds: fc.subarray(itemIds, { minLength: 1 }),
});

/** Keeps for each step and thing the set of people who approved it, and looks at all of it anew after each decision. */
function naive(steps: readonly ProcessStep[]) {
  const approved = steps.map(() => new Map(itemIds.map((id) => [id, new Set<string>()])));
  const denied = new Set<string>();
  const passes = (index: number, id: string) => (approved[index]?.get(id)?.size ?? 0) >= (steps[index]?.quorum ?? 1);
  const alive = () => itemIds.filter((id) => !denied.has(id));
  const isOpen = (index: number) =>
    alive().some((id) => !passes(index, id)) &&
    steps.every((step, other) => step.order >= (steps[index]?.order ?? 0) || alive().every((id) => passes(other, id)));
  const opened = () => alive().filter(() => alive().every((one) => steps.every((_step, index) => passes(index, one))));
  return {
    isOpen,
    decide({ step, personId, verdict, itemIds: of }: RoundDecision) {
      for (const id of of)
        if (verdict === "deny") denied.add(id);
        else approved[step]?.get(id)?.add(personId ?? "");
    },
    opened,
    denied: () => itemIds.filter((id) => denied.has(id)),
    isOver: () => alive().length === 0 || opened().length > 0,
  };
}

test("a request is where the naive model has it after every decision", () => {
  fc.assert(
    fc.property(fc.array(aStep, { minLength: 1, maxLength: 4 }), fc.array(aTry, { maxLength: 40 }), (steps, tries) => {
      const model = naive(steps);
      const decisions: RoundDecision[] = [];
      for (const one of tries) {
        const before = progressOf({ steps, itemIds, decisions });
        expect(steps.map((_step, index) => before.steps[index] === "open")).toEqual(
          steps.map((_step, index) => model.isOpen(index)),
        );
        if (before.outcome !== undefined) break;
        if (before.steps[one.step] !== "open") continue;
        decisions.push(one);
        model.decide(one);
        const after = progressOf({ steps, itemIds, decisions });
        expect(after.denied).toEqual(model.denied());
        expect(after.approved).toEqual(model.opened());
        expect(after.outcome !== undefined).toBe(model.isOver());
      }
    }),
    { numRuns: 500 },
  );
});
