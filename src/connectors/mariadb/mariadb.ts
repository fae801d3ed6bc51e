/**
 * The connectors for MariaDB and MySQL share this code; their differences are in capabilities.ts. Not a client library.
 * Invariant: nothing is ever written to the server, and no statement blocks its writers.
 */
import { using } from "../../base/cleanup.ts";
import type { Connector, Cut, Source, SourceAddress } from "../../sync/source.ts";
import { parseServerAddress, type ServerAddress } from "../../base/server-address.ts";
import { checkServer } from "./checks.ts";
import { comparePositions } from "./compare-positions.ts";
import { connect, type Credentials, type MariadbConnection } from "./connection.ts";
import { openCut } from "./cut.ts";
import { describeTables, discoverObjects } from "./dictionary.ts";
import { readServerState } from "./position.ts";
import { hiddenTables } from "./rights.ts";
import { typeRules } from "./types.ts";

const common = { typeRules, comparePositions, open };

/** MariaDB 10.6 and newer. `mariadb://user@host:3306/database?tls=disable|prefer|require|verify&tls-ca=file&socket=path` */
export const mariadb: Connector = { name: "mariadb", title: "MariaDB", schemes: ["mariadb"], ...common };

/** MySQL 8.0 and newer, with the same address and types. */
export const mysql: Connector = { name: "mysql", title: "MySQL", schemes: ["mysql"], ...common };

async function open({ url, password }: SourceAddress): Promise<Source> {
  const credentials = { address: parseServerAddress(url, { defaultPort: 3306 }), password };
  return openSource(await connect(credentials), credentials);
}

function openSource(connection: MariadbConnection, credentials: Credentials): Source {
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
