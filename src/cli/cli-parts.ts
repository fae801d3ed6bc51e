/**
 * The parts that the process gives to every command: its version, and the connectors, which are loaded when first
 * needed.
 */
import type { Connector } from "../sync/source.ts";

export interface CliParts {
  readonly version: string;
  readonly connectors: () => Promise<readonly Connector[]>;
}
