/**
 * Who belongs to a group, to an account, or to a role that its members may assume, and from when until when.
 * Invariants: an ended membership stays as a row. A group is never a member of itself, not even through other groups.
 */
import { sql, type Kysely } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import type { ContainerKind, Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { isOfProvider } from "./origins.ts";
import { principalLabel, type FoundPrincipal, type PrincipalName } from "./principal-name.ts";

export interface Container {
  readonly kind: ContainerKind;
  readonly id: string;
  readonly name: string;
}

export interface Validity {
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
}

export interface Member extends PrincipalName {
  readonly from: Date | null;
  readonly until: Date | null;
  readonly isValid: boolean;
  /** The id of the member. */
  readonly id: string;
  /** The declaration that made them a member; null for a command. */
  readonly origin: string | null;
}

export interface NewMembership extends Validity {
  readonly container: Container;
  readonly member: Pick<FoundPrincipal, "id" | "kind" | "name">;
  /** By default that of the membership that is changed, unless it is a provider's: what somebody does by hand stays. */
  readonly origin?: string | undefined;
}

/**
 * Makes somebody a member; of a member, it changes from when until when. The caller's transaction holds the change.
 * Throws MEMBERSHIP_CYCLE, USAGE.
 */
export async function addMember(transaction: Kysely<Tables>, membership: NewMembership): Promise<void> {
  const { container, member, from, until } = membership;
  checkKinds(container, member);
  if (until !== undefined && until <= (from ?? new Date()))
    throw new HeadgateError("USAGE", {
      place: container.name,
      message: `a membership until ${until.toISOString()} would never be valid`,
    });
  const ended = await endMembership(transaction, membership);
  await transaction
    .insertInto("memberships")
    .values({
      id: uuidv7(),
      container_kind: container.kind,
      container_id: container.id,
      member_id: member.id,
      valid_from: from ?? null,
      valid_until: until ?? null,
      origin: membership.origin ?? keptOrigin(ended?.origin ?? null),
    })
    .execute();
  if (member.kind === "group") await refuseCircle(transaction, membership);
}

function keptOrigin(origin: string | null): string | null {
  return isOfProvider(origin) ? null : origin;
}

type Membership = Pick<NewMembership, "container" | "member">;

/**
 * Whether a membership goes on or is still to begin. One whose time is over stays until somebody ends it, and gives nothing:
 * whoever gives somebody the same anew has to give it.
 */
export const isNotOver = sql<boolean>`(memberships.valid_until is null or memberships.valid_until > clock_timestamp())`;

/** Throws MEMBER_NOT_FOUND. */
export async function removeMember(transaction: Kysely<Tables>, membership: Membership): Promise<void> {
  if ((await endMembership(transaction, membership)) === undefined) throw notMember(membership);
}

/** Throws MEMBER_NOT_FOUND. */
export async function checkMember(db: Kysely<Tables>, membership: Membership): Promise<void> {
  const found = await db
    .selectFrom("memberships")
    .select("id")
    .where("container_id", "=", membership.container.id)
    .where("member_id", "=", membership.member.id)
    .where("ended_at", "is", null)
    .executeTakeFirst();
  if (found === undefined) throw notMember(membership);
}

function notMember({ container, member }: Membership): HeadgateError {
  return new HeadgateError("MEMBER_NOT_FOUND", {
    place: container.name,
    message: `${principalLabel(member)} is not a member of the ${container.kind} ${container.name}`,
  });
}

async function endMembership(
  transaction: Kysely<Tables>,
  { container, member }: Membership,
): Promise<{ readonly origin: string | null } | undefined> {
  return transaction
    .updateTable("memberships")
    .set({ ended_at: sql`clock_timestamp()` })
    .where("container_id", "=", container.id)
    .where("member_id", "=", member.id)
    .where("ended_at", "is", null)
    .returning("origin")
    .executeTakeFirst();
}

export async function listMembers(db: Kysely<Tables>, container: Container): Promise<readonly Member[]> {
  return db
    .selectFrom("memberships")
    .innerJoin("principals", "principals.id", "memberships.member_id")
    .select(["principals.id", "principals.kind", "principals.name", "memberships.origin"])
    .select(["valid_from as from", "valid_until as until"])
    .select(sql<boolean>`is_valid_now(valid_from, valid_until)`.as("isValid"))
    .where("container_id", "=", container.id)
    .where("ended_at", "is", null)
    .orderBy("principals.kind")
    .orderBy("principals.name")
    .execute();
}

const memberKinds: Readonly<Record<ContainerKind, readonly string[]>> = {
  account: ["user"],
  group: ["user", "service", "group"],
  role: ["user", "service", "group"],
};

/** Keys, groups and roles belong to one account from the beginning, and a role is assumed, not collected. */
function checkKinds(container: Container, member: PrincipalName): void {
  if (memberKinds[container.kind].includes(member.kind)) return;
  throw new HeadgateError("USAGE", {
    place: principalLabel(member),
    message:
      container.kind === "account"
        ? "only users are members of accounts; a group, a role or a key belongs to one account"
        : `a ${member.kind} cannot be a member of a ${container.kind}`,
    remedy: "name a user",
  });
}

/**
 * Looks after the new row is written: changes of memberships wait for each other (`take_policy_epoch`), so two that
 * together make a circle do not both pass.
 */
async function refuseCircle(transaction: Kysely<Tables>, { container, member }: NewMembership): Promise<void> {
  const { rows } = await sql<{ path: readonly string[] }>`
    with recursive above (id, path) as (
      select ${container.id}::uuid, array[${container.name}::text]
      union all
      select memberships.container_id, above.path || principals.name
        from above
        join memberships on memberships.member_id = above.id
          and memberships.container_kind = 'group' and memberships.ended_at is null
        join principals on principals.id = memberships.container_id
        where above.id <> ${member.id}::uuid
    )
    select path from above where id = ${member.id}::uuid limit 1`.execute(transaction);
  const [circle] = rows;
  if (circle === undefined) return;
  const isSame = circle.path.length === 1;
  throw new HeadgateError("MEMBERSHIP_CYCLE", {
    place: container.name,
    message: isSame
      ? `${member.name} cannot be a member of itself`
      : `${member.name} cannot be a member of ${container.name}, which is a member of it: ${circle.path.join(" in ")}`,
  });
}
