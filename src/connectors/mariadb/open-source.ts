import { using } from "../../base/cleanup.ts";
import type { ServerAddress } from "../../base/server-address.ts";
import type { Cut, Source } from "../../sync/source.ts";
import { checkServer } from "./checks.ts";
import { connect, type Credentials, type MariadbConnection } from "./connection.ts";
import { openCut } from "./cut.ts";
import { describeTables, discoverObjects } from "./dictionary.ts";
import { readServerState } from "./position.ts";
import { hiddenTables } from "./rights.ts";

/** Throws what `connect` throws. */
export async function openSource(credentials: Credentials): Promise<Source> {
  return sourceOf(await connect(credentials), credentials);
}

function sourceOf(connection: MariadbConnection, credentials: Credentials): Source {
  const { address }: { address: ServerAddress } = credentials;
  const cutOf = ({ readers }: { readonly readers: number }): Promise<Cut> =>
    openCut({ readers, dictionary: connection, connect: () => connect(credentials) });
  return {
    server: { product: connection.capabilities.product, version: connection.version.text },
    mainSchema: address.database,
    identity: async () => {
      const { identity } = await readServerState(connection);
      const [, unique = ""] = identity.split(" ");
      return unique === "" ? undefined : `${identity} ${address.database ?? ""}`;
    },
    test: (isMeant = () => true) =>
      checkServer(connection, { address, isMeant, tryToRead: () => using(cutOf({ readers: 2 }), async () => {}) }),
    discover: () => discoverObjects(connection, address),
    hidden: (names) => hiddenTables(connection, names),
    describe: (names) => describeTables(connection, names),
    openCut: cutOf,
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}
