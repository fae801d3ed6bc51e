/** Checks MariaDB against the contract of a source. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceConformance } from "../../../test/conformance/source.ts";
import { startMariadb } from "../../../test/world/mariadb-server.ts";
import { quoteName } from "./identifiers.ts";
import { mariadb } from "./mariadb.ts";

sourceConformance(async () => {
  const directory = await mkdtemp(join(tmpdir(), "headgate-conformance-"));
  let server = await startMariadb({ directory });
  await server.query("create database conformance");
  const address = (): URL => new URL(server.url("conformance"));
  return {
    connector: mariadb,
    get url() {
      const url = address();
      url.password = "";
      return url;
    },
    password: decodeURIComponent(address().password),
    schema: "conformance",
    quote: quoteName,
    execute: async (statement) => void (await server.query(statement, { database: "conformance" })),
    async restart() {
      await server.stop();
      server = await startMariadb({ directory });
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
});
