/**
 * Who may decide on a share request: the people whom a step names, as ownership and memberships are at the moment of the
 * decision, and whoever stands in for them. Pure.
 * Invariants: whoever asked decides nothing, in no group and through no deputy. Only people decide, because a key does
 * not say who they are. Where too few are left, whoever administers the lake decides, so that no step waits for nobody.
 */
import { accountsFor } from "./acts-in.ts";
import { personOf } from "../identity/principal.ts";
import { askingOf, isOwner, type Asking } from "./asking.ts";
import { decideFor } from "./decide.ts";
import { isValidAt, type Policy, type PolicyPrincipal } from "./policy.ts";
import type { Securable } from "./securable.ts";
import { answeringFor } from "./stewards.ts";

export type Approver =
  /** Whoever owns the thing, or is its steward; of a thing in a product, those of the product if it has any. */
  | { readonly kind: "owner" | "steward" }
  /** Whoever administers the lake. */
  | { readonly kind: "central" }
  /** The user whose name is in this attribute of the person who asked. */
  | { readonly kind: "manager"; readonly attribute: string }
  | { readonly kind: "principal"; readonly id: string }
  /** A system outside, by its hook: it answers by itself. */
  | { readonly kind: "system"; readonly id: string; readonly name: string };

export interface Deciding {
  readonly approvers: readonly Approver[];
  /** Those who decide where no approver is left. */
  readonly deputies: readonly Approver[];
  /** Those who may decide, too, after the time of the step is over. */
  readonly escalateTo: readonly Approver[];
  /** How many different people have to approve. */
  readonly quorum: number;
}

export interface Absence {
  readonly principalId: string;
  readonly deputyId: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
}

export interface Case {
  readonly policy: Policy;
  readonly absences: readonly Absence[];
  readonly now: number;
  /** Everybody who asked, and the people behind them. */
  readonly askers: ReadonlySet<string>;
  /** The person whose manager a step may name; undefined for the owner of the data directory. */
  readonly personId: string | undefined;
  /** Whether the owner of the data directory asked, who is no principal. */
  readonly isOwners: boolean;
  /** The product that was asked for. */
  readonly productId: string | undefined;
  /** Whether the time of the step is over. */
  readonly isLate: boolean;
}

/** By what right whoever asks may decide about a thing in a step; undefined if they may not. */
export function standingOf(about: Case, asking: Asking, { step, thing }: StepOf): string | undefined {
  if (isOwner(asking)) return about.isOwners ? undefined : "owns the data directory";
  return approversOf(about, step, thing).get(personOf(asking.principal).id);
}

export interface StepOf {
  readonly step: Deciding;
  readonly thing: Securable;
}

/** By what right each person may decide about a thing in a step; people by their ids. */
export function approversOf(about: Case, step: Deciding, thing: Securable): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  addAll(found, about, step.approvers, thing);
  if (about.isLate) addAll(found, about, step.escalateTo, thing, "escalated to ");
  const needed = step.quorum - systemsAwaited(about, step);
  if (found.size < needed) addAll(found, about, step.deputies, thing, "deputy: ");
  addDeputies(found, about);
  if (found.size < needed)
    for (const id of centralPeople(about)) add(found, about, id, "administers the lake, as nobody else is left");
  return found;
}

/** Somebody who is away is stood in for by their deputy, and a deputy who is away by theirs, so that nobody is waited for in vain. */
function addDeputies(found: Map<string, string>, about: Case): void {
  for (let people = [...found.keys()]; people.length > 0;) {
    const known = new Set(found.keys());
    for (const [absentId, deputyId] of deputiesOf(about, people))
      add(found, about, deputyId, `deputy of ${nameOf(about.policy, absentId)}`);
    people = [...found.keys()].filter((id) => !known.has(id));
  }
}

/** How many systems can still be expected to answer: after the time of the step, people decide in their place. */
function systemsAwaited({ isLate }: Case, { approvers }: Deciding): number {
  return isLate ? 0 : approvers.filter(({ kind }) => kind === "system").length;
}

/** Whether a person administers the lake, in whichever of their accounts. */
function isCentral({ policy, now }: Pick<Case, "policy" | "now">, personId: string): boolean {
  const own = policy.principals.get(personId);
  if (own?.kind !== "user" || !own.isActive) return false;
  return accountsFor(policy, personId, now).some((accountId) => mayAdministerLake({ policy, now }, own, accountId));
}

/** Whether somebody who asked for an account may still do that: leavers leave nothing behind that others open. */
export function mayStillAsk(
  { policy, now }: Pick<Case, "policy" | "now">,
  personId: string,
  accountId: string,
): boolean {
  const asking = askerIn({ policy, now }, personId, accountId);
  return asking !== undefined && decideFor(asking, "administer", { kind: "account", id: accountId }).allowed;
}

/** Somebody who asked, as they would ask now; undefined for somebody who was removed. */
export function askerIn(
  { policy, now }: Pick<Case, "policy" | "now">,
  personId: string,
  accountId: string | undefined,
): Asking | undefined {
  const own = policy.principals.get(personId);
  if (own === undefined || !own.isActive || (own.kind !== "user" && own.kind !== "service")) return undefined;
  const principal = { ...own, kind: own.kind, role: "none", accountId, mustChangePassword: false } as const;
  return askingOf(policy, principal, now);
}

function mayAdministerLake(
  { policy, now }: Pick<Case, "policy" | "now">,
  { id, name }: PolicyPrincipal,
  accountId: string,
): boolean {
  const principal = { kind: "user", id, name, role: "none", accountId, mustChangePassword: false } as const;
  return decideFor(askingOf(policy, principal, now), "administer", { kind: "lake" }).allowed;
}

function centralPeople(about: Case): readonly string[] {
  return [...about.policy.principals.keys()].filter((id) => isCentral(about, id));
}

function addAll(
  found: Map<string, string>,
  about: Case,
  approvers: readonly Approver[],
  thing: Securable,
  prefix = "",
): void {
  for (const approver of approvers)
    for (const { holderId, word } of holdersOf(about, approver, thing))
      for (const personId of peopleIn(about, holderId)) add(found, about, personId, prefix + word);
}

function add(found: Map<string, string>, { policy, askers }: Case, personId: string, standing: string): void {
  const own = policy.principals.get(personId);
  if (own?.kind !== "user" || !own.isActive || askers.has(personId) || found.has(personId)) return;
  found.set(personId, standing);
}

interface Holder {
  readonly holderId: string;
  readonly word: string;
}

function holdersOf(about: Case, approver: Approver, thing: Securable): readonly Holder[] {
  const { policy } = about;
  switch (approver.kind) {
    case "owner":
    case "steward": {
      const isMeant = ({ role }: { readonly role: string }): boolean => role === approver.kind;
      const ofProduct = productOf(about)
        .flatMap((product) => answeringFor(policy, product))
        .filter(isMeant);
      const answering = ofProduct.length > 0 ? ofProduct : answeringFor(policy, thing).filter(isMeant);
      return answering.map(({ principalId }) => ({ holderId: principalId, word: approver.kind }));
    }
    case "central":
      return centralPeople(about).map((holderId) => ({ holderId, word: "administers the lake" }));
    case "system":
      return [];
    case "manager":
      return managersOf(about, approver.attribute);
    case "principal": {
      const own = policy.principals.get(approver.id);
      return own === undefined ? [] : [{ holderId: own.id, word: own.kind === "user" ? "named" : `in ${own.name}` }];
    }
  }
}

function productOf({ productId }: Case): readonly Securable[] {
  return productId === undefined ? [] : [{ kind: "product", id: productId, accountId: "" }];
}

function managersOf({ policy, personId }: Case, attribute: string): readonly Holder[] {
  const name = policy.principals.get(personId ?? "")?.attributes[attribute];
  const found = [...policy.principals.values()].filter((one) => one.kind === "user" && one.name === name);
  return found.map(({ id }) => ({ holderId: id, word: "manager" }));
}

/** The users in a group or a role, through all groups between them; a user is alone. */
function peopleIn({ policy, now }: Pick<Case, "policy" | "now">, holderId: string): readonly string[] {
  const holder = policy.principals.get(holderId);
  if (holder === undefined || !holder.isActive) return [];
  if (holder.kind === "user") return [holderId];
  const containers = new Set([holderId]);
  const people = new Set<string>();
  const members = membersOf(policy);
  for (const containerId of containers)
    for (const { memberId, valid } of members.get(containerId) ?? []) {
      const member = policy.principals.get(memberId);
      if (member === undefined || !member.isActive || !isValidAt(valid, now)) continue;
      if (member.kind === "user") people.add(memberId);
      if (member.kind === "group") containers.add(memberId);
    }
  return [...people];
}

type Members = ReadonlyMap<string, readonly { readonly memberId: string; readonly valid: MembershipValidity }[]>;
type MembershipValidity = Parameters<typeof isValidAt>[0];

/** By container; found once for as long as no membership changes. */
const known = new WeakMap<Policy["memberships"], Members>();

function membersOf({ memberships }: Policy): Members {
  const found = known.get(memberships);
  if (found !== undefined) return found;
  const made = Map.groupBy([...memberships.values()].flat(), ({ containerId }) => containerId);
  known.set(memberships, made);
  return made;
}

/** Pairs of somebody who is away and their deputy. Deputies of whoever asked are none: they would decide for the asker. */
function deputiesOf({ absences, now, askers }: Case, people: readonly string[]): readonly [string, string][] {
  const away = new Set(people);
  return absences
    .filter(({ principalId, from, until }) => away.has(principalId) && from <= now && now < until)
    .filter(({ principalId }) => !askers.has(principalId))
    .map(({ principalId, deputyId }): [string, string] => [principalId, deputyId]);
}

function nameOf({ principals }: Policy, id: string): string {
  return principals.get(id)?.name ?? "somebody";
}
