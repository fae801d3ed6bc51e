/**
 * Tests the pages of sharing in real browsers: products are offered, asked for and removed; what an account receives is passed
 * on, has names, and is asked for longer; the inbox is worked by keys. Then every text that a source, a partner or a person can
 * fill tries to become markup, and every page is looked at for an element that should have stayed text.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { analyst, hostile, openConsoleWorld, owner, type ConsoleWorld } from "../console/console-world.ts";
import { arrive, axeFindings, openBrowser, watchedPage, type Watched } from "../console/open-browser.ts";
import { addSharing, receiver } from "../console/sharing-world.ts";
import { askCommand } from "../world/command.ts";

const chosen = "correct horse battery";
const desk = { width: 1440, height: 900 };
const markup = '<img src=x onerror="document.title=1">';

let world: ConsoleWorld;
let browser: Browser;
let sven: Watched;
let mara: Watched;
let lena: Watched;
let share = "";

beforeAll(async () => {
  world = await openConsoleWorld();
  const things = await addSharing(world.at);
  ({ share } = things);
  browser = await openBrowser();
  [sven, mara, lena] = [
    await watchedPage(browser, desk),
    await watchedPage(browser, desk),
    await watchedPage(browser, desk),
  ];
  for (const { page } of [sven, mara, lena]) page.setDefaultTimeout(30_000);
  const { origin } = world.served;
  await arrive(sven.page, origin, { user: analyst, password: world.analystPassword }, chosen);
  await arrive(mara.page, origin, { user: owner, password: world.ownerPassword }, chosen);
  await arrive(lena.page, origin, { user: receiver, password: things.receiverPassword }, chosen);
});
afterAll(async () => {
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
});

const open = (page: Page, path: string): Promise<unknown> => page.goto(world.served.origin + path);
const press = (page: Page, name: string | RegExp): Promise<void> =>
  page
    .getByRole("button", { name, exact: typeof name === "string" })
    .first()
    .click();

describe("products", () => {
  test("are asked for with their questions and terms, and decided on by keys", async () => {
    const { page } = sven;
    await open(page, "/sharing/products");
    await page.getByRole("link", { name: /customer360/ }).click();
    await page.getByText("Nobody is contacted because of what stands here.").waitFor();
    await page.getByRole("link", { name: "Ask for it", exact: true }).click();
    await page.getByText("1 step of approval").waitFor();
    await page.getByLabel("Purpose").fill(`Monthly report ${markup}`);
    await press(page, "Ask for access");
    await page.getByText("Without them nothing is approved.").waitFor();
    await page.getByLabel("For which report?").fill(markup);
    await page.getByLabel("Who else reads it?").fill("Nobody.");
    await page.getByLabel(/I accept these terms/).check();
    await press(page, "Ask for access");
    await page.getByText("All of the product").waitFor();
    await press(page, "Remind them");
    await page.getByText("the address of this server is not set").waitFor();

    await open(mara.page, "/sharing");
    await mara.page.getByText(`“Monthly report ${markup}”`).waitFor();
    await mara.page.keyboard.press("?");
    await mara.page.getByRole("dialog").getByText("Go to Approve").waitFor();
    await mara.page.keyboard.press("Escape");
    await mara.page.getByRole("dialog").waitFor({ state: "detached" });
    await mara.page.getByLabel("How iban is shown").selectOption("show-last-4");
    await mara.page.getByText("Narrower than asked:").waitFor();
    await mara.page.getByLabel("How iban is shown").blur();
    await mara.page.keyboard.press("x");
    await mara.page.getByText("1 request chosen").waitFor();
    await mara.page.keyboard.press("x");
    await mara.page.keyboard.press("m");
    await mara.page.keyboard.type("Fine. a d x");
    await mara.page.getByLabel(/^Message to/).blur();
    await mara.page.keyboard.press("a");
    await mara.page.keyboard.press("Enter");
    await mara.page.getByText("Nobody waits for you.").waitFor();
    await open(page, "/catalog/shop/payment/rows");
    await page.getByRole("gridcell", { name: /3000$/ }).first().waitFor();
    expect(await page.getByText("DE89370400440532013000").count()).toBe(0);
    await open(mara.page, "/sharing/products/customer360");
    await mara.page.getByRole("link", { name: `To ${analyst}` }).waitFor();
    await mara.page
      .getByRole("link", { name: "Share created" })
      .or(mara.page.getByText(/^Share /))
      .first()
      .waitFor();
  });

  test("are offered, changed and removed by whoever owns what is in them", async () => {
    const { page } = mara;
    await open(page, "/sharing/products");
    await page.getByRole("link", { name: "Offer a product" }).click();
    await page.getByLabel("Name", { exact: true }).fill("stock");
    await page.getByLabel("Description").fill(hostile.comment);
    await page.getByLabel("What is in it").fill("shop.product");
    await page.getByLabel("Questions").fill(`${markup}\nWhy?`);
    await page.getByLabel("Terms").fill("Be kind.");
    await press(page, "Offer it");
    await page.getByRole("heading", { level: 1, name: "stock" }).waitFor();
    await page.getByText(hostile.comment, { exact: true }).first().waitFor();
    await page.getByLabel("Put in").fill("shop.orders");
    await press(page, "Put it in");
    await page.getByText("2 tables").waitFor();
    await press(page, "Take out shop.product");
    await page.getByText("1 table", { exact: true }).first().waitFor();
    await page.getByRole("link", { name: "Change" }).click();
    await page.getByLabel("Terms").fill(`Be very kind. ${markup}`);
    await press(page, "Save");
    await page.getByText("Terms, version 2").waitFor();
    await page.getByText("1 earlier version of the terms").click();
    await page.getByText("Be kind.", { exact: true }).waitFor();
    await press(page, "Remove…");
    await page.getByText("No request and no share hangs on it").waitFor();
    await press(page, "Remove the product");
    await page.getByRole("heading", { level: 1, name: "Sharing" }).waitFor();
    await page.getByRole("link", { name: /stock/ }).waitFor({ state: "detached" });
  });
});

describe("a share", () => {
  test("is passed on by whoever received it, who ends that and asks for a later end", async () => {
    const { page } = lena;
    await open(page, `/sharing/shares/${share}`);
    await page.getByText("People decided on it").waitFor();
    await press(page, "Pass it on…");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("To", { exact: true }).fill(receiver);
    await dialog.getByLabel("On", { exact: true }).fill("main.shop.orders");
    await dialog.getByRole("button", { name: "Show what it opens" }).click();
    await dialog.getByRole("button", { name: "Give access" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("button", { name: /^Revoke… lena\.brandt/ }).waitFor();
    await page.getByRole("heading", { name: "Who can read through it" }).waitFor();
    await open(page, "/catalog");
    await page.getByText("Link to").first().waitFor();
    expect(await page.getByRole("link", { name: "shop.orders" }).count()).toBe(1);
    await open(page, `/sharing/shares/${share}`);
    await press(page, "Ask for a later end…");
    await dialog.getByLabel("Open until").fill("2028-01-31");
    await dialog.getByLabel("Purpose").fill(`The audit takes longer ${markup}`);
    await dialog.getByRole("button", { name: "Ask for it" }).click();
    await page.getByRole("heading", { level: 1, name: /You ask to read longer/ }).waitFor();
    // Nothing of it is sensitive, so nobody has to decide.
    await open(page, `/sharing/shares/${share}`);
    await page.getByText("31 Jan 2028").first().waitFor();
  });

  test("is suspended with its consequences named, and its links then say why they lead nowhere", async () => {
    await open(mara.page, `/sharing/shares/${share}`);
    await press(mara.page, "Suspend…");
    await mara.page.getByRole("dialog").getByText("can no longer read").waitFor();
    await mara.page.getByRole("dialog").getByRole("button", { name: "Suspend" }).click();
    await mara.page.getByText("It is closed for a while.").waitFor();
    const { page } = lena;
    await open(page, "/sharing/links");
    await page.getByText("When it is resumed, the link leads on.").first().waitFor();
    await press(mara.page, "Resume");
    await page.getByText("Leads nowhere").first().waitFor({ state: "detached", timeout: 60_000 });
    await press(page, "Give a name");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("What it leads to").fill("main.shop.orders");
    await dialog.getByLabel("Its name in your account").fill("sheets.orders");
    await dialog.getByRole("button", { name: "Give the name" }).click();
    await page.getByRole("link", { name: "sheets.orders" }).click();
    await page.getByRole("heading", { level: 1, name: "orders" }).waitFor();
    await open(page, "/catalog/sheets");
    await page.getByText("One name here is a link to a table of other accounts.").waitFor();
    await open(page, "/sharing/links");
    await press(page, "Remove sheets.orders");
    await page.getByRole("dialog").getByRole("button", { name: "Remove the name" }).click();
    await page.getByText("sheets.orders").first().waitFor({ state: "detached" });
  });
});

test("somebody who is away names who decides meanwhile, and is back", async () => {
  const { page } = mara;
  await open(page, "/people/me");
  await page.getByLabel("Deputy").fill("admin");
  await page.getByLabel("Until the end of").fill("2027-01-15");
  await press(page, "Name the deputy");
  await page.getByText("decides in your place").waitFor();
  await press(page, "I am back");
  await page.getByLabel("Deputy").waitFor();
});

describe("texts of others", () => {
  /** Attributes by which an element runs something, and elements that the texts name. */
  const made = "[onerror], [onload], [onmouseover], img[src='x'], td > script, iframe, object, embed";

  test("stay texts on every page, whoever looks", async () => {
    await plant();
    const look = async ({ watched: { page }, paths }: Looked): Promise<void> => {
      for (const path of paths) {
        await open(page, path);
        await page.locator("h1").first().waitFor();
        await page.locator("[role=status][aria-label=Loading]").first().waitFor({ state: "detached" });
        await page.waitForTimeout(250);
        expect(await page.locator(made).count(), path).toBe(0);
        expect(await page.title(), path).not.toMatch(/^\d$/);
      }
    };
    await Promise.all(pagesOf().map(look));
    expect(await axeFindings(lena.page)).toEqual([]);
  });

  test("and 1,999 columns keep the page small", async () => {
    const { page } = sven;
    await open(page, "/catalog/shop/widest");
    await page.getByRole("columnheader", { name: "Name and type" }).waitFor();
    expect(await page.locator("table.columns tbody tr").count()).toBeLessThan(110);
    await page.getByLabel("Find a column").fill("<img");
    await page.getByText(markup, { exact: true }).first().waitFor();
    await page.getByLabel("Find a column").fill("");
    await page.evaluate("scrollTo(0, document.body.scrollHeight)");
    await page.getByText("d1698", { exact: true }).first().waitFor();
    expect(await page.locator("table.columns tbody tr").count()).toBeLessThan(110);
    await open(page, `/worksheet?sql=${encodeURIComponent("select * from shop.widest")}`);
    await press(page, /^Run/);
    await page.getByText("500 rows").waitFor({ timeout: 60_000 });
    const grid = page.getByRole("grid");
    await grid.focus();
    for (const key of ["Control+ArrowRight", "Control+ArrowDown"]) await page.keyboard.press(key);
    await page.getByRole("columnheader", { name: "d1698" }).waitFor();
    expect(await page.getByRole("gridcell").count()).toBeLessThan(2_000);
    expect(await page.locator(made).count()).toBe(0);
  });
});

test("nothing was complained of", () => {
  // A refusal is an answer with a status, which the browser's console writes down.
  const real = [sven, mara, lena].flatMap(({ complaints }) => complaints).filter((one) => !/status of 4\d\d/.test(one));
  expect(real).toEqual([]);
});

/** Puts markup wherever people of both accounts can put a text. */
async function plant(): Promise<void> {
  const { at } = world;
  const aliases = Array.from({ length: 1_698 }, (_, place) => `c${place % 300} + ${place} as "d${place}"`);
  const widest = `select *, id as "${markup.replaceAll('"', '""')}", ${aliases.join(", ").replace('"d1697"', '"d1698"')}`;
  for (const words of [
    ["view", "create", "shop.widest", "--sql", `${widest} from shop.wide_row`],
    ["grant", "select", "on", "shop.widest", "to", analyst],
    ["table", "describe", "shop.orders", "--set", `description=${hostile.comment}`, `data_owner_name=${markup}`],
    ["table", "describe", "shop.orders", "--column", "status", "--set", `description=${markup}`],
    ["table", "mark", "shop.orders", "certified", "--reason", markup],
    ["database", "describe", "shop", "--set", `description=${markup}`],
    ["term", "add", "loyal", markup],
    ["tag", "add", "domain", "sales", "--description", markup],
    ["product", "set", "catalogue", "--description", markup, "--terms", markup, "--question", markup],
    ["query", "save", markup, `select '${hostile.cell}' as "${hostile.rightToLeft}" from shop.orders limit 3`],
    ["query", "share", markup, "--with", "account:main"],
    ["board", "save", markup, markup, "--description", markup],
    ["board", "share", markup, "--with", "account:main"],
    ["group", "add", "readers", "--description", markup],
  ])
    await askCommand(words, at).catch((failure: unknown) => {
      // A place that takes no markup is as good as one that shows it as text.
      if (!/USAGE|INVALID|unknown option/.test(String(failure))) throw failure;
    });
  await askCommand(["request", "list"], at);
}

interface Looked {
  readonly watched: Watched;
  readonly paths: readonly string[];
}

function pagesOf(): readonly Looked[] {
  const table = `/catalog/shop/${encodeURIComponent(hostile.table)}`;
  const tabs = ["", "/rows", "/profile", "/history", "/access", "/connect"];
  const sharing = ["/sharing", "/sharing/mine", "/sharing/shares", "/sharing/products/catalogue", "/sharing/links"];
  const finding = ["/", "/catalog", "/catalog/shop", "/explore", "/boards", "/worksheet"];
  const asking = ["/sharing/ask?product=catalogue", "/sharing/ask?on=shop.orders"];
  return [
    {
      watched: sven,
      paths: [...finding, ...sharing, ...asking, ...tabs.map((tab) => `${table}${tab}`), "/catalog/shop/orders"],
    },
    { watched: mara, paths: ["/", ...sharing, "/sharing/products/catalogue?edit=true", "/people/me"] },
    { watched: lena, paths: ["/catalog", ...sharing, "/access", "/access/tags", "/access/grants", "/people/groups"] },
  ];
}
