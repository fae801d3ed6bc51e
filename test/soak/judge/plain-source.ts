/**
 * A source as its own database sees it: its tables, and their rows in the notation of spelling.py. It asks the server
 * with a plain client and expressions of its own, and shares nothing with the connectors, so that it also sees what a
 * connector leaves out, rounds or misreads.
 */
import type { Dialect } from "../../world/sample-shop.ts";
import { openPlainMariadb } from "./plain-mariadb.ts";
import { openPlainPostgres } from "./plain-postgres.ts";
import type { Rows } from "./rows.ts";

export interface PlainTable {
  readonly schema: string;
  readonly name: string;
}

export interface PlainSource extends AsyncDisposable {
  readonly mainSchema: string;
  tables(): Promise<readonly PlainTable[]>;
  rows(table: PlainTable): Promise<Rows>;
}

export interface PlainAddress {
  readonly dialect: Dialect;
  /** Without a password. */
  readonly url: string;
  readonly password: string;
}

export function openPlainSource({ dialect, url, password }: PlainAddress): Promise<PlainSource> {
  const address = new URL(url);
  return dialect === "postgres" ? openPlainPostgres(address, password) : openPlainMariadb(address, password);
}
