/** The operation that proves that the rules of access hold in this installation. */
import { z } from "zod";
import { count, list } from "../answers.ts";
import { ofStatement } from "../failures.ts";
import { operation } from "../operation.ts";
import { examineGovernance } from "./examine-governance.ts";

export const presentedExamination = z
  .strictObject({
    holds: z.boolean().describe("Whether every rule holds."),
    rules: list(
      z.strictObject({
        rule: z.string(),
        holds: z.boolean(),
        checks: count.describe("How many answers were compared with what the rule says."),
        failures: list(z.strictObject({ when: z.string(), way: z.string(), found: z.string() })),
      }),
    ),
  })
  .meta({ title: "Examination" });

export const doctorGovernance = operation({
  name: "doctor.governance",
  summary:
    "Prove that the rules of access hold in this installation: canaries try to learn what each kind of rule hides from them",
  action: "administer",
  input: z.strictObject({}),
  output: presentedExamination,
  errors: ofStatement,
  async run(context, _input, { report, signal, record }) {
    const examination = await examineGovernance(context, { report, signal });
    const broken = examination.rules.filter(({ holds }) => !holds).map(({ rule }) => rule);
    record({ holds: examination.holds, broken });
    return examination;
  },
});
