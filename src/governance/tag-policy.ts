/**
 * Tags at one epoch: keys and their values, what has them, and the expressions over them that are granted on. A value,
 * like the policy that it is a part of.
 * Invariant: everything refers to ids, so a name that is used again gives nothing.
 */

export interface TagPolicy {
  readonly keys: ReadonlyMap<string, TagKey>;
  readonly values: ReadonlyMap<string, TagValue>;
  readonly expressions: ReadonlyMap<string, TagExpression>;
  /** By the id of a source, a database or a table, which is also that of its columns. */
  readonly assigned: ReadonlyMap<string, readonly TagAssignment[]>;
}

export interface TagKey {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly description: string | undefined;
  /** Whether one thing may have several of its values. */
  readonly isMultiple: boolean;
  readonly origin: string | undefined;
}

export interface TagValue {
  readonly id: string;
  readonly keyId: string;
  readonly name: string;
  /** Whether a grant that covers a column with it says so. */
  readonly isSensitive: boolean;
}

export interface TagAssignment {
  readonly id: string;
  readonly resourceId: string;
  /** Undefined for the resource as a whole. */
  readonly fieldId: number | undefined;
  readonly keyId: string;
  readonly valueId: string;
  readonly origin: string | undefined;
  readonly assignedBy: string | undefined;
}

export interface TagExpression {
  readonly id: string;
  readonly accountId: string;
  /** Undefined for one that was written in a grant. */
  readonly name: string | undefined;
  readonly alternatives: Alternatives;
  readonly origin: string | undefined;
}

/** One of them must hold. */
export type Alternatives = readonly Alternative[];

/** All of its terms must hold. */
export type Alternative = readonly TagTerm[];

/** One of the values must be there. */
export interface TagTerm {
  readonly keyId: string;
  readonly valueIds: readonly string[];
}

export const noTags: TagPolicy = {
  keys: new Map(),
  values: new Map(),
  expressions: new Map(),
  assigned: new Map(),
};

export function keyNamed({ keys }: TagPolicy, accountId: string | undefined, name: string): TagKey | undefined {
  return [...keys.values()].find((key) => key.accountId === accountId && key.name === name);
}

export function valuesOf({ values }: TagPolicy, keyId: string): readonly TagValue[] {
  return [...values.values()].filter((value) => value.keyId === keyId);
}
