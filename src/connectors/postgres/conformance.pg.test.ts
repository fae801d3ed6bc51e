/** The contract of a source, held by the PostgreSQL connector against a real server. */
import { sourceConformance } from "../../../test/conformance/source.ts";
import { startPostgres } from "../../../test/world/postgres-server.ts";
import { quoteName } from "./identifiers.ts";
import { postgres } from "./postgres.ts";

sourceConformance(async () => {
  const server = await startPostgres();
  await server.createDatabase("conformance");
  const url = new URL(server.url("conformance"));
  const password = decodeURIComponent(url.password);
  url.password = "";
  return {
    connector: postgres,
    url,
    password,
    schema: "public",
    quote: quoteName,
    execute: async (statement) => void (await server.query(statement, [], { database: "conformance" })),
    [Symbol.asyncDispose]: () => server.stop(),
  };
});
