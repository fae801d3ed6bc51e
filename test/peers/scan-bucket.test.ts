/**
 * Personal data is looked for in a lake on S3 as in a local one. The data files are there and nowhere else when the search
 * begins, in a process of its own.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { askCommand } from "../world/command.ts";
import { s3ServerKinds, startS3Server } from "../world/s3-server.ts";

test.each(s3ServerKinds)("personal data is found in a lake on %s", async (kind) => {
  const home = await mkdtemp(join(tmpdir(), "headgate-scan-"));
  await using server = await startS3Server(kind);
  const lake = { HEADGATE_LAKE: `s3://${server.bucket}/lake`, HEADGATE_TABLE_ROOTS: home };
  const at = { data: join(home, "data"), environment: { ...server.environment, ...lake } };
  try {
    const folder = join(home, "files/shop/contact");
    await mkdir(folder, { recursive: true });
    const rows = Array.from({ length: 300 }, (_, index) => `${index},word ${index},person${index}@example.org\n`);
    await writeFile(join(folder, "LOAD00000001.csv"), rows.join(""));
    const address = `dms-files+file://${join(home, "files")}?schema=shop&settle=0`;
    await askCommand(["source", "add", "mail", address], at);
    const found = { table: "mail.contact", column: "column2", class: "email", confidence: 0.99 };
    expect(await askCommand(["sync", "mail"], at)).toMatchObject({ personalData: [found] });
    await rm(join(home, "data/scratch"), { recursive: true, force: true });
    expect(await askCommand(["pii", "scan"], at)).toMatchObject({
      tables: [{ table: "mail.contact", columns: 3, proposed: 0, withdrawn: 0 }],
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
