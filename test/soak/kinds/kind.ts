/** A kind of change that can happen to a source. */
import type { LakeState } from "../check-reports.ts";
import type { JudgedTable } from "../judge/judge.ts";
import type { Door, Side } from "../side.ts";
import type { Soak } from "../soak-world.ts";

/** Creates what the kind needs in a new server, before the first sync. */
export type OpenKind = (soak: Soak, side: Side) => Promise<PreparedKind>;

export interface PreparedKind {
  /** Settings of tables, in the form of a declaration. */
  readonly settings?: Readonly<Record<string, object>>;
  /** Runs between two syncs. It may sync, and must leave the server as the next one should find it. */
  change?(): Promise<void>;
  /** Runs while a sync of this door is in progress. */
  during?(door: Door): Promise<void>;
  /** Runs after an undisturbed sync: complains about problems that only this kind can see. */
  check?(door: Door, judged: readonly JudgedTable[], state: LakeState): Promise<void>;
  /** Runs around a stop of the server. */
  beforeStop?(): Promise<void>;
  afterStart?(): Promise<void>;
  close?(): Promise<void>;
}
