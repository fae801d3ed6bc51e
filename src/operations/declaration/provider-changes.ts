/** Changes that make identity providers as declared. A provider is not asked whether it is one: the file may come first. */
import type { SecretBox } from "../../base/secret-box.ts";
import {
  addProvider,
  changeProvider,
  listProviders,
  removeProvider,
  type Provider,
} from "../../identity/providers/providers.ts";
import type { ProviderSettings } from "../../identity/providers/settings.ts";
import type { AccessChange } from "../access/access-change.ts";
import { checkAdministers, ofAnother, type AccessWork } from "../access/access-work.ts";
import { placed } from "../placed.ts";
import { settingsOf, type DeclaredProvider, type DeclaredProviders } from "./declared-providers.ts";
import type { PlaceOf } from "./read-declaration.ts";
import { changed } from "./step.ts";

export interface ProviderSecrets {
  readonly secrets: SecretBox;
  /** By provider: the value of its `client_secret`. */
  readonly clientSecrets: Readonly<Record<string, string>>;
}

/** Throws DECLARATION_INVALID, PROVIDER_INVALID, ACCOUNT_NOT_FOUND, GROUP_NOT_FOUND, NOT_ALLOWED. */
export async function changeProviders(
  work: AccessWork,
  { declared, ...parts }: ProviderSecrets & { readonly declared: DeclaredProviders },
  placeOf: PlaceOf,
): Promise<readonly AccessChange[]> {
  const known = new Map((await listProviders(work.transaction)).map((provider) => [provider.name, provider]));
  const changes: AccessChange[] = [];
  for (const [name, one] of Object.entries(declared)) {
    const wanted = { name, declared: one, known: known.get(name) };
    changes.push(...(await placed(placeOf(["identity_providers", name]), () => makeProvider(work, wanted, parts))));
  }
  const gone = [...known.values()].filter(({ name, origin }) => origin === work.origin && declared[name] === undefined);
  for (const { name } of gone)
    changes.push(await placed(placeOf(["identity_providers"]), () => endProvider(work, name)));
  return changes;
}

interface WantedProvider {
  readonly name: string;
  readonly declared: DeclaredProvider;
  readonly known: Provider | undefined;
}

async function makeProvider(
  work: AccessWork,
  { name, declared, known }: WantedProvider,
  { secrets, clientSecrets }: ProviderSecrets,
): Promise<readonly AccessChange[]> {
  const { transaction, origin } = work;
  if (known !== undefined && known.origin !== origin) throw ofAnother(`the identity provider ${name}`, known.origin);
  const settings = settingsOf(name, declared);
  const given = clientSecrets[name];
  const stored = known?.clientSecret == null ? undefined : secrets.open(known.clientSecret);
  const clientSecret = given === stored ? undefined : given;
  const details = [...differences(known, settings), ...(clientSecret === undefined ? [] : ["client secret"])];
  if (known !== undefined && details.length === 0) return [];
  checkAdministers(work, { kind: "lake" });
  const put = { name, settings, clientSecret, origin };
  const parts = { db: transaction, secrets };
  if (known === undefined) {
    await addProvider(parts, put);
    return [providerChange(name, "add", details)];
  }
  return [{ ...providerChange(name, "change", details), falls: sessionsThatEnd(await changeProvider(parts, put)) }];
}

function differences(known: Provider | undefined, settings: ProviderSettings): readonly string[] {
  const names = Object.keys(settings) as (keyof ProviderSettings)[];
  return names.flatMap((name) => changed(name, textOf(known?.[name]), textOf(settings[name])));
}

/** Objects that differ only in the order of their names are the same. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  if (typeof value !== "object" || Array.isArray(value)) return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return entries.map(([name, text]) => `${name}=${String(text)}`).join(" ");
}

async function endProvider(work: AccessWork, name: string): Promise<AccessChange> {
  checkAdministers(work, { kind: "lake" });
  const sessions = await removeProvider(work.transaction, name);
  return { ...providerChange(name, "remove", []), falls: sessionsThatEnd(sessions) };
}

function sessionsThatEnd(count: number): readonly string[] {
  return count === 0 ? [] : [`${count} sessions`];
}

function providerChange(name: string, change: AccessChange["change"], details: readonly string[]): AccessChange {
  const about = [{ kind: "identity provider", name }];
  return { what: "identity provider", name, change, details, falls: [], about };
}
