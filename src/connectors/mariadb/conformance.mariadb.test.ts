/** The contract of a source, kept by MariaDB. */
import { sourceConformance } from "../../../test/conformance/source.ts";
import { startMariadb } from "../../../test/world/mariadb-server.ts";
import { quoteName } from "./identifiers.ts";
import { mariadb } from "./mariadb.ts";

sourceConformance(async () => {
  const server = await startMariadb();
  await server.query("create database conformance");
  const url = new URL(server.url("conformance"));
  const password = decodeURIComponent(url.password);
  url.password = "";
  return {
    connector: mariadb,
    url,
    password,
    schema: "conformance",
    quote: quoteName,
    execute: async (statement) => void (await server.query(statement, { database: "conformance" })),
    [Symbol.asyncDispose]: () => server.stop(),
  };
});
