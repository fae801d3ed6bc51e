/**
 * The flags of settings, which every command has. A command that has a flag of that name itself means something else by
 * it; there, the setting is an environment variable only.
 */
import { Option, type Command } from "commander";
import type { Setting } from "../config.ts";

/** Undefined if the command has a flag of its own by that name. */
export function settingOption(command: Command, { flag, env, description, fallback }: Setting): Option | undefined {
  if (command.options.some(({ long }) => long === `--${flag}`)) return undefined;
  return new Option(flagsOf(flag), `${description} (default: ${fallback}; env ${env})`);
}

/** Whether what the command was given with this flag is the setting. */
export function hasSettingOption(command: Command, flag: string): boolean {
  return command.options.some(({ flags }) => flags === flagsOf(flag));
}

function flagsOf(flag: string): string {
  return `--${flag} <value>`;
}
