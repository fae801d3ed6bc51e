/** The flag that says what an account is for. */
import { Option } from "commander";
import { HeadgateError } from "../../errors.ts";
import { accountKinds, type AccountKind } from "../../identity/account-kinds.ts";

export function kindOption(): Option {
  return new Option(
    "--kind <kinds>",
    "producer (offers data to others), consumer (receives it), or both: producer,consumer",
  ).argParser(kindsOfText);
}

/** Throws USAGE. */
function kindsOfText(text: string): AccountKind[] {
  const words = text.split(",").map((word) => word.trim());
  const kinds = accountKinds.filter((kind) => words.includes(kind));
  if (kinds.length === words.length) return kinds;
  throw new HeadgateError("USAGE", {
    place: "--kind",
    message: `"${text}" is no kind of an account`,
    remedy: "write producer, consumer, or producer,consumer",
  });
}
