/**
 * The connector for PostgreSQL 14 and newer:
 * `postgres://user@host:5432/database?tls=disable|prefer|require|verify&tls-ca=file&socket=directory`.
 * Invariant: nothing is ever written to the server, no statement blocks its writers, and no setting outlives a
 * transaction.
 */
import type { Connector, Source } from "../../sync/source.ts";
import { parseServerAddress } from "../../base/server-address.ts";
import { checkServer } from "./checks.ts";
import { comparePositions } from "./compare-positions.ts";
import { connect, type Credentials, type PostgresConnection } from "./connection.ts";
import { checkSharing, openCut } from "./cut.ts";
import { describeTables, discoverObjects } from "./dictionary.ts";
import { readIdentity } from "./position.ts";
import { typeRules } from "./types.ts";

export const postgres: Connector = {
  name: "postgres",
  title: "PostgreSQL",
  schemes: ["postgres", "postgresql"],
  typeRules,
  comparePositions,
  open: ({ url, password }) => openSource({ address: parseServerAddress(url, { defaultPort: 5432 }), password }),
};

async function openSource(credentials: Credentials): Promise<Source> {
  const connection = await connect(credentials);
  if (connection.pooled) await checkPool(connection);
  return {
    server: { product: "PostgreSQL", version: connection.versionText },
    mainSchema: "public",
    identity: async () => {
      const { system, timeline, database } = await readIdentity(connection);
      return system === null ? undefined : [system, timeline, database].join(" ");
    },
    test: (isMeant = () => true) =>
      checkServer(connection, { isMeant, tryToShare: () => checkSharing({ credentials, outside: connection }) }),
    discover: () => discoverObjects(connection),
    // The dictionary shows every table, even those that the user may not read.
    hidden: async () => [],
    describe: (names) => connection.within(() => describeTables(connection, names)),
    openCut: ({ readers }) => openCut({ credentials, readers, outside: connection }),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

/** Throws SOURCE_POOL_UNFIT if a pooler does not keep the statements of a transaction together. */
async function checkPool(connection: PostgresConnection): Promise<void> {
  try {
    await connection.within(async () => connection.query("select 1"));
  } catch (failure) {
    await connection[Symbol.asyncDispose]();
    throw failure;
  }
}
