/** The flag for attributes of a user, a group, a role or a key: texts by name that row filters can use. */
import { InvalidArgumentError, Option } from "commander";

export type AttributeChanges = Readonly<Record<string, string | null>>;

export function attributeOption(): Option {
  return new Option(
    "--attribute <name=value>",
    "a text that row filters can use as principal.<name>; repeat it for several, and write <name>= to remove one",
  ).argParser((text: string, before: AttributeChanges = {}): AttributeChanges => {
    const [, name = "", value = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === "") throw new InvalidArgumentError("write it as name=value, such as country=DE");
    return { ...before, [name]: value === "" ? null : value };
  });
}

/** `country=DE, team=sales` */
export function attributesText(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");
}
