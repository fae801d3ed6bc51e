/**
 * Tests the pages of the console for working with data, in a real browser against a real server: the worksheet with what is
 * kept and downloaded, Explore, boards, and the tabs of a table. Every name and text that people can choose tries to become
 * markup.
 */
import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { analyst, hostile, openConsoleWorld, type ConsoleWorld } from "../console/console-world.ts";
import { arrive, axeFindings, openBrowser, watchedPage, type Watched } from "../console/open-browser.ts";

const chosen = "correct horse battery";
const sizes = [
  [{ width: 1600, height: 950 }, "light"],
  [{ width: 390, height: 844 }, "dark"],
] as const;

let world: ConsoleWorld;
let browser: Browser;
let sven: Watched;
let admin: Watched;
let page: Page;
let board = "";

beforeAll(async () => {
  world = await openConsoleWorld();
  browser = await openBrowser();
  admin = await watchedPage(browser, sizes[0][0]);
  sven = await watchedPage(browser, sizes[0][0]);
  const { user = "", oneTimePassword = "" } = world.served.first ?? {};
  await arrive(admin.page, world.served.origin, { user, password: oneTimePassword }, chosen);
  await arrive(sven.page, world.served.origin, { user: analyst, password: world.analystPassword }, chosen);
  ({ page } = sven);
  for (const one of [sven, admin]) one.page.setDefaultTimeout(15_000);
});
afterAll(async () => {
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
});

const open = (path: string, of = page): Promise<unknown> => of.goto(world.served.origin + path);

async function runStatement(text: string): Promise<void> {
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
  await page.keyboard.press("Control+Enter");
}

async function saved(kind: RegExp): Promise<string> {
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  await page.getByRole("menuitem", { name: kind }).click();
  return (await download).path();
}

describe("the worksheet", () => {
  test("filters, pins, copies a range and draws what a statement found", async () => {
    await open("/worksheet");
    await runStatement("select status, count(*) as orders, '=1+1' as formula from shop.orders group by 1 order by 1");
    await page.getByText("3 rows").waitFor();
    await page.getByLabel("Find in the rows").fill("paid");
    await page.getByText("1 of 3 rows").waitFor();
    await page.getByLabel("Find in the rows").fill("");
    const grid = page.getByRole("grid");
    await grid.focus();
    for (const key of ["ArrowRight", "p", "Shift+ArrowDown"]) await page.keyboard.press(key);
    expect(await page.getByRole("columnheader").first().textContent()).toContain("orders");
    expect(await page.locator('[role="gridcell"][aria-selected="true"]').count()).toBe(2);
    await page.getByRole("button", { name: "Chart" }).click();
    await page.getByRole("img", { name: /Bars of orders by status: 3 points/ }).waitFor();
    expect(await page.locator(".drawn svg style").count()).toBe(0);
  });

  test("downloads all rows in every format, with formulas guarded", async () => {
    expect(await readFile(await saved(/^CSV For/), "utf8")).toContain("open,1634,'=1+1\r\n");
    expect(await readFile(await saved(/^CSV as stored/), "utf8")).toContain("open,1634,=1+1\r\n");
    expect((await readFile(await saved(/^Excel/))).toString("latin1", 0, 2)).toBe("PK");
    expect((await readFile(await saved(/^Parquet/))).toString("latin1", 0, 4)).toBe("PAR1");
    expect(await readFile(await saved(/^JSON/), "utf8")).toContain('"formula":"=1+1"');
  });

  test("keeps a query under a hostile name, shares its text, and opens it again by its address", async () => {
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill(hostile.cell);
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByRole("tab", { name: hostile.cell }).waitFor();
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByRole("menuitem", { name: "Share its text…" }).click();
    await page.getByRole("button", { name: /Add everybody in/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Share", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await open("/boards", admin.page);
    await admin.page.getByRole("link", { name: hostile.cell }).click();
    await admin.page.getByRole("tab", { name: hostile.cell }).waitFor();
    await admin.page.getByRole("button", { name: /^Run/ }).click();
    await admin.page.getByRole("alert").waitFor();
  });
});

describe("Explore", () => {
  test("joins along a known key, filters, groups, shows its SQL, and Back undoes one step", async () => {
    await open("/explore");
    await page.getByRole("button", { name: /shop\.orders/ }).click();
    await page.getByRole("button", { name: "Each row of orders has one customer" }).click();
    await page.getByLabel("Group by").selectOption({ label: "customer: country" });
    await page.getByRole("img", { name: /Bars of rows by country: 4 points/ }).waitFor();
    await page.getByLabel("Filter by").selectOption({ label: "orders: total" });
    await page.getByLabel("How total is tested").selectOption("at least");
    await page.getByLabel("Value for total").fill("1; drop table x");
    await page.getByLabel("Value for total").press("Enter");
    await page.getByText("is not a number for total").waitFor();
    await page.getByLabel("Value for total").fill("100000");
    await page.getByLabel("Value for total").press("Enter");
    await page.getByText("No rows match.").waitFor();
    await page.goBack();
    await page.goBack();
    await page.getByRole("img", { name: /4 points/ }).waitFor();
    await page.getByText("The SQL it wrote").click();
    await page.getByLabel("SQL", { exact: true }).getByText('left join "shop"."customer"').waitFor();
  });

  test("is saved, and put on a new board that shows it", async () => {
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Put on a board" }).click();
    await page.getByRole("textbox", { name: "Name of the new board" }).fill(hostile.comment);
    await page.getByRole("button", { name: "Put on the board" }).click();
    await page.getByRole("heading", { level: 1, name: hostile.comment }).waitFor();
    await page.getByRole("img", { name: /Bars of rows by country/ }).waitFor();
    board = new URL(page.url()).pathname;
  });
});

describe("a board", () => {
  test("is put in another order by keyboard and shared; others read it with their own rights only", async () => {
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("Add a saved query").selectOption({ label: hostile.cell });
    const earlier = page.getByRole("button", { name: `Move ${hostile.cell} earlier` });
    await earlier.focus();
    await page.keyboard.press("Enter");
    await page.getByLabel("Read again").selectOption("commit");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("article").first().getByRole("gridcell", { name: "open" }).waitFor();
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByRole("menuitem", { name: "Share this board…" }).click();
    await page.getByLabel("With", { exact: true }).fill("admin");
    await page.getByRole("dialog").getByRole("button", { name: "Share", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await open(board, admin.page);
    await admin.page.getByText("You may not read what this card shows.").first().waitFor();
    expect(await admin.page.getByText("You may not read what this card shows.").count()).toBe(2);
    await open("/boards/00000000-0000-4000-8000-000000000000");
    await page.getByText("or you may not see it").waitFor();
  });
});

describe("a table", () => {
  test("has a profile of what its reader may see, with masks", async () => {
    await open("/catalog/shop/customer/profile");
    await page.getByRole("button", { name: "Profile the columns" }).click();
    await page.getByText("Of the rows and values that you may read.").waitFor();
    expect(await page.locator('.tabs [aria-current="page"]').allTextContents()).toEqual(["Profile"]);
    await page.getByRole("button", { name: "Values of country" }).click();
    await page.getByRole("img", { name: /Bars of rows by value: 4 points/ }).waitFor();
    expect(await page.getByText("last_name").count()).toBe(0);
  });

  test("compares two of its states, and shows its files and lineage", async () => {
    await open("/catalog/shop/orders/history");
    await page
      .getByRole("link", { name: /Compare with the state before/ })
      .first()
      .click();
    await page.getByText("+0 added, −100 removed").waitFor();
    await open("/catalog/shop/orders/files");
    await page.getByText("Well laid out").waitFor();
    await open("/catalog/shop/customer/files");
    await page.getByText("Files are shown to those who read the whole table.").waitFor();
    await open("/catalog/shop/orders/lineage");
    await page.getByText("As a list").click();
    await page.getByText("No view that you may know.").waitFor();
  });
});

test("axe finds nothing, nothing is wider than the page, in light on a desk and in dark on a telephone", async () => {
  const findings: string[] = [];
  const pages = ["/worksheet", "/explore", "/explore?table=shop.orders", "/boards", board, `${board}?edit=true`];
  const tabs = ["profile", "files", "lineage", "history"].map((tab) => `/catalog/shop/orders/${tab}`);
  for (const [viewport, scheme] of sizes) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: scheme });
    for (const path of [...pages, ...tabs]) {
      await open(path);
      await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
      await page.locator(".shape").first().waitFor({ state: "detached" });
      findings.push(...(await axeFindings(page)).map((found) => `${path} ${viewport.width} ${scheme}: ${found}`));
      const over = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
      expect(over, `${path} at ${viewport.width}`).toBeLessThanOrEqual(0);
    }
  }
  expect(findings).toEqual([]);
});

test("nothing was complained of but what was provoked: a board that is not there, and statements on tables not to be read", () => {
  const others = (complaints: readonly string[], provoked: RegExp): readonly string[] =>
    complaints.filter((text) => !provoked.test(text));
  expect(others(sven.complaints, /status of 404 .*board\.show$/)).toEqual([]);
  expect(others(admin.complaints, /status of 403 .*sql$/)).toEqual([]);
});
