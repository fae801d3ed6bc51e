/**
 * A source as its own database sees it: which tables there are, and their rows in the spelling of spelling.py. It asks the
 * server by a plain client with expressions of its own, and shares nothing with the connectors: what a connector leaves out,
 * rounds or misreads is here.
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
