/**
 * The connector for PostgreSQL 14 and newer: `postgres://user@host:5432/database?tls=disable|prefer|require|verify&tls-ca=file&socket=directory`.
 * Invariant: nothing is ever written to the server, and no statement blocks its writers.
 */
import type { Connector, Source } from "../../sync/source.ts";
import { parseServerAddress } from "../../base/server-address.ts";
import { checkServer } from "./checks.ts";
import { connect, type Credentials } from "./connection.ts";
import { openCut } from "./cut.ts";
import { describeTables, discoverObjects } from "./dictionary.ts";
import { typeRules } from "./types.ts";

export const postgres: Connector = {
  name: "postgres",
  title: "PostgreSQL",
  schemes: ["postgres", "postgresql"],
  typeRules,
  open: ({ url, password }) => openSource({ address: parseServerAddress(url, { defaultPort: 5432 }), password }),
};

async function openSource(credentials: Credentials): Promise<Source> {
  const connection = await connect(credentials);
  return {
    server: { product: "PostgreSQL", version: connection.versionText },
    mainSchema: "public",
    test: () => checkServer(connection),
    discover: () => discoverObjects(connection),
    describe: (names) => describeTables(connection, names),
    openCut: ({ readers }) => openCut(credentials, readers),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}
