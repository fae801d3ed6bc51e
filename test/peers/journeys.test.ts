/**
 * Tests the console as three people use it from an empty server on: the administrator adds a MariaDB source, people and
 * rights; the analyst reads and asks for more; the owner approves by the page behind the link of a mail, and revokes.
 * Each sees the others' steps without touching the page. Also two people who edit one text, a session that ends while a
 * form is filled in, a server that is away for a while, and a slow network.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { buildConsole } from "../../scripts/build-console.ts";
import { must } from "../../src/base/must.ts";
import { arrive, openBrowser, signIn, watchedPage, type Watched } from "../console/open-browser.ts";
import { askCommand, type CommandOptions } from "../world/command.ts";
import { freePort } from "../world/free-port.ts";
import { openMailbox, type Mailbox } from "../world/mailbox.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";

const chosen = "correct horse battery";
const desk = { width: 1440, height: 900 };

let home: string;
let at: CommandOptions;
let port: string;
let mailbox: Mailbox;
let shop: SampleSource;
let served: ServedHeadgate;
let browser: Browser;
let admin: Watched;
let ann: Watched;
let olga: Watched;

beforeAll(async () => {
  await buildConsole();
  home = await mkdtemp(join(tmpdir(), "headgate-journeys-"));
  mailbox = await openMailbox();
  shop = await openSampleSource("mariadb", join(home, "source"));
  for (const statement of statements) await shop.execute(statement);
  port = String(await freePort());
  const environment = { HEADGATE_SMTP: mailbox.server, HEADGATE_PUBLIC_URL: `http://127.0.0.1:${port}` };
  at = { data: join(home, "data"), environment };
  served = await serveHeadgate(at, "--port", port);
  browser = await openBrowser();
  [admin, ann, olga] = [
    await watchedPage(browser, desk),
    await watchedPage(browser, desk),
    await watchedPage(browser, desk),
  ];
  for (const { page } of [admin, ann, olga]) page.setDefaultTimeout(15_000);
});
afterAll(async () => {
  await browser?.close();
  await served?.stop();
  await shop?.[Symbol.asyncDispose]();
  await mailbox?.[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

const statements: readonly string[] = [
  "create table orders (id int primary key auto_increment, status varchar(12), total decimal(12,2))",
  "insert into orders (status, total) select 'paid', seq * 1.37 from seq_1_to_5000",
  "create table payment (id int primary key, order_id int, iban varchar(40))",
  "insert into payment select seq, seq, 'DE89370400440532013000' from seq_1_to_50",
  "create table left_alone (id int primary key)",
];

const open = (page: Page, path: string): Promise<unknown> => page.goto(served.origin + path);

describe("the administrator", () => {
  test("comes from the first start to a loaded source without a guide", async () => {
    const { page } = admin;
    const { user = "", oneTimePassword = "" } = served.first ?? {};
    await arrive(page, served.origin, { user, password: oneTimePassword }, chosen);
    await page.getByText("Three steps to begin").waitFor();
    await page.getByRole("link", { name: "Add a source" }).click();
    await connect(page, "not the password");
    await page.getByRole("alert").getByText("SOURCE_LOGIN_REFUSED").waitFor();
    await page.getByLabel("Password", { exact: true }).fill(shop.password);
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByText("answers.").waitFor();
    await page
      .getByRole("button", { name: /^Copy the statement for/ })
      .first()
      .waitFor();
    await page.getByRole("link", { name: "Choose tables" }).click();
    await page.getByText("3 of 3 tables chosen").waitFor();
    await page.getByLabel("Find a table").fill("alone");
    await page.getByRole("button", { name: "None of them" }).click();
    await page.getByText("2 of 3 tables chosen").waitFor();
    await page.getByRole("button", { name: "Go on to the schedule" }).click();
    await page.getByLabel("When").selectOption("nightly");
    await page.getByRole("button", { name: "Set this schedule" }).click();
    await page.getByText("2 of 3 tables, about").waitFor();
    await page.getByRole("button", { name: "Load 2 tables now" }).click();
    await page.getByText("2 tables, all up to date to").waitFor({ timeout: 60_000 });
    await page.getByRole("table", { name: "Next seven days" }).waitFor();
    await page.getByRole("link", { name: "Catalog" }).first().click();
    await page.getByText("2 tables in 1 database.").waitFor();
    await page.getByRole("link", { name: "shop.orders" }).waitFor();
  });

  test("lets people in: an invitation, a group, and a grant to the group", async () => {
    const { page } = admin;
    const annPassword = await invite("ann");
    const olgaPassword = await invite("olga");
    await open(page, "/people/groups");
    await page.getByRole("button", { name: /^Add/ }).first().click();
    await page.getByRole("dialog").getByLabel("Name").fill("analysts");
    await page.getByRole("dialog").getByRole("button", { name: "Add the group" }).click();
    await page.getByLabel("Add a member").fill("ann");
    await page.getByRole("button", { name: "Add", exact: true }).last().click();
    await page.getByRole("button", { name: "Take out ann" }).waitFor();
    await open(page, "/access/grants");
    await page.getByRole("button", { name: "Give access" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("To", { exact: true }).fill("group:analysts");
    await dialog.getByLabel("On", { exact: true }).fill("shop.orders");
    await dialog.getByRole("button", { name: "Show what it opens" }).click();
    await dialog.getByText("gains SELECT").first().waitFor();
    await dialog.getByRole("button", { name: "Give access" }).click();
    await dialog.waitFor({ state: "detached" });
    await arrive(ann.page, served.origin, { user: "ann", password: annPassword }, chosen);
    await arrive(olga.page, served.origin, { user: "olga", password: olgaPassword }, chosen);
  });

  test("sees a run that somebody else begins, and its end, without touching the page", async () => {
    await open(admin.page, "/sources/shop/runs");
    await admin.page.getByRole("heading", { name: "Runs" }).waitFor();
    await shop.execute("insert into orders (status, total) values ('open', 1)");
    await askCommand(["sync", "shop"], at);
    await admin.page.getByText("1 table, 1 rows").waitFor();
    await admin.page.locator("tbody a").first().click();
    await admin.page.getByText(/^Ended after/).waitFor();
    await admin.page.getByText("+1 −0").waitFor();
  });
});

async function connect(page: Page, password: string): Promise<void> {
  const { hostname, port: at3306, pathname, username } = new URL(shop.url.replace("mariadb:", "http:"));
  await page.getByLabel("Host").fill(hostname);
  await page.getByLabel("Port").fill(at3306);
  await page.getByLabel("Database").fill(pathname.slice(1));
  await page.getByLabel("User", { exact: true }).fill(decodeURIComponent(username));
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByLabel("Name in the lake").fill("shop");
  await page.getByRole("button", { name: "Connect" }).click();
}

/** Answers the one-time password, which the page shows once. */
async function invite(name: string): Promise<string> {
  const { page } = admin;
  await open(page, "/people");
  await page.getByRole("button", { name: "Invite" }).click();
  await page.getByRole("dialog").getByLabel("User name").fill(name);
  await page.getByRole("dialog").getByRole("button", { name: "Invite" }).click();
  const box = page.getByText(`One-time password of ${name}`);
  await box.waitFor();
  const secret = await page.locator("code.secret").first().textContent();
  await page.getByRole("button", { name: "I have kept it" }).click();
  return must(secret ?? undefined, "the one-time password");
}

describe("the analyst", () => {
  test("reads what the group may, and asks for what they may not", async () => {
    await open(ann.page, "/worksheet");
    await ann.page.locator(".cm-content").click();
    await ann.page.keyboard.insertText("select count(*) as n from shop.orders");
    await ann.page.keyboard.press("Control+Enter");
    await ann.page.getByRole("gridcell", { name: /5.?001/ }).waitFor();
    await askCommand(["steward", "add", "olga", "--of", "shop"], at);
    await askCommand(
      ["table", "describe", "shop.payment", "--column", "iban", "--set", "pii_flag=true", "pii_class=iban"],
      at,
    );
    await askCommand(["grant", "describe", "on", "shop.payment", "to", "ann"], at);
    await subscribe();
    await open(ann.page, "/catalog/shop/payment");
    await ann.page.getByRole("link", { name: "Ask for access" }).first().click();
    await ann.page.getByLabel("Purpose").fill("Monthly report");
    await ann.page.getByRole("button", { name: "Ask for access" }).click();
    await ann.page.getByRole("heading", { level: 1, name: "You ask to read shop.payment" }).waitFor();
  });

  test("is answered by the owner, who decides by the link of a mail; and both see it at once", async () => {
    const link = await vi.waitUntil(() => linkIn(/\/decide\/[\w-]+/, "approve"), { timeout: 40_000, interval: 300 });
    await olga.page.goto(link);
    await olga.page.getByRole("heading", { name: "A request waits for your decision" }).waitFor();
    await olga.page.getByRole("link", { name: "Look at it" }).click();
    await olga.page.getByRole("heading", { name: "Approve this request?" }).waitFor();
    await olga.page.getByRole("button", { name: "Approve" }).click();
    await olga.page.getByRole("heading", { name: "Thank you" }).waitFor();
    await ann.page.getByText(/olga approved/).waitFor({ timeout: 40_000 });
    await open(ann.page, "/catalog/shop/payment/rows");
    await ann.page.getByRole("gridcell", { name: "DE89370400440532013000" }).first().waitFor();
  });

  test("no longer reads it once it is revoked, and their open page says so", async () => {
    await open(ann.page, "/sharing/shares");
    await ann.page.getByText("Shared by main").waitFor();
    await open(olga.page, "/sharing/shares");
    await olga.page.getByRole("button", { name: "Revoke…" }).click();
    await olga.page.getByRole("dialog").getByText("lose").first().waitFor();
    await olga.page.getByRole("dialog").getByRole("button", { name: "Revoke access" }).click();
    await ann.page.getByText("Nothing can be read through it any more").waitFor({ timeout: 40_000 });
    await open(ann.page, "/catalog/shop/payment");
    await ann.page.getByText("You may not read shop.payment.").waitFor();
  });
});

/** The owner types the code of the mail that is sent to their address. */
async function subscribe(): Promise<void> {
  const { page } = olga;
  await open(page, "/people/me");
  await page.getByLabel("Address").fill("olga@example.org");
  await page.getByRole("button", { name: "Send a code there" }).click();
  await page.getByLabel("The code of the mail").waitFor();
  const code = await vi.waitUntil(() => codeIn(mailbox.mails.at(-1)), { timeout: 20_000, interval: 200 });
  await page.getByLabel("The code of the mail").fill(code);
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("gets them from now on.").waitFor();
}

function codeIn(mail: string | undefined): string | undefined {
  return /mail confirm (\S+)/.exec(mail ?? "")?.[1];
}

/** A mail has two links, to approve and to deny; the words before it say which one it is. */
function linkIn(path: RegExp, word: string): string | undefined {
  for (const mail of mailbox.mails)
    for (const line of mail.split("\n"))
      if (line.toLowerCase().includes(word)) {
        const [found] = path.exec(line) ?? [];
        if (found !== undefined) return served.origin + found;
      }
  return undefined;
}

describe("when something comes between", () => {
  test("whoever saves second is told of the first, with both texts", async () => {
    for (const { page } of [admin, olga]) {
      await open(page, "/catalog/shop/orders");
      await page.getByRole("button", { name: "Edit the description" }).click();
    }
    await describeAs(admin.page, "Orders of the shop.");
    await admin.page.getByRole("button", { name: "Edit the description" }).waitFor();
    await describeAs(olga.page, "All that was ordered.");
    const note = olga.page.getByRole("alert").filter({ hasText: "Somebody else has changed this" });
    await note.getByText("Orders of the shop.").waitFor();
    expect(await olga.page.getByRole("textbox", { name: "Description" }).inputValue()).toBe("All that was ordered.");
    await note.getByRole("button", { name: "Keep mine" }).click();
    await olga.page.getByRole("button", { name: "Edit the description" }).waitFor();
    await open(admin.page, "/catalog/shop/orders");
    await admin.page.getByText("All that was ordered.").waitFor();
  });

  test("a session that ends while a form is filled in loses nothing of it", async () => {
    const { page } = admin;
    await open(page, "/sources/new-source");
    await page.getByLabel("Host").fill("db.example.org");
    await askCommand(["session", "end", "--user", served.first?.user ?? ""], at);
    await page.getByLabel("Name in the lake").fill("second");
    await page.getByRole("button", { name: "Connect" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Password", { exact: true }).fill(chosen);
    await dialog.getByRole("button", { name: "Sign in" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await page.getByLabel("Host").inputValue()).toBe("db.example.org");
    expect(await page.getByLabel("Name in the lake").inputValue()).toBe("second");
  });

  test("a server that is away is said to be, and the same page goes on when it is back", async () => {
    const { page } = admin;
    await open(page, "/sources/shop");
    await page.getByText("all up to date to").waitFor();
    await served.stop();
    await page.getByRole("button", { name: "Sync now" }).click();
    await page.getByRole("alert").getByText("The server did not answer.").waitFor();
    served = await serveHeadgate(at, "--port", port);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("alert").waitFor({ state: "detached" });
    await page.getByRole("navigation", { name: "Source" }).getByRole("link", { name: "Tables" }).click();
    await page.getByRole("link", { name: "orders" }).waitFor();
  });

  test("a slow network shows the shape of what comes, and then the page", async () => {
    const slow = await watchedPage(browser, desk);
    await signIn(slow.page, served.origin, { user: "ann", password: chosen });
    await slow.page.getByRole("link", { name: "Catalog" }).first().click();
    await slow.page.getByRole("link", { name: "shop.orders" }).waitFor();
    const throttle = await slow.context.newCDPSession(slow.page);
    await throttle.send("Network.enable");
    await throttle.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 900,
      downloadThroughput: 40_000,
      uploadThroughput: 20_000,
    });
    await slow.page.getByRole("link", { name: "shop.orders" }).click();
    await slow.page.locator('.shape[data-late="true"]').first().waitFor();
    await slow.page.getByRole("heading", { name: "Columns" }).waitFor({ timeout: 60_000 });
    expect(slow.complaints).toEqual([]);
    await slow.context.close();
  });
});

async function describeAs(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Description" }).fill(text);
  await page.getByRole("button", { name: "Save the description" }).click();
}

test("nothing was complained of that was not provoked", () => {
  const provoked = /status of 40[0134]|ERR_CONNECTION_(REFUSED|RESET)|ERR_INCOMPLETE|ERR_EMPTY_RESPONSE/;
  for (const { complaints } of [admin, ann, olga])
    expect(complaints.filter((text) => !provoked.test(text))).toEqual([]);
});
