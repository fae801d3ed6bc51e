/**
 * A served Headgate for looking at the console: a sample shop with described, certified and sensitive tables, a table
 * whose names and values try to become markup, and an analyst who may read a part of it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildConsole } from "../../scripts/build-console.ts";
import { askCommand, type CommandOptions } from "../world/command.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";

export interface ConsoleWorld extends AsyncDisposable {
  readonly at: CommandOptions;
  readonly source: SampleSource;
  readonly served: ServedHeadgate;
  /** The analyst's one-time password. */
  readonly analystPassword: string;
  /** The one-time password of whoever answers for the shop. */
  readonly ownerPassword: string;
  /** Ends the server, and starts it again at the same address. */
  restart(): Promise<void>;
}

export const analyst = "sven.holm";
export const owner = "mara.lindqvist";

/** Texts that become something else wherever they are not shown as text. */
export const hostile = {
  table: '<img src=x onerror="document.title=1">',
  column: "</td><script>document.title=2</script>",
  comment: '"><svg onload="document.title=3"> javascript:alert(1)',
  cell: "<b onmouseover=alert(4)>bold</b>",
  emoji: "zufriedene_kunden_😀",
  rightToLeft: "عملاء",
} as const;

/** A test opens in a minute as many pages as an office does. */
const manyPages = ["--rate-limit", "100000"];

export async function openConsoleWorld(): Promise<ConsoleWorld> {
  await buildConsole();
  const home = await mkdtemp(join(tmpdir(), "headgate-console-"));
  const source = await openSampleSource("postgres", join(home, "source"));
  for (const statement of statements) await source.execute(statement);
  const at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password } };
  let served = await serveHeadgate(at, ...manyPages);
  const { port } = new URL(served.origin);
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
  await askCommand(["source", "set", "shop", "--freshness", "1h"], at);
  await askCommand(["sync", "shop"], at);
  await source.execute("delete from orders where id % 50 = 0");
  await askCommand(["sync", "shop"], at);
  await describe(at);
  const analystPassword = await addAnalyst(at);
  const ownerPassword = await addOwner(at);
  return {
    at,
    source,
    analystPassword,
    ownerPassword,
    get served() {
      return served;
    },
    async restart() {
      await served.stop();
      served = await serveHeadgate(at, "--port", port, ...manyPages);
    },
    async [Symbol.asyncDispose]() {
      await served.stop();
      await source[Symbol.asyncDispose]();
      await rm(home, { recursive: true, force: true });
    },
  };
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

const wide = Array.from({ length: 300 }, (_, place) => `n + ${place} as c${place}`).join(", ");

const statements: readonly string[] = [
  "create table customer (id bigint primary key, email varchar(120), first_name varchar(60), last_name varchar(60), phone varchar(30), birth_date date, country varchar(2) not null, city varchar(60), delivery_note text, loyalty_tier varchar(10), lifetime_value decimal(12,2), created_at timestamp not null)",
  "insert into customer select n, 'customer' || n || '@example.org', (array['Lena','Søren','Noor','Ștefan','Aylin'])[1 + n % 5], (array['Novak','Müller','Okafor','Ionescu'])[1 + n % 4], case when n % 3 = 0 then null else '+40 72' || (1000000 + n * 97) end, date '1950-01-01' + (n * 5 % 20000), (array['DE','AT','NL','DK'])[1 + n % 4], (array['Köln','Graz','Utrecht','Aarhus'])[1 + n % 4], case when n % 7 = 0 then 'Call ' || n else '' end, (array['none','silver','gold'])[1 + n % 3], n * 3.17, timestamp '2024-01-01' + interval '1 hour' * n from generate_series(1, 2400) n",
  "comment on table customer is 'One row per person who ever had a shop account. Closed accounts stay, with their e-mail replaced.'",
  "comment on column customer.id is 'Customer number in the shop'",
  "comment on column customer.birth_date is 'Only if the customer gave it'",
  "create table orders (id bigint primary key, customer_id bigint, ordered_at timestamp, status varchar(12), total decimal(12,2))",
  "insert into orders select n, 1 + n * 7 % 2400, timestamp '2026-11-01' + interval '7 minute' * n, (array['paid','open','returned'])[1 + n % 3], n * 1.37 from generate_series(1, 5000) n",
  "create table product (id int primary key, sku varchar(20), name varchar(80), price decimal(10,2))",
  "insert into product select n, 'SKU-' || n, 'Product ' || n, n * 1.5 from generate_series(1, 400) n",
  "create table payment (id int primary key, order_id bigint, iban varchar(40))",
  "insert into payment select n, n, 'DE89370400440532013000' from generate_series(1, 50) n",
  `create table wide_row as select n as id, ${wide} from generate_series(1, 500) n`,
  "alter table wide_row add primary key (id)",
  `create table ${quoted(hostile.table)} (id int primary key, ${quoted(hostile.column)} text, ${quoted(hostile.rightToLeft)} text)`,
  `insert into ${quoted(hostile.table)} values (1, ${text(hostile.cell)}, 'مرحبا'), (2, null, ''), (3, 'a	b', '😀')`,
  `comment on table ${quoted(hostile.table)} is ${text(hostile.comment)}`,
  `create table ${quoted(hostile.emoji)} (id int primary key, note text)`,
];

async function describe(at: CommandOptions): Promise<void> {
  const described = ["data_owner=sales", "data_owner_name=Sales, 2nd floor"];
  await askCommand(["table", "describe", "shop.customer", "--set", ...described], at);
  await askCommand(
    ["table", "describe", "shop.customer", "--column", "email", "--set", "pii_flag=true", "pii_class=email"],
    at,
  );
  await askCommand(["table", "mark", "shop.orders", "certified", "--reason", "reconciled every night"], at);
}

async function addAnalyst(at: CommandOptions): Promise<string> {
  const { oneTimePassword } = await askCommand<{ oneTimePassword: string }>(["user", "add", analyst], at);
  await askCommand(["grant", "select", "on", "shop.orders", "to", analyst], at);
  await askCommand(["grant", "select", "on", `shop.${quoted(hostile.table)}`, "to", analyst], at);
  await askCommand(["grant", "select", "on", "shop.wide_row", "to", analyst], at);
  const masks = ["--mask", "email=sha-256-global", "birth_date=truncate-to-year"];
  await askCommand(
    ["filter", "add", "no-contact", "on", "shop.customer", "--except", "last_name,phone,delivery_note", ...masks],
    at,
  );
  await askCommand(["grant", "select", "on", "shop.customer", "to", analyst, "--filter", "no-contact"], at);
  return oneTimePassword;
}

/** Whoever decides on requests for the shop. The analyst may know of a table with personal data, and not read it. */
async function addOwner(at: CommandOptions): Promise<string> {
  const { oneTimePassword } = await askCommand<{ oneTimePassword: string }>(["user", "add", owner], at);
  await askCommand(["steward", "add", owner, "--of", "shop"], at);
  await askCommand(
    ["table", "describe", "shop.payment", "--column", "iban", "--set", "pii_flag=true", "pii_class=iban"],
    at,
  );
  await askCommand(["grant", "describe", "on", "shop.payment", "to", analyst], at);
  return oneTimePassword;
}
