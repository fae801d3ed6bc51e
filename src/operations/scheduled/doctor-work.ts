/** The scheduled proof that the rules of access hold. Where one does not, the alert channels are told, and the work has failed. */
import type { Work } from "../../jobs/run-due.ts";
import { HeadgateError } from "../../errors.ts";
import { alertChannels } from "../alert-channels.ts";
import type { Context } from "../context.ts";
import { presentedExamination } from "../doctor/doctor-governance.ts";
import { examineGovernance, type Examination } from "../doctor/examine-governance.ts";

export interface DoctorReports {
  readonly examination: Examination;
}

/** The schema of these reports in the answer of `schedule.run-due`. */
export const doctorAnswer = { examination: presentedExamination.exactOptional() };

export const doctorWork: Work<Context, DoctorReports> = {
  mayConcernLake: true,
  async run(context, { report, signal }) {
    const examination = await examineGovernance(context, { report, signal });
    const broken = examination.rules.filter(({ holds }) => !holds).map(({ rule }) => rule);
    if (broken.length > 0) {
      const channels = alertChannels(context.config);
      // The work is done again soon because it has failed, and then whoever was not told is told.
      await Promise.allSettled(channels.map((channel) => channel.send([{ state: "rules broken", rules: broken }])));
      throw new HeadgateError("RULES_BROKEN", { place: broken.join(", ") });
    }
    const checks = examination.rules.reduce((sum, rule) => sum + rule.checks, 0);
    return { reports: { examination }, summary: `${checks} checks: every rule holds`, failed: [] };
  },
};
