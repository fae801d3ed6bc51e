/**
 * Tests that the console offers what the server allows: as each kind of person, a real browser opens every page that a
 * link leads to, and no answer of the server may be a refusal; no page shows a name that the person may not know; the
 * browser complains of nothing and asks no other host; axe finds nothing. Links of which there are many are sampled.
 */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openConsoleWorld, analyst, owner, type ConsoleWorld } from "../console/console-world.ts";
import { arrive, axeFindings, openBrowser, watchedPage, type Watched } from "../console/open-browser.ts";
import { askCommand } from "../world/command.ts";

const chosen = "correct horse battery";
const desk = { width: 1280, height: 900 };
/** Every kind of page is opened at least once; of pages that differ only in the thing that they show, this many. */
const mostAlike = 1;
/** For each person. Without it, only readers look, who have few pages; with it, also those who have a hundred. */
const given = process.env["HEADGATE_CRAWL_SECONDS"];
const mostMs = Number(given ?? 20) * 1_000;

let world: ConsoleWorld;
let browser: Browser;
const passwords = new Map<string, string>();

beforeAll(async () => {
  world = await openConsoleWorld();
  browser = await openBrowser();
  passwords.set(analyst, world.analystPassword).set(owner, world.ownerPassword);
  const { user = "", oneTimePassword = "" } = world.served.first ?? {};
  passwords.set(user, oneTimePassword);
  await askCommand(["account", "add", "branch"], world.at);
  await addUser("nobody");
  await addUser("operator", "--role", "operator");
  await addUser("branch-admin", "--account", "branch", "--role", "administrator");
  await addUser("lake-admin");
  await askCommand(["grant", "administer", "on", "lake", "to", "lake-admin"], world.at);
});
afterAll(async () => {
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
});

async function addUser(name: string, ...more: readonly string[]): Promise<void> {
  const { oneTimePassword } = await askCommand<{ oneTimePassword: string }>(["user", "add", name, ...more], world.at);
  passwords.set(name, oneTimePassword);
}

interface Looker {
  readonly who: string;
  /** Words of which no page may show any, because they stand only in things that this person may not know. */
  readonly never: readonly string[];
}

const readers: readonly Looker[] = [
  { who: "nobody", never: ["wide_row", "lifetime_value", "zufriedene", "mara.lindqvist"] },
  { who: analyst, never: ["delivery_note", "last_name", "zufriedene", "sku"] },
  { who: owner, never: [] },
];
const administrators: readonly Looker[] = [
  { who: "operator", never: ["Novak"] },
  { who: "branch-admin", never: ["wide_row", "lifetime_value", "zufriedene", "mara.lindqvist"] },
  { who: "admin", never: ["Novak"] },
  { who: "lake-admin", never: ["Novak"] },
];
const lookers = given === undefined ? readers : [...readers, ...administrators];

test.each(lookers)("$who is offered nothing that the server refuses, and shown nothing hidden", async (looker) => {
  const watched = await watchedPage(browser, desk);
  watched.page.setDefaultTimeout(10_000);
  const { who } = looker;
  await arrive(watched.page, world.served.origin, { user: who, password: passwords.get(who) ?? "" }, chosen);
  const found = await crawl(watched, looker);
  expect(found.wrong).toEqual([]);
  expect(found.pages).toBeGreaterThan(4);
  expect(watched.complaints).toEqual([]);
  await watched.context.close();
});

interface Crawled {
  readonly pages: number;
  readonly wrong: readonly string[];
}

async function crawl({ page }: Watched, { who, never }: Looker): Promise<Crawled> {
  const wrong: string[] = [];
  let place = "/";
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (response.status() === 403 || response.status() >= 500)
      wrong.push(`${place}: ${pathname} answered ${response.status()}`);
  });
  const [ahead, seen, alike] = [["/", ...begins], new Set<string>(), new Map<string, number>()];
  const looked = new Set<string>();
  const end = Date.now() + mostMs;
  const take = (): string | undefined => ahead.splice(looked.size % 3 === who.length % 3 ? 0 : -1, 1)[0];
  for (let next = ahead.shift(); next !== undefined && Date.now() < end; next = take()) {
    const shape = shapeOf(next);
    const before = alike.get(shape) ?? 0;
    if (seen.has(next) || before >= mostAlike) continue;
    seen.add(next);
    alike.set(shape, before + 1);
    place = next;
    looked.add(next);
    await page.goto(world.served.origin + next);
    const hasHeading = () => page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
    await hasHeading().catch(() => wrong.push(`${next} has no heading: ${page.url()}`));
    await page.locator(".shape").first().waitFor({ state: "detached" });
    await hasHeading().catch(() => wrong.push(`${next} loses its heading: ${page.url()}`));
    if (await page.getByText("This address leads nowhere.").isVisible()) wrong.push(`${next} leads nowhere`);
    const text = await page.locator("body").innerText();
    wrong.push(...never.filter((word) => text.includes(word)).map((word) => `${next} shows ${word}`));
    if (before === 0) wrong.push(...(await axeFindings(page)).map((finding) => `${next}: ${finding}`));
    ahead.push(...(await linksOf(page)));
  }
  return { pages: looked.size, wrong };
}

/** Pages that some people reach by no link. The design says the same of them to everybody: what is there, or who can help. */
const begins = ["/sources", "/people", "/settings", "/audit", "/sources/new-source", "/sources/shop/settings"];

async function linksOf(page: Watched["page"]): Promise<readonly string[]> {
  const found = await page.evaluate<string>(
    "JSON.stringify([...document.querySelectorAll('a[href]')].map((link) => link.href))",
  );
  return (JSON.parse(found) as readonly string[])
    .filter((address) => address.startsWith(world.served.origin))
    .map((address) => address.slice(world.served.origin.length))
    .filter((path) => !path.startsWith("/api/") && !path.includes("#"));
}

/** Addresses that show the same kind of page of different things have one shape. */
function shapeOf(address: string): string {
  const { pathname, searchParams } = new URL(address, world.served.origin);
  const [, area = "", ...parts] = pathname.split("/");
  const names = parts.map((part, at) => (isName(area, part, at) ? "*" : part));
  return [area, ...names, ...[...searchParams.keys()].toSorted()].join("/");
}

/** Whether this part of an address is the name of a thing. Names of sources have no hyphen. */
function isName(area: string, part: string, at: number): boolean {
  if (area === "catalog") return at < 2;
  if (area === "people" || area === "sharing") return at === 1;
  if (area === "sources") return at === 0 && !part.includes("-");
  return area === "boards";
}
