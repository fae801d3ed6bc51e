/**
 * The connectors for MariaDB and MySQL share this code; their differences are in capabilities.ts. Not a client library.
 * The modules that a connection needs are loaded when the first one is opened.
 * Invariant: nothing is ever written to the server, and no statement blocks its writers.
 */
import type { Connector, Source, SourceAddress } from "../../sync/source.ts";
import { parseServerAddress } from "../../base/server-address.ts";
import { comparePositions } from "./compare-positions.ts";
import { typeRules } from "./types.ts";

const common = { typeRules, comparePositions, open };

/** MariaDB 10.6 and newer. `mariadb://user@host:3306/database?tls=disable|prefer|require|verify&tls-ca=file&socket=path` */
export const mariadb: Connector = { name: "mariadb", title: "MariaDB", schemes: ["mariadb"], ...common };

/** MySQL 8.0 and newer, with the same address and types. */
export const mysql: Connector = { name: "mysql", title: "MySQL", schemes: ["mysql"], ...common };

async function open({ url, password }: SourceAddress): Promise<Source> {
  const { openSource } = await import("./open-source.ts");
  return openSource({ address: parseServerAddress(url, { defaultPort: 3306 }), password });
}
