/**
 * The parts that the process gives to every command: its version, and the connectors, which are loaded when first
 * needed.
 */
import type { MakeConnectors } from "../operations/connector-means.ts";

export interface CliParts {
  readonly version: string;
  readonly connectors: MakeConnectors;
}
