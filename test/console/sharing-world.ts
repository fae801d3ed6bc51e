/**
 * Things of sharing for looking at its pages: an account that receives, products that everybody may find, one of them with
 * terms and questions, and a share of two tables.
 */
import { askCommand, type CommandOptions } from "../world/command.ts";
import { analyst, owner } from "./console-world.ts";

export const receiver = "lena.brandt";

export interface SharingThings {
  /** The one-time password of whoever administers the account that receives. */
  readonly receiverPassword: string;
  /** The share of two tables with that account. */
  readonly share: string;
}

export async function addSharing(at: CommandOptions): Promise<SharingThings> {
  await askCommand(["account", "add", "analytics"], at);
  const { oneTimePassword: receiverPassword } = await askCommand<{ oneTimePassword: string }>(
    ["user", "add", receiver, "--account", "analytics"],
    at,
  );
  await askCommand(["grant", "administer", "on", "account analytics", "to", receiver], at);
  await addProduct(at);
  const { id: share } = await askCommand<{ id: string }>(
    ["share", "create", "shop.orders", "shop.product", "--to", "account:analytics", "--until", "2027-03-31"],
    at,
  );
  return { receiverPassword, share };
}

async function addProduct(at: CommandOptions): Promise<void> {
  const things = ["shop.customer", "shop.orders", "shop.payment"];
  const said = [
    "--description",
    "Everything that is known of a customer and their orders, brought together every night.",
  ];
  const asked = ["--question", "For which report?", "Who else reads it?"];
  const times = ["--default-days", "90", "--longest-days", "365", "--freshness", "26h"];
  const contact = ["--data-owner", "sales@example.org", "--data-owner-name", "Sales, 2nd floor"];
  const terms = [
    "--terms",
    "Only for reports inside the organisation.\nNobody is contacted because of what stands here.",
  ];
  const add = ["product", "add", "customer360", ...things, "--owner", owner];
  await askCommand(add.concat(said, asked, times, contact, terms), at);
  await askCommand(["grant", "browse", "on", "product customer360", "to", "unit:*"], at);
  await askCommand(["product", "add", "catalogue", "shop.product", "--owner", owner, "--steward", analyst], at);
  await askCommand(["grant", "browse", "on", "product catalogue", "to", "unit:*"], at);
}
