/**
 * Tests the console in a real browser against a real server: the first start, what an analyst with restricted columns
 * sees, a session that ends under the page, a server that is restarted, and names and values that try to become markup.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { analyst, hostile, openConsoleWorld, type ConsoleWorld } from "../console/console-world.ts";
import { arrive, axeFindings, openBrowser, signIn, watchedPage, type Watched } from "../console/open-browser.ts";
import { askCommand } from "../world/command.ts";

const chosen = "correct horse battery";
const desk = { width: 1440, height: 900 };

let world: ConsoleWorld;
let browser: Browser;
let admin: Watched;
let sven: Watched;

beforeAll(async () => {
  world = await openConsoleWorld();
  browser = await openBrowser();
  admin = await watchedPage(browser, desk);
  sven = await watchedPage(browser, desk);
});
afterAll(async () => {
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
});

/** A browser reports every answer that is not 2xx; these were provoked. */
const unprovoked = ({ complaints }: Watched): readonly string[] =>
  complaints.filter((text) => !/status of 40[0134]|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE/.test(text));

const open = (page: Page, path: string): Promise<unknown> => page.goto(world.served.origin + path);

async function runStatement(page: Page, text: string): Promise<void> {
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
  await page.keyboard.press("Control+Enter");
}

describe("the first start", () => {
  test("leads from the one-time password to the catalog", async () => {
    const { user = "", oneTimePassword = "" } = world.served.first ?? {};
    await open(admin.page, "/catalog/shop/orders");
    await admin.page.waitForURL(/\/sign-in\?next=/);
    await signIn(admin.page, world.served.origin, { user, password: "not it" });
    await admin.page.getByText("Name or password is wrong.").waitFor();
    expect(await admin.page.getByLabel("User name").inputValue()).toBe(user);
    await arrive(admin.page, world.served.origin, { user, password: oneTimePassword }, chosen);
    await admin.page.getByText("5 columns of").waitFor();
    await admin.page.getByRole("link", { name: "Catalog" }).first().click();
    await admin.page.getByText("7 tables in 1 database.").waitFor();
    await admin.page.getByLabel("Find a table").fill("custom");
    await admin.page.getByText("1 of 7").waitFor();
    expect(new URL(admin.page.url()).search).toBe("?q=custom");
    await admin.page.getByRole("link", { name: "shop.customer" }).click();
    await admin.page.getByRole("heading", { level: 1, name: "customer" }).waitFor();
    expect(await admin.page.title()).toBe("shop.customer · Headgate");
    await admin.page.goBack();
    await admin.page.getByText("1 of 7").waitFor();
  });

  test("says who may not read, and decides on proposals", async () => {
    await open(admin.page, "/catalog/shop/customer");
    await admin.page.getByText("You may not read shop.customer.").waitFor();
    const proposal = admin.page.getByRole("button", { name: /It is personal ?: first_name/ });
    await proposal.click();
    await proposal.waitFor({ state: "detached" });
    await admin.page
      .getByRole("row", { name: /first_name/ })
      .getByText("Name", { exact: true })
      .waitFor();
  });

  test("a description is edited where it stands", async () => {
    await open(admin.page, "/catalog/shop/product");
    await admin.page.getByRole("button", { name: "Edit the description" }).click();
    await admin.page.getByRole("textbox", { name: "Description" }).fill("What the shop sells <b>today</b>.");
    await admin.page.getByRole("button", { name: "Save the description" }).click();
    await admin.page.getByText("What the shop sells <b>today</b>.").waitFor();
  });
});

describe("an analyst with restricted columns", () => {
  test("sees masked columns marked, hidden ones nowhere, and no page that is not theirs", async () => {
    await arrive(sven.page, world.served.origin, { user: analyst, password: world.analystPassword }, chosen);
    expect(await sven.page.getByRole("link", { name: "Sources and runs" }).count()).toBe(0);
    await open(sven.page, "/catalog/shop/customer");
    await sven.page.getByText("You see 9 columns, 2 of them masked.").waitFor();
    await sven.page.getByText("Masked: hash").waitFor();
    expect(await sven.page.getByText("last_name").count()).toBe(0);
    await open(sven.page, "/catalog/shop/product");
    await sven.page.getByText("There is no shop.product, or you may not see it.").waitFor();
    await open(sven.page, "/catalog/shop/nothing");
    await sven.page.getByText("There is no shop.nothing, or you may not see it.").waitFor();
  });

  test("runs statements: rows, errors with their place, and what is hidden stays hidden", async () => {
    await open(sven.page, "/worksheet?table=shop.customer");
    await sven.page.getByRole("button", { name: /^Run/ }).click();
    await sven.page.getByText("100 rows").waitFor();
    expect(await sven.page.getByRole("columnheader", { name: "email" }).count()).toBe(1);
    expect(await sven.page.getByRole("columnheader", { name: "phone" }).count()).toBe(0);
    await runStatement(sven.page, "select totl from shop.orders");
    await sven.page.getByText("line 1, column 8").waitFor();
    expect(await sven.page.locator(".mistake").textContent()).toBe("totl");
    await runStatement(sven.page, "select phone from shop.customer");
    await sven.page.getByRole("alert").getByText(/phone/).waitFor();
    await runStatement(sven.page, "select id, total from shop.orders order by id limit 3");
    await sven.page.getByText("3 rows").waitFor();
    await sven.page.getByRole("grid").focus();
    await sven.page.keyboard.press("ArrowDown");
    await sven.page.keyboard.press("Enter");
    await sven.page.getByRole("dialog").getByText("2", { exact: true }).waitFor();
    await sven.page.keyboard.press("Escape");
  });

  test("500 rows of 301 columns keep the page small", async () => {
    await runStatement(sven.page, "select * from shop.wide_row");
    await sven.page.getByText("500 rows").waitFor();
    expect(await sven.page.getByRole("grid").getAttribute("aria-colcount")).toBe("301");
    expect(await sven.page.evaluate<number>("document.querySelectorAll('*').length")).toBeLessThan(3_000);
    await sven.page.getByRole("grid").focus();
    await sven.page.keyboard.press("Control+End");
    await sven.page.getByRole("gridcell", { name: "799", exact: true }).waitFor();
  });

  test("a session that ends under the page loses nothing that was typed", async () => {
    await runStatement(sven.page, "select 'kept' as word from shop.orders limit 1");
    await sven.page.getByText("1 row", { exact: true }).waitFor();
    await askCommand(["session", "end", "--user", analyst], world.at);
    await runStatement(sven.page, "select 'still here' as word from shop.orders limit 1");
    const dialog = sven.page.getByRole("dialog");
    await dialog.getByText("your query is kept").waitFor();
    await dialog.getByLabel("Password", { exact: true }).fill(chosen);
    await dialog.getByRole("button", { name: "Sign in" }).click();
    await dialog.waitFor({ state: "detached" });
    await sven.page.getByRole("button", { name: /^Run/ }).click();
    await sven.page.getByRole("gridcell", { name: "still here" }).waitFor();
  });

  test("a restarted server is met with the same page", async () => {
    await world.restart();
    await sven.page.getByRole("button", { name: /^Run/ }).click();
    await sven.page.getByRole("gridcell", { name: "still here" }).waitFor();
    await open(sven.page, "/access");
    await sven.page.getByText("You can read 4 tables").waitFor();
  });
});

describe("names and values that try to become markup", () => {
  test("are text everywhere", async () => {
    const path = `/catalog/shop/${encodeURIComponent(hostile.table)}`;
    await open(sven.page, path);
    await sven.page.getByRole("heading", { level: 1, name: hostile.table }).waitFor();
    await sven.page.getByText(hostile.comment).waitFor();
    await sven.page.getByRole("gridcell", { name: hostile.cell }).waitFor();
    await sven.page.getByRole("gridcell", { name: "a\\u0009b" }).waitFor();
    await open(sven.page, `/worksheet?table=${encodeURIComponent(`shop."${hostile.table.replaceAll('"', '""')}"`)}`);
    await sven.page.getByRole("button", { name: /^Run/ }).click();
    await sven.page.getByRole("gridcell", { name: hostile.cell }).waitFor();
    await runStatement(sven.page, `select "${hostile.cell}" from shop.orders`);
    await sven.page.getByRole("alert").getByText(hostile.cell).first().waitFor();
    await open(admin.page, `/catalog?q=${encodeURIComponent("</script><img src=x>")}`);
    await admin.page.getByText("Nothing named “</script><img src=x>”.").waitFor();
    expect(await sven.page.title()).not.toMatch(/^\d$/);
  });
});

test("axe finds nothing on any page, in light and in dark, on a desk and on a telephone", async () => {
  const findings: string[] = [];
  const pages = ["/", "/catalog", "/catalog/shop", "/catalog/shop/customer", "/catalog/shop/orders/history"];
  const more = [
    "/catalog/shop/orders/access",
    "/catalog/shop/orders/connect",
    "/worksheet",
    "/access",
    "/sources/shop",
    "/sharing",
    "/sharing/mine",
    "/sharing/shares",
    "/sharing/ask",
    "/audit",
    "/people",
    "/people/groups",
    "/people/keys",
    "/people/accounts",
    "/people/sign-in",
    "/people/me",
    "/access/grants",
    "/access/filters",
    "/access/tags",
    "/access/personal",
    "/settings",
    "/settings/mail",
    "/settings/lake",
  ];
  for (const [viewport, scheme] of [[desk, "light"] as const, [{ width: 390, height: 844 }, "dark"] as const]) {
    const { page, context, complaints } = await watchedPage(browser, viewport, scheme);
    await open(page, "/sign-in");
    await page.getByLabel("User name").waitFor();
    findings.push(...(await axeFindings(page)));
    await signIn(page, world.served.origin, { user: "admin", password: chosen });
    await page.getByRole("heading", { level: 1, name: /Good/ }).waitFor();
    for (const path of [...pages, ...more, `/access/explain?who=${analyst}&table=shop.customer`]) {
      await open(page, path);
      await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
      await page.locator(".shape").first().waitFor({ state: "detached" });
      findings.push(...(await axeFindings(page)).map((found) => `${path}: ${found}`));
      const over = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
      expect(over, `${path} at ${viewport.width}`).toBeLessThanOrEqual(0);
    }
    expect(complaints).toEqual([]);
    await context.close();
  }
  expect(findings).toEqual([]);
});

test("signing out ends it, and nothing was complained of", async () => {
  await open(admin.page, "/");
  await admin.page
    .getByRole("button", { name: /your account/ })
    .first()
    .click();
  await admin.page.getByRole("menuitem", { name: "Sign out" }).click();
  await admin.page.waitForURL(/\/sign-in$/);
  await open(admin.page, "/api/docs");
  expect(await admin.page.textContent("body")).toContain("UNAUTHENTICATED");
  expect(unprovoked(admin)).toEqual([]);
  expect(unprovoked(sven)).toEqual([]);
});
