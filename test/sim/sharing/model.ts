/**
 * The columns that somebody may read by what was shared with them, told naively: a list of gifts, the marks that there are, and one
 * rule for each thing that can happen. It knows nothing of how Headgate stores or decides this.
 */

export interface Gift {
  readonly person: string;
  readonly table: string;
  readonly shareId: string;
  /** Whether nobody decided on it. */
  readonly isAutomatic: boolean;
  readonly columns: Set<string>;
  /** Marks that were there, or that somebody approved since. */
  readonly known: Set<string>;
  until: number;
  state: "active" | "suspended" | "over";
}

export interface Waiting {
  readonly kind: "new" | "judgement";
  readonly person: string;
  readonly table: string;
  /** Those that are asked for. */
  readonly columns: readonly string[];
  /** For a judgement. */
  readonly gift: Gift | undefined;
  /** The marks that there were when it was judged. */
  judged: ReadonlySet<string>;
  /** How often it was judged. */
  round: number;
}

/** A share with an account or with the accounts of a unit, which may pass it on. */
export interface AccountGift {
  /** `near`, `far` or `unit`. */
  readonly target: string;
  readonly table: string;
  readonly shareId: string;
  readonly columns: ReadonlySet<string>;
  until: number;
  state: "offered" | "active" | "suspended" | "over";
}

/** A part of such a share that was passed on to somebody of the account. */
export interface Pass {
  readonly gift: AccountGift;
  readonly account: string;
  /** A person, or the team of the account. */
  readonly to: string;
  readonly columns: ReadonlySet<string>;
}

export const columnNames = ["id", "label"] as const;

export interface Model {
  /** `shop`, `shop.orders` or `shop.orders.label`. */
  readonly marks: Set<string>;
  readonly gifts: Gift[];
  /** By the name of the request. */
  readonly waiting: Map<string, Waiting>;
  readonly gone: Set<string>;
  readonly accountGifts: AccountGift[];
  readonly passes: Pass[];
  /** The accounts that are in the unit. */
  readonly inUnit: Set<string>;
  /** By account: the people in its team. */
  readonly teams: Map<string, Set<string>>;
}

export function emptyModel(): Model {
  return {
    marks: new Set(),
    gifts: [],
    waiting: new Map(),
    gone: new Set(),
    accountGifts: [],
    passes: [],
    inUnit: new Set(),
    teams: new Map(),
  };
}

/** A share with a unit reaches the accounts that are in the unit at the moment, and none outside the organisation. */
export function reaches({ inUnit }: Model, { target }: AccountGift, account: string): boolean {
  return target === account || (target === "unit" && account !== "far" && inUnit.has(account));
}

function passedOnTo(model: Model, person: string, table: string, now: number): readonly string[] {
  return model.passes
    .filter(
      ({ to, account }) => to === person || (to === `group:${account}-team` && model.teams.get(account)?.has(person)),
    )
    .filter(({ gift }) => gift.table === table && gift.state === "active" && now < gift.until)
    .filter(({ gift, account }) => reaches(model, gift, account))
    .flatMap(({ gift, columns }) => [...gift.columns].filter((column) => columns.has(column)));
}

/** Everything about a table that makes it sensitive. */
export function marksOf({ marks }: Model, table: string): ReadonlySet<string> {
  const database = table.split(".")[0] ?? "";
  return new Set([...marks].filter((mark) => mark === database || mark === table || mark.startsWith(`${table}.`)));
}

function marksOn(model: Model, table: string, column: string): readonly string[] {
  return [...marksOf(model, table)].filter((mark) => !mark.startsWith(`${table}.`) || mark === `${table}.${column}`);
}

/** The columns of a gift that were marked since, and on which nobody has decided. */
export function closedOf(model: Model, { isAutomatic, table, columns, known }: Gift): readonly string[] {
  if (!isAutomatic) return [];
  return [...columns].filter((column) => marksOn(model, table, column).some((mark) => !known.has(mark)));
}

export function mayRead(model: Model, person: string, table: string, now: number): ReadonlySet<string> {
  const own = model.gifts.filter(
    (gift) => gift.person === person && gift.table === table && gift.state === "active" && now < gift.until,
  );
  if (model.gone.has(person)) return new Set();
  const given = own.flatMap((gift) => [...gift.columns].filter((column) => !closedOf(model, gift).includes(column)));
  return new Set([...given, ...passedOnTo(model, person, table, now)]);
}

/** A judgement that was approved for some of its columns: the others are left out. */
export function judgeGift(model: Model, gift: Gift, asked: readonly string[], given: readonly string[]): void {
  for (const column of asked) if (!given.includes(column)) gift.columns.delete(column);
  const isAll = given.length > 0 && [...gift.columns].every((column) => given.includes(column));
  const own = given.flatMap((column) => marksOn(model, gift.table, column));
  for (const mark of own) if (isAll || mark.startsWith(`${gift.table}.`)) gift.known.add(mark);
}
