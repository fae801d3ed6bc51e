/**
 * The end of the demo: two programs with different rights run the same statement, one of them is explained, and a right
 * that is taken back stops a statement that is running.
 */
import { setTimeout as delay } from "node:timers/promises";
import { silent } from "../../src/base/progress.ts";
import { printRows } from "../../src/cli/output/rows.ts";
import { colors } from "../../src/cli/output/terminal.ts";
import { HeadgateError } from "../../src/errors.ts";
import { principalOfKey } from "../../src/identity/api-keys.ts";
import type { Principal } from "../../src/identity/principal.ts";
import { keyCreate, keyList, keyRevoke } from "../../src/operations/people/keys.ts";
import { perform } from "../../src/operations/perform.ts";
import { sql } from "../../src/operations/sql.ts";
import type { HeldDirectory } from "../../src/server/hold-directory.ts";

interface Stage {
  readonly session: HeldDirectory;
  /** Shows a command and runs it. */
  show(...words: readonly string[]): Promise<void>;
  heading(text: string): void;
}

const statement =
  "select city, count(*) as addresses, min(street) as a_street from shop.customer_address where customer_id <= 40 group by city order by city limit 4";

const listener = { report: silent, emit: async () => {}, signal: new AbortController().signal };

export async function showGate({ session, show, heading }: Stage): Promise<void> {
  const [ann, bea] = [await newProgram(session, "ann"), await newProgram(session, "bea")];
  heading("Rights: ann may read addresses; bea those of one city only, and no street by name");
  await show("grant", "select", "on", "shop.customer_address", "to", "key:ann");
  const filter = ["filter", "add", "city-one", "on", "shop.customer_address", "--replace"];
  await show(...filter, "--rows", "city = 'City 1'", "--mask", "street=mask-alphanum");
  await show("grant", "select", "on", "shop.customer_address", "to", "key:bea", "--filter", "city-one");
  heading("The same statement, asked by both");
  for (const program of [ann, bea]) await showAnswer(session, program);
  await show("access", "explain", "key:bea", "shop.customer_address");
  heading("A right that is taken back stops what is being read with it");
  const running = refusalOf(session, ann, "select a.city from shop.customer_address a, range(100000000000)");
  await delay(1_500);
  await show("revoke", "select", "on", "shop.customer_address", "from", "key:ann");
  process.stdout.write(`${colors.dim("ann, who was reading:")} ${await running}\n`);
  process.stdout.write(`${colors.dim("ann, who asks again:")} ${await refusalOf(session, ann, statement)}\n`);
}

async function newProgram(session: HeldDirectory, name: string): Promise<Principal> {
  const { keys } = await session.call(keyList, {}, listener);
  if (keys.some((key) => key.name === name)) await session.call(keyRevoke, { name }, listener);
  const { key } = await session.call(keyCreate, keyCreate.input.parse({ name, role: "none" }), listener);
  const principal = await principalOfKey(session.context.db, key);
  if (principal === undefined) throw new TypeError("a key that was just made stands for nobody");
  return principal;
}

async function showAnswer(session: HeldDirectory, principal: Principal): Promise<void> {
  process.stdout.write(`\n${colors.dim(`${principal.name}:`)} ${colors.bold(statement)}\n`);
  const rows: (readonly unknown[])[] = [];
  const emit = async (item: unknown): Promise<void> => {
    rows.push(...((item as { rows?: unknown[][] }).rows ?? []));
  };
  await perform(session.context, {
    operation: sql,
    principal,
    input: { sql: statement },
    listener: { ...listener, emit },
  });
  printRows(rows.map(([city, addresses, street]) => ({ city, addresses: Number(addresses), a_street: street })));
}

async function refusalOf(session: HeldDirectory, principal: Principal, text: string): Promise<string> {
  try {
    await perform(session.context, { operation: sql, principal, input: { sql: text }, listener });
  } catch (failure) {
    const cause = failure instanceof Error ? (failure.cause ?? failure) : failure;
    if (cause instanceof HeadgateError) return `${cause.code}: ${cause.message}`;
    throw failure;
  }
  throw new TypeError("a statement that may not be read was answered");
}
