/**
 * A process that writes to the audit log until it is killed, or as many events as it is told, by several writers at
 * once. Prints a line for every event that it was told is durable.
 */
import { silentLog } from "../../src/base/event-log.ts";
import { openDatabase } from "../../src/db/database.ts";
import { change } from "./audit-database.ts";
import { openAuditLog } from "../../src/audit/audit-log.ts";

const [url = "", name = "", writers = "1", events = "1"] = process.argv.slice(2);
await using database = await openDatabase(url);
await using audit = openAuditLog({ db: database.db, log: silentLog });

async function write(writer: number): Promise<void> {
  for (let event = 0; event < Number(events); event++) {
    const label = `${name}-${writer}-${event}`;
    await audit.record(change(label));
    process.stdout.write(`${label}\n`);
  }
}

await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(writer)));
