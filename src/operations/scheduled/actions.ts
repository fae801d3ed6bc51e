/** The actions of schedules, as written in `--action` and headgate.yaml. scheduled-work.ts has the handler of each. */
export const actions = {
  sync: "brings tables to now",
  reconcile: "proves them equal to the source",
  repair: "proves them equal and mends what differs",
  maintain: "keeps their files small, of the whole lake where no source is named",
} as const;

export type ScheduledAction = keyof typeof actions;

export const scheduledActions = Object.keys(actions) as ScheduledAction[];
