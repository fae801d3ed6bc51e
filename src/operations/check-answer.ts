/**
 * For tests: checks what an operation answers against its declared schemas, which the API's document shows to others.
 */
import type { z } from "zod";
import { toHeadgateError } from "../base/present-error.ts";
import type { Report } from "../base/progress.ts";
import { progressEvent } from "./answers.ts";
import type { Operation } from "./operation.ts";
import { usualErrors } from "./failures.ts";

/** The operation with checks: it throws TypeError for an answer, item or error that it does not declare. */
export function withChecks<Input, Output>(operation: Operation<Input, Output>): Operation<Input, Output> {
  const { name, output, item, errors } = operation;
  const declared = new Set([...usualErrors, ...errors]);
  return {
    ...operation,
    async run(context, input, call) {
      const emit = (one: unknown): Promise<void> => {
        if (item === undefined) throw new TypeError(`${name} hands over items and declares none`);
        check(`an item of ${name}`, item, one);
        return call.emit(one);
      };
      const report: Report = (event) => {
        check(`progress of ${name}`, progressEvent, event);
        call.report(event);
      };
      try {
        const answer = await operation.run(context, input, { ...call, emit, report });
        check(`the answer of ${name}`, output, answer);
        return answer;
      } catch (failure) {
        const { code } = toHeadgateError(failure);
        if (!declared.has(code))
          throw new TypeError(`${name} answers ${code} and does not declare it`, { cause: failure });
        throw failure;
      }
    },
  };
}

function check(what: string, schema: z.ZodType, given: unknown): void {
  const { error } = schema.safeParse(given);
  if (error === undefined) return;
  const issues = error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new TypeError(`${what} does not fit what it declares: ${issues.join("; ")}`);
}
