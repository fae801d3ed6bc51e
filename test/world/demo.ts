/**
 * `npm run demo`: demonstrates the main job. Starts a sample source and a Headgate, and runs the real commands against
 * them. `-- --source mariadb` uses the other database, `-- --exit` stops at the end, `-- --reset` starts over.
 */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { colors } from "../../src/cli/output/terminal.ts";
import { openCleanup } from "../../src/base/cleanup.ts";
import { runCli, showError } from "../../src/cli/cli.ts";
import { firstSignIn } from "../../src/cli/commands/up.ts";
import { printRows } from "../../src/cli/output/rows.ts";
import { holdDirectory } from "../../src/server/hold-directory.ts";
import { resolveConfig } from "../../src/config.ts";
import { openHttpDoor, type HttpDoor } from "../../src/doors/http/http-door.ts";
import { firstAdministrator } from "../../src/identity/users.ts";
import { connectors, version } from "../../src/main.ts";
import { operations } from "../../src/operations/operations.ts";
import { buildConsole } from "../../scripts/build-console.ts";
import { showGate } from "./demo-gate.ts";
import { showSharing } from "./demo-sharing.ts";
import { compareAllWithLake } from "./equality.ts";
import { freePort } from "./free-port.ts";
import { openMailbox } from "./mailbox.ts";
import { sampleShop } from "./sample-shop.ts";
import { openSampleSource } from "./sample-source.ts";
import { shownCommand } from "./shown-command.ts";

const { values } = parseArgs({
  options: {
    source: { type: "string", default: "postgres" },
    exit: { type: "boolean", default: false },
    reset: { type: "boolean", default: false },
    port: { type: "string", default: "7420" },
  },
});
const dialect = values.source === "mariadb" ? "mariadb" : "postgres";
const home = resolve(".headgate", `demo-${dialect}`);
const data = `${home}/lakehouse`;
/** Written when the first start has finished; without it, the next start begins again. */
const finished = `${home}/finished`;
const cleanup = openCleanup();
const salesQuery =
  "select s.city, count(*) as orders, sum(o.sold_price) as sales from shop.productorder o join shop.store s on s.id = o.store_id group by s.city order by sales desc limit 5";

try {
  process.exitCode = await demo();
} catch (failure) {
  showError(failure, false);
  process.exitCode = 1;
} finally {
  await cleanup[Symbol.asyncDispose]();
}

async function demo(): Promise<number> {
  const isFirst = values.reset || !existsSync(finished);
  if (isFirst) await rm(home, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  heading(
    `Starting a sample ${dialect === "postgres" ? "PostgreSQL" : "MariaDB"} and a Headgate with its own metadata database`,
  );
  const source = cleanup.use(await openSampleSource(dialect, `${home}/source`));
  const port = values.exit ? String(await freePort()) : values.port;
  const origin = `http://127.0.0.1:${port}`;
  const mailbox = cleanup.use(await openMailbox());
  const config = resolveConfig({ data, port, smtp: mailbox.server, publicUrl: origin, alertFrom: "lake@example.org" });
  const session = cleanup.use(await holdDirectory({ config, connectors }));
  const shop = sampleShop(dialect);
  const tables = ["product", "store", "productorder", "customer", "customer_address", "shop_visit"];

  if (isFirst) {
    note(`filling the source: ${tables.join(", ")}`);
    for (const statement of shop.create) await source.execute(statement);
    process.env["SHOP_PASSWORD"] = source.password;
    heading("Connect the source, see whether it is ready");
    await show("source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD");
    await show("source", "test", "shop");
    heading("Load all of it: one consistent cut, one commit");
    await show("sync", "shop");
    await show("table", "list");
    await prove(tables);
    heading("A day's work at the source: inserts, an update, deletes, a new column, a new table");
    for (const statement of shop.change) {
      note(statement.length > 110 ? `${statement.slice(0, 107)}…` : statement);
      await source.execute(statement);
    }
    heading("Sync again: only what changed");
    await show("sync", "shop");
    await show("table", "history", "shop.productorder");
  } else {
    note("the sample lake is here already (start over with -- --reset)");
    heading("Sync: an unchanged source makes no commit and no file");
    await show("sync", "shop");
    await show("table", "list");
  }
  await prove([...tables, "voucher"]);
  heading("A query over the lake, as of now and as of before the change");
  await show("sql", salesQuery);
  await show(
    "sql",
    `select count(*) as orders_now, sum(sold_price) filter (where customer_id = 42) as customer_42_now from shop.productorder`,
  );
  await show(
    "sql",
    "--as-of",
    "first",
    `select count(*) as orders_before, sum(sold_price) filter (where customer_id = 42) as customer_42_before from shop.productorder`,
  );
  await showGate({ session, show, heading });
  const door = cleanup.use(openDoor());
  await door.listen({ host: config.host, port: config.port });
  if (isFirst) {
    await showSharing({ session, origin, mailbox, home, show, heading });
    await writeFile(finished, "");
  }
  whatNext();
  if (values.exit) return 0;
  return stayUp();

  async function prove(names: readonly string[]): Promise<void> {
    heading("Proof: every row read again from the source with a plain client, compared with the lake as a multiset");
    const results = await compareAllWithLake({ source, session, database: "shop", tables: names });
    printRows(
      results.map(({ table, sourceRows, lakeRows, digest, equal }) => ({
        table,
        "rows in the source": sourceRows,
        "rows in the lake": lakeRows,
        digest,
        verdict: equal ? "equal" : "DIFFERENT",
      })),
    );
    if (results.some(({ equal }) => !equal)) throw new Error("source and lake differ");
  }

  function openDoor(): HttpDoor {
    const { requestsPerMinute } = config;
    const guard = { requestsPerMinute, tls: undefined, logsRequests: false, trustsProxy: false };
    return openHttpDoor({ context: session.context, operations, version, guard });
  }

  async function stayUp(): Promise<number> {
    await buildConsole();
    const first = await firstAdministrator(session.context.db);
    process.stdout.write(`\n${colors.green("✓")} Headgate stays up on ${colors.bold(origin)}; stop with Ctrl-C\n`);
    const again = `sign in as admin; for another one-time password: ./headgate user reset admin`;
    process.stdout.write(`  ${first === undefined ? again : firstSignIn(first)}\n`);
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
    return 0;
  }
}

async function show(...words: readonly string[]): Promise<void> {
  process.stdout.write(`\n${colors.dim("$")} ${colors.bold(shownCommand(words))}\n`);
  const code = await runCli([...words, "--data", data], { version, connectors });
  if (code !== 0) throw new Error(`headgate ${words[0] ?? ""} ended with ${code}`);
}

function whatNext(): void {
  heading("What to try next");
  const directory = relative(process.cwd(), data);
  process.stdout.write(
    [
      `  export HEADGATE_DATA=${directory}`,
      `  ./headgate sql "select * from shop.customer limit 5"`,
      `  ./headgate table show shop.product`,
      `  ./headgate sql --format parquet --output orders.parquet "select * from shop.productorder"`,
      "",
      "  # your own database goes into a lake of its own",
      `  unset HEADGATE_DATA`,
      `  ./headgate source add mine mariadb://user@host:3306/database --password-env MY_PASSWORD && ./headgate sync mine`,
      "",
    ].join("\n"),
  );
}

function heading(text: string): void {
  process.stdout.write(`\n${colors.cyan("━━")} ${colors.bold(text)}\n`);
}

function note(text: string): void {
  process.stdout.write(`${colors.dim(`   ${text}`)}\n`);
}
