/** The actions of schedules, as written in `--action` and headgate.yaml. scheduled-work.ts has the handler of each. */
export const actions = {
  sync: "updates the tables",
  reconcile: "proves that they are equal to the source",
  repair: "does the same and repairs the rows that differ",
  maintain: "combines small files and removes old snapshots, in the whole lake if no source is named",
  doctor: "proves that the rules of access hold, for the whole lake",
  scan: "looks for personal data in the tables, of the whole lake if no source is named",
} as const;

export type ScheduledAction = keyof typeof actions;

export const scheduledActions = Object.keys(actions) as ScheduledAction[];
