/** One step towards the declared state: its description, and how to do it in a given transaction. */
import type { Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import type { RegisteredSource } from "../../sync/settings/source-registry.ts";
import type { Context } from "../context.ts";
import type { DeclaredSource, Declaration } from "./declaration.ts";

export const stepThings = ["lake", "source", "table", "schedule"] as const;

export interface Step {
  readonly what: (typeof stepThings)[number];
  readonly name: string;
  readonly change: "add" | "change" | "remove";
  /** In words: `cron 30 3 * * * → 0 4 * * *`. */
  readonly details: readonly string[];
  apply(transaction: Kysely<Tables>): Promise<unknown>;
}

export interface PlanParts {
  readonly context: Context;
  readonly declaration: Declaration;
  /** By source. */
  readonly passwords: Readonly<Record<string, string>>;
  readonly origin: string;
  /** By lake table: what feeds it, as far as is known. */
  readonly claims: Map<string, Claim>;
}

export interface Claim {
  readonly source: string;
  /** `schema.name` in the source. */
  readonly table: string;
}

export interface SourceParts {
  readonly name: string;
  readonly declared: DeclaredSource;
  readonly known: RegisteredSource | undefined;
}

/** `cron 30 3 * * * → 0 4 * * *`; empty if both are equal. */
export function changed(name: string, from: string, to: string): readonly string[] {
  return from === to ? [] : [`${name} ${from || "none"} → ${to || "none"}`];
}
