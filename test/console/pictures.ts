/**
 * `npm run pictures`: photographs every page of the console at four widths and in both colour schemes into .cache/pictures,
 * for people to look at, and prints what axe and the browser complain of.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { analyst, hostile, openConsoleWorld, owner } from "./console-world.ts";
import { addSharing, receiver } from "./sharing-world.ts";
import { arrive, axeFindings, openBrowser, signIn, watchedPage, type Watched } from "./open-browser.ts";
import { askCommand } from "../world/command.ts";
import type { Page } from "playwright-core";

const directory = ".cache/pictures";
const chosen = "correct horse battery";

interface Shot {
  readonly name: string;
  readonly path: string;
  /** Words that are on the page when it is complete. */
  readonly ready: string;
  /** Words that are there instead on a narrow screen. */
  readonly narrowReady?: string;
  /** Who looks; by default the administrator. */
  readonly as?: Looker;
}

type Looker = "admin" | typeof analyst | typeof owner | typeof receiver;

/** Stands for the address of the one request that is made below. */
const theRequest = "the request";

const shots: readonly Shot[] = [
  { name: "home", path: "/", ready: "How fresh the lake is" },
  { name: "catalog", path: "/catalog", ready: "Not readable", narrowReady: "shop.customer" },
  { name: "database", path: "/catalog/shop", ready: "Fed by" },
  { name: "table", path: "/catalog/shop/customer", ready: "Sample rows" },
  { name: "table-hostile", path: `/catalog/shop/${encodeURIComponent(hostile.table)}`, ready: "Sample rows" },
  { name: "table-missing", path: "/catalog/shop/nothing", ready: "or you may not see it" },
  { name: "history", path: "/catalog/shop/orders/history", ready: "Now" },
  { name: "who", path: "/catalog/shop/customer/access", ready: "Why" },
  { name: "connect", path: "/catalog/shop/orders/connect", ready: "curl" },
  { name: "worksheet", path: "/worksheet", ready: "Run" },
  { name: "access", path: "/access", ready: "You can read" },
  { name: "explain", path: `/access/explain?who=${analyst}&table=shop.customer`, ready: "Column by column" },
  { name: "sources", path: "/sources/shop", ready: "Tables" },
  { name: "source-runs", path: "/sources/shop/runs", ready: "Began" },
  { name: "source-schedules", path: "/sources/shop/schedules", ready: "weekdays from 8 to 18" },
  { name: "source-test", path: "/sources/shop/test", ready: "answers." },
  { name: "source-settings", path: "/sources/shop/settings", ready: "Address and sign-in" },
  { name: "add-source", path: "/sources/new-source", ready: "Connect" },
  { name: "add-source-tables", path: "/sources/new-source?source=shop&step=tables", ready: "tables chosen" },
  { name: "all-schedules", path: "/sources/all-schedules", ready: "weekdays from 8 to 18" },
  { name: "maintenance", path: "/sources/all-maintenance", ready: "Schedules that maintain" },
  { name: "alerts", path: "/sources/all-alerts", ready: "Promises" },
  { name: "lineage", path: "/catalog/shop/orders/lineage", ready: "As a list", narrowReady: "Comes from" },
  { name: "table-settings", path: "/catalog/shop/orders/settings", ready: "Its runs" },
  { name: "inbox", path: "/sharing", ready: "Your decision", narrowReady: "Sensitive", as: owner },
  { name: "decision", path: theRequest, ready: "Your decision", as: owner },
  { name: "mine", path: "/sharing/mine", ready: "So far", narrowReady: "Waiting", as: analyst },
  { name: "shares", path: "/sharing/shares", ready: "Who can read", narrowReady: "To account", as: owner },
  { name: "share-received", path: "/sharing/shares", ready: "Passed on", narrowReady: "From main", as: receiver },
  { name: "products", path: "/sharing/products", ready: "Facts", narrowReady: "customer360", as: analyst },
  { name: "product", path: "/sharing/products/customer360", ready: "So far", as: owner },
  { name: "product-change", path: "/sharing/products/customer360?edit=true", ready: "How old", as: owner },
  { name: "ask-product", path: "/sharing/ask?product=customer360", ready: "Who decides", as: analyst },
  { name: "links", path: "/sharing/links", ready: "leads to", as: receiver },
  { name: "catalog-of-links", path: "/catalog", ready: "Link to", narrowReady: "orders", as: receiver },
  { name: "you", path: "/people/me", ready: "When you are away", as: owner },
  { name: "ask", path: "/sharing/ask?on=shop.customer", ready: "Who decides", as: analyst },
  { name: "owner-home", path: "/", ready: "asks to read", as: owner },
  { name: "audit", path: "/audit", ready: "Verify" },
  { name: "users", path: `/people/users/${analyst}`, ready: "What they can read" },
  { name: "groups", path: "/people/groups", ready: "No group yet" },
  { name: "keys", path: "/people/keys", ready: "Last used" },
  { name: "accounts", path: "/people/accounts", ready: "The organisation" },
  { name: "sign-in-methods", path: "/people/sign-in", ready: "Authenticators" },
  { name: "grants", path: "/access/grants", ready: "Revoke" },
  { name: "filters", path: "/access/filters", ready: "no-contact" },
  { name: "tags", path: "/access/tags", ready: "No tags yet" },
  { name: "personal", path: "/access/personal", ready: "It is not" },
  { name: "processes", path: "/settings", ready: "Simulate" },
  { name: "mail", path: "/settings/mail", ready: "Send a test mail" },
  { name: "lake", path: "/settings/lake", ready: "Upkeep" },
];

const only = process.argv.slice(2);
const wanted = shots.filter(({ name }) => only.length === 0 || only.includes(name));
await rm(directory, { recursive: true, force: true });
await mkdir(directory, { recursive: true });
await using world = await openConsoleWorld();
await askCommand(["schedule", "set", "often", "--source", "shop", "--cron", "*/15 8-17 * * 1-5"], world.at);
const { receiverPassword } = await addSharing(world.at);
const browser = await openBrowser();
const { origin, first } = world.served;
let asked = "/sharing";
for (const [user, password] of [
  [first?.user ?? "", first?.oneTimePassword ?? ""],
  [analyst, world.analystPassword],
  [owner, world.ownerPassword],
  [receiver, receiverPassword],
] as const) {
  const { page, context } = await watchedPage(browser, { width: 1440, height: 900 });
  await arrive(page, origin, { user, password }, chosen);
  if (user === analyst) asked = await askForPayments(page);
  await context.close();
}
for (const [width, height] of [
  [1600, 980],
  [1440, 980],
  [1280, 900],
  [390, 844],
] as const)
  for (const scheme of ["light", "dark"] as const) {
    const lookers = new Map<Looker, Watched>();
    for (const looker of new Set(wanted.map(({ as = "admin" }) => as)))
      lookers.set(looker, await signedIn(looker, { width, height, scheme }));
    for (const { name, path, ready, narrowReady = ready, as = "admin" } of wanted) {
      const page = lookers.get(as)?.page;
      const words = width < 720 ? narrowReady : ready;
      if (page !== undefined)
        await take(page, {
          name: `${name}-${width}-${scheme}`,
          path: path === theRequest ? asked : path,
          ready: words,
        });
    }
    for (const { complaints, context } of lookers.values()) {
      for (const complaint of new Set(complaints)) console.log(`${width} ${scheme}: ${complaint}`);
      await context.close();
    }
  }
await browser.close();
console.log(`the pictures are in ${directory}`);

interface Look {
  readonly width: number;
  readonly height: number;
  readonly scheme: "light" | "dark";
}

async function signedIn(user: Looker, { width, height, scheme }: Look): Promise<Watched> {
  const watched = await watchedPage(browser, { width, height }, scheme);
  const { page } = watched;
  await page.goto(`${origin}/sign-in`);
  await page.getByLabel("User name").waitFor();
  if (user === "admin") await photograph(page, `sign-in-${width}-${scheme}`);
  await signIn(page, origin, { user, password: chosen });
  await page.getByRole("heading", { level: 1, name: /Good/ }).waitFor();
  return watched;
}

async function photograph(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(directory, `${name}.png`), animations: "disabled" });
}

async function take(page: Page, { name, path, ready }: Shot): Promise<void> {
  await page.goto(origin + path);
  await page
    .getByText(ready)
    .filter({ visible: true })
    .first()
    .waitFor({ timeout: 10_000 })
    .catch(() => console.log(`${name}: "${ready}" did not come`));
  await page.waitForTimeout(600);
  await photograph(page, name);
  for (const finding of await axeFindings(page)) console.log(`${name}: ${finding}`);
}

/** Answers the address of the request. */
async function askForPayments(page: Page): Promise<string> {
  await page.goto(`${origin}/sharing/ask?on=shop.payment`);
  await page.getByLabel("Purpose").fill("Weekly churn model for the loyalty programme.");
  await page.getByRole("button", { name: "Ask for access" }).click();
  await page.getByRole("heading", { level: 1, name: "You ask to read shop.payment" }).waitFor();
  return new URL(page.url()).pathname;
}
