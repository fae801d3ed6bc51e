/** One change of a plan, in the form of an answer. */
import { z } from "zod";
import { accessThings, presentedChange, type AccessChange } from "../access/access-change.ts";
import { stepThings, type Step } from "./step.ts";

export const appliedStep = presentedChange
  .extend({ what: z.enum([...stepThings, ...accessThings]) })
  .meta({ title: "AppliedStep" });

/** A step that is still to be done, or a change that was made. */
export type AnyStep = Pick<Step | AccessChange, "what" | "name" | "change" | "details"> &
  Partial<Pick<AccessChange, "falls">>;
