/** A metadata database for tests of the audit log, and events to put into it. */
import { openCleanup } from "../../src/base/cleanup.ts";
import { silentLog } from "../../src/base/event-log.ts";
import type { Kysely } from "kysely";
import { startPostgres, type PostgresServer } from "./postgres-server.ts";
import { openDatabase } from "../../src/db/database.ts";
import { migrate } from "../../src/db/migrate.ts";
import type { Tables } from "../../src/db/tables.ts";
import type { AuditEvent } from "../../src/audit/audit-event.ts";
import { openAuditLog, type AuditLog } from "../../src/audit/audit-log.ts";

export interface AuditServer extends AsyncDisposable {
  readonly server: PostgresServer;
  /** Another, empty metadata database. */
  open(clock?: () => string): Promise<AuditDatabase>;
}

export interface AuditDatabase extends AsyncDisposable {
  readonly url: string;
  readonly db: Kysely<Tables>;
  readonly audit: AuditLog;
  /** Runs a statement as a superuser who evades the triggers, as somebody who tampers with the log would. */
  tamper(statement: string): Promise<void>;
}

export async function startAuditServer(): Promise<AuditServer> {
  const server = await startPostgres();
  let databases = 0;
  return {
    server,
    async open(clock) {
      const name = `headgate${databases++}`;
      await server.createDatabase(name);
      return openAuditDatabase(server, { name, clock });
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function openAuditDatabase(
  server: PostgresServer,
  { name, clock }: { name: string; clock: (() => string) | undefined },
): Promise<AuditDatabase> {
  const cleanup = openCleanup();
  const url = addressOf(server, name);
  const { db } = cleanup.use(await openDatabase(url));
  await migrate(db);
  return {
    url,
    db,
    audit: cleanup.use(openAuditLog({ db, log: silentLog, clock })),
    async tamper(statement) {
      const evading = `set search_path = headgate; set session_replication_role = replica; ${statement}; reset all`;
      await server.query(evading, [], { database: name });
    },
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}

/** As the driver of PostgreSQL reads it. */
function addressOf(server: PostgresServer, name: string): string {
  const address = new URL(server.url(name));
  address.search = "";
  address.searchParams.set("host", server.socketDirectory);
  return address.href;
}

export const ann = { kind: "user", id: "0193a1f0-0000-7000-8000-000000000001", name: "ann" } as const;

/** A query that began. */
export function queryBegin(query: string, statement = "select * from shop.orders"): AuditEvent {
  const tables = [{ table: "shop.orders", id: "0193a1f0-0000-7000-8000-000000000002", snapshot: "9007199254740993" }];
  return {
    kind: "query begin",
    actor: ann,
    operation: "sql",
    action: "read",
    resources: [{ kind: "table", name: "shop.orders" }],
    outcome: "begun",
    details: { query, purpose: "rows", statement, tables },
  };
}

export function queryEnd(query: string, rows = 3): AuditEvent {
  return {
    kind: "query end",
    actor: ann,
    operation: "sql",
    outcome: "done",
    details: { query, rows, milliseconds: 1.5 },
  };
}

/** A change of a user by the owner of the data directory. */
export function change(name: string, operation = "user.set"): AuditEvent {
  return {
    kind: "change",
    actor: { kind: "local", name: "local" },
    operation,
    action: "administer",
    resources: [{ kind: "user", name }],
    outcome: "done",
    details: { milliseconds: 2 },
  };
}
