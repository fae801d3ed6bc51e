/** Checks the PostgreSQL connector against the contract of a source, with a real server. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceConformance } from "../../../test/conformance/source.ts";
import { startPostgres } from "../../../test/world/postgres-server.ts";
import { quoteName } from "./identifiers.ts";
import { postgres } from "./postgres.ts";

sourceConformance(async () => {
  const directory = await mkdtemp(join(tmpdir(), "headgate-conformance-"));
  let server = await startPostgres({ directory });
  await server.createDatabase("conformance");
  const address = (): URL => new URL(server.url("conformance"));
  return {
    connector: postgres,
    get url() {
      const url = address();
      url.password = "";
      return url;
    },
    password: decodeURIComponent(address().password),
    schema: "public",
    quote: quoteName,
    execute: async (statement) => void (await server.query(statement, [], { database: "conformance" })),
    async restart() {
      await server.stop();
      server = await startPostgres({ directory });
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
});
