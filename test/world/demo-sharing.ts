/**
 * The sharing part of the demo: an account finds two tables and asks for both. One opens at once; the owner of the other
 * decides on the page behind the link of a mail. Everybody works at the server as themselves, with their own command line.
 */
import { join } from "node:path";
import { silent } from "../../src/base/progress.ts";
import { must } from "../../src/base/must.ts";
import { runCli } from "../../src/cli/cli.ts";
import { keptSignIn } from "../../src/cli/server/kept-sign-ins.ts";
import { colors } from "../../src/cli/output/terminal.ts";
import type { Config } from "../../src/config.ts";
import { connectors, version } from "../../src/main.ts";
import { userAdd } from "../../src/operations/people/users.ts";
import { sendMails } from "../../src/operations/sharing/mail/send-mails.ts";
import { shareList } from "../../src/operations/sharing/share-list.ts";
import type { HeldDirectory } from "../../src/server/hold-directory.ts";
import type { Mailbox } from "./mailbox.ts";
import { shownCommand } from "./shown-command.ts";

interface Stage {
  readonly session: HeldDirectory;
  /** The address of the HTTP door, as links in mails have it. */
  readonly origin: string;
  readonly mailbox: Mailbox;
  /** A directory in which each person has their own settings. */
  readonly home: string;
  /** Shows a command of whoever runs Headgate, and runs it. */
  show(...words: readonly string[]): Promise<void>;
  heading(text: string): void;
}

/** Shows a command of one person at the server, and runs it; a refusal is shown, too. */
type Act = (...words: readonly string[]) => Promise<void>;

const listener = { report: silent, emit: async () => {}, signal: new AbortController().signal };
const ownPassword = "correct horse battery staple";
const reading = "select * from main.shop.customer order by id limit 3";

export async function showSharing(stage: Stage): Promise<void> {
  const { show, heading } = stage;
  heading("Sharing: whose data it is, what in it is personal, and who may find it");
  await show("account", "add", "analytics");
  await addPerson(stage, "olga", { account: "main", role: "none" });
  await addPerson(stage, "vera", { account: "analytics", role: "administrator" });
  await addPerson(stage, "ada", { account: "analytics", role: "none" });
  await show("steward", "add", "olga", "--of", "shop");
  await show("table", "describe", "shop.customer", "--column", "email", "--set", "pii_flag=true");
  await show("grant", "browse", "on", "shop.*", "to", "account:analytics");

  heading(
    "Each of them signs in at the server: vera leads the account analytics, ada works in it, olga owns the shop's data",
  );
  const [olga, vera, ada] = [await signIn(stage, "olga"), await signIn(stage, "vera"), await signIn(stage, "ada")];
  await confirmAddress(stage, olga);

  heading("vera finds both tables, may read neither, and asks for them; one of them has nothing sensitive in it");
  await vera("search", "customer", "--kind", "table");
  await vera("search", "product", "--kind", "table");
  await vera("request", "create", "main.shop.product", "--for", "account", "--purpose", "a price list");
  await vera("request", "create", "main.shop.customer", "--for", "account", "--purpose", "where our customers live");

  heading(
    "olga gets a mail, opens the page behind its link, and approves less than was asked for: id, name and country",
  );
  await approveByMail(stage);
  await vera("request", "list", "--of", "mine");

  heading("vera passes it on to ada, who reads what olga approved; nothing was copied");
  await vera("grant", "select", "on", "main.shop.customer", "to", "ada");
  await ada("sql", reading);
  await show("access", "explain", "ada", "shop.customer");

  heading("olga takes it back: the next read is refused");
  const { shares } = await stage.session.call(shareList, shareList.input.parse({}), listener);
  const share = must(
    shares.find(({ items }) => JSON.stringify(items).includes("customer")),
    "the share",
  );
  await olga("share", "revoke", share.id, "--reason", "the report is done");
  await ada("sql", reading);
}

/** A user with a command line of their own, whose first password is known to this process only. */
async function addPerson(
  { session }: Stage,
  name: string,
  standing: { readonly account: string; readonly role: "none" | "administrator" },
): Promise<void> {
  const added = await session.call(userAdd, userAdd.input.parse({ name, ...standing }), listener);
  process.env[oneTimeOf(name)] = added.oneTimePassword;
  process.env[ownOf(name)] = ownPassword;
}

const oneTimeOf = (name: string): string => `${name.toUpperCase()}_ONE_TIME`;
const ownOf = (name: string): string => `${name.toUpperCase()}_PASSWORD`;
const settingsOf = ({ home }: Stage, name: string): string => join(home, "people", name);

async function signIn(stage: Stage, name: string): Promise<Act> {
  const act = actor(stage, name);
  await act("sign-in", name, "--password-env", oneTimeOf(name), "--new-password-env", ownOf(name));
  return act;
}

function actor(stage: Stage, name: string): Act {
  return async (...words) => {
    process.stdout.write(`\n${colors.dim(`${name}$`)} ${colors.bold(shownCommand(words))}\n`);
    process.env["XDG_CONFIG_HOME"] = settingsOf(stage, name);
    await runCli([...words, "--server", stage.origin], { version, connectors });
  };
}

async function confirmAddress({ mailbox }: Stage, olga: Act): Promise<void> {
  await olga("request", "mail", "subscribe", "olga@example.org");
  const code = must(/confirm ([\w-]{20,})/.exec(mailbox.mails.at(-1) ?? "")?.[1], "a code");
  await olga("request", "mail", "confirm", code);
}

/** Sends what waits, shows the mail, and sends the form of its page in the session of olga, as her browser would. */
async function approveByMail(stage: Stage): Promise<void> {
  const { session, mailbox, origin } = stage;
  const { context } = session;
  await sendMails(context, must(context.config.requestMail, "mail settings") satisfies Config["requestMail"]);
  const mail = must(
    mailbox.mails.findLast((text) => text.includes(`${origin}/decide/`)),
    "a mail",
  );
  showMail(mail);
  const link = must(/Approve: (\S+)/.exec(mail)?.[1], "a link");
  const kept = must(
    await keptSignIn(join(settingsOf(stage, "olga"), "headgate/sign-ins.json"), origin),
    "the session of olga",
  );
  const body = new URLSearchParams({ on: "shop.customer", columns: "id, name, country", comment: "no addresses" });
  const response = await fetch(`${link}/request`, { method: "POST", body, headers: { cookie: kept.cookie, origin } });
  const page = await response.text();
  if (response.status !== 200) throw new Error(page);
  process.stdout.write(`\n${colors.dim("the page, after the form was sent:")} ${textOf(page)}\n`);
}

/** Its plain part, indented. */
function showMail(mail: string): void {
  const [, plain = ""] = /text\/plain[^\n]*\n(?:[\w-]+:[^\n]*\n)*\r?\n(.*?)\r?\n--/s.exec(mail) ?? [];
  const subject = /^Subject: (.+)$/m.exec(mail)?.[1]?.trim() ?? "";
  const lines = [`To: olga@example.org`, `Subject: ${subject}`, "", ...plain.trim().split(/\r?\n/)];
  process.stdout.write(`\n${lines.map((line) => `${colors.dim("  │")} ${line}`.trimEnd()).join("\n")}\n`);
}

function textOf(page: string): string {
  const [, main = page] = /<h1>(.*)<\/p>/s.exec(page) ?? [];
  return main
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}
