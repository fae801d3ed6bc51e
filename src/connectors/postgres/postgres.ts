/**
 * The connector for PostgreSQL 14 and newer:
 * `postgres://user@host:5432/database?tls=disable|prefer|require|verify&tls-ca=file&socket=directory`.
 * The modules that a connection needs are loaded when the first one is opened.
 * Invariant: nothing is ever written to the server, no statement blocks its writers, and no setting outlives a
 * transaction.
 */
import type { Connector } from "../../sync/source.ts";
import { parseServerAddress } from "../../base/server-address.ts";
import { comparePositions } from "./compare-positions.ts";
import { typeRules } from "./types.ts";

export const postgres: Connector = {
  name: "postgres",
  title: "PostgreSQL",
  schemes: ["postgres", "postgresql"],
  typeRules,
  comparePositions,
  async open({ url, password }) {
    const { openSource } = await import("./open-source.ts");
    return openSource({ address: parseServerAddress(url, { defaultPort: 5432 }), password });
  },
};
