import type { Source } from "../../sync/source.ts";
import { checkServer } from "./checks.ts";
import { connect, type Credentials, type PostgresConnection } from "./connection.ts";
import { checkSharing, openCut } from "./cut.ts";
import { describeTables, discoverObjects } from "./dictionary.ts";
import { readIdentity } from "./position.ts";

/** Throws what `connect` throws, and SOURCE_POOL_UNFIT. */
export async function openSource(credentials: Credentials): Promise<Source> {
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
