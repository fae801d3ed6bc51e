/** A kind of change that a source may go through. */
import type { LakeState } from "../check-reports.ts";
import type { JudgedTable } from "../judge/judge.ts";
import type { Door, Side } from "../side.ts";
import type { Soak } from "../soak-world.ts";

/** Makes what the kind needs in a new server, before the first sync. */
export type OpenKind = (soak: Soak, side: Side) => Promise<PreparedKind>;

export interface PreparedKind {
  /** Settings of tables, as a declaration has them. */
  readonly settings?: Readonly<Record<string, object>>;
  /** Between two syncs; it may sync, and leaves the server as it should be found by the next one. */
  change?(): Promise<void>;
  /** While a sync of this door is under way. */
  during?(door: Door): Promise<void>;
  /** After a quiet sync: complains of what only this kind knows. */
  check?(door: Door, judged: readonly JudgedTable[], state: LakeState): Promise<void>;
  /** Around a stop of the server. */
  beforeStop?(): Promise<void>;
  afterStart?(): Promise<void>;
  close?(): Promise<void>;
}
