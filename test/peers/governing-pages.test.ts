/**
 * Tests the pages on which people govern in real browsers: a request is asked for, approved in the inbox, read and
 * revoked, and the browser of whoever asked sees each step without being touched; what administrators change, they see
 * before they change it.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { analyst, openConsoleWorld, owner, type ConsoleWorld } from "../console/console-world.ts";
import { arrive, openBrowser, watchedPage, type Watched } from "../console/open-browser.ts";

const chosen = "correct horse battery";
const desk = { width: 1440, height: 900 };
const markup = '<img src=x onerror="document.title=1">';

let world: ConsoleWorld;
let browser: Browser;
let sven: Watched;
let mara: Watched;
let admin: Watched;

beforeAll(async () => {
  world = await openConsoleWorld();
  browser = await openBrowser();
  sven = await watchedPage(browser, desk);
  mara = await watchedPage(browser, desk);
  admin = await watchedPage(browser, desk);
  for (const { page } of [sven, mara, admin]) page.setDefaultTimeout(60_000);
  const { origin } = world.served;
  await arrive(sven.page, origin, { user: analyst, password: world.analystPassword }, chosen);
  await arrive(mara.page, origin, { user: owner, password: world.ownerPassword }, chosen);
  const { user = "", oneTimePassword = "" } = world.served.first ?? {};
  await arrive(admin.page, origin, { user, password: oneTimePassword }, chosen);
});
afterAll(async () => {
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
});

const open = (page: Page, path: string): Promise<unknown> => page.goto(world.served.origin + path);

async function ask(purpose: string): Promise<void> {
  await open(sven.page, "/sharing/ask");
  await sven.page.getByLabel("What you need").fill("payment");
  await sven.page.getByRole("button", { name: "Add shop.payment" }).click();
  await sven.page.getByText("1 step of approval").waitFor();
  await sven.page.getByLabel("Purpose").fill(purpose);
  await sven.page.getByLabel("Joined with").fill(markup);
  await sven.page.getByRole("button", { name: "Ask for access" }).click();
  await sven.page.getByRole("heading", { level: 1, name: "You ask to read shop.payment" }).waitFor();
}

test("a request is approved in the inbox without a column, read, and revoked, and both browsers follow", async () => {
  await open(sven.page, "/catalog/shop/payment");
  await sven.page.getByText("You may not read shop.payment.").waitFor();
  await ask(`Monthly report ${markup}`);
  await sven.page.getByText("Waiting for: owner").waitFor();

  await open(mara.page, "/sharing");
  await mara.page.getByText(`“Monthly report ${markup}”`).waitFor();
  await mara.page.getByText(markup, { exact: true }).waitFor();
  await mara.page.getByText("reads 3 columns of").waitFor();
  await mara.page.getByRole("checkbox", { name: "iban" }).uncheck();
  await mara.page.getByText("reads 2 columns of").waitFor();
  await mara.page.getByLabel("Message to sven.holm").fill(`Without the account ${markup}`);
  await mara.page.getByRole("button", { name: "Approve narrowed" }).click();
  await mara.page.getByText("Nobody waits for you.").waitFor();

  await sven.page.getByText("mara.lindqvist approved a part as owner").waitFor({ timeout: 60_000 });
  await sven.page.getByText(`Without the account ${markup}`).waitFor();
  await open(sven.page, "/catalog/shop/payment/rows");
  await sven.page.getByText("You see 2 columns").waitFor();
  await sven.page.getByRole("columnheader", { name: "order_id" }).waitFor();
  expect(await sven.page.getByRole("columnheader", { name: "iban" }).count()).toBe(0);

  await open(sven.page, "/sharing/shares");
  await sven.page.getByText("Shared by main").waitFor();
  await open(mara.page, "/sharing/shares");
  await mara.page.getByRole("button", { name: "Revoke…" }).click();
  const dialog = mara.page.getByRole("dialog");
  await dialog.getByText("lose").first().waitFor();
  await dialog.getByRole("button", { name: "Revoke access" }).click();
  await dialog.waitFor({ state: "detached" });
  await sven.page.getByText("Nothing can be read through it any more").waitFor({ timeout: 60_000 });
  await open(sven.page, "/catalog/shop/payment");
  await sven.page.getByText("You may not read shop.payment.").waitFor();
});

test("several requests are denied at once for one reason, and one is withdrawn", async () => {
  await ask("First try");
  await open(sven.page, "/sharing/mine");
  await sven.page.getByRole("button", { name: "Withdraw…" }).click();
  await sven.page.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
  await sven.page.getByText("Withdrawn").first().waitFor();
  await ask("Second try");
  await open(mara.page, "/sharing");
  await mara.page.getByRole("checkbox", { name: /^Choose / }).check();
  await mara.page.getByRole("button", { name: "Deny…" }).first().click();
  const dialog = mara.page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Deny 1" }).click();
  await dialog.getByText("Give a reason. Whoever asked will read it.").waitFor();
  await dialog.getByLabel("Reason, told to everybody who asked").fill("Use shop.orders.");
  await dialog.getByRole("button", { name: "Deny 1" }).click();
  await dialog.waitFor({ state: "detached" });
  await sven.page.getByText("Use shop.orders.").first().waitFor({ timeout: 60_000 });
});

describe("administrators", () => {
  test("see what a grant opens before they give it, and what ends before they revoke it", async () => {
    const { page } = admin;
    await open(page, "/access/grants");
    await page.getByRole("button", { name: "Give access" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("To", { exact: true }).fill(analyst);
    await dialog.getByLabel("On", { exact: true }).fill("shop.product");
    await dialog.getByRole("button", { name: "Show what it opens" }).click();
    await dialog.getByText("gains SELECT, DESCRIBE on").waitFor();
    await dialog.getByRole("button", { name: "Give access" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByLabel("Find a grant").fill("shop.product");
    await page.getByRole("button", { name: `Revoke… ${analyst} on shop.product` }).click();
    await dialog.getByText("loses SELECT on").waitFor();
    await dialog.getByRole("button", { name: "Revoke access" }).click();
    await page.getByText("No grant fits.").waitFor();
  });

  test("see what somebody would see with a filter while they edit it", async () => {
    const { page } = admin;
    await open(page, "/access/filters");
    await page.getByRole("button", { name: "Change no-contact" }).click();
    const preview = page.getByRole("complementary", { name: "What they would see" });
    await preview.getByRole("listitem").filter({ hasText: "phone" }).getByText("Hidden").waitFor();
    await page.getByLabel("How city is shown").selectOption("sha-256-global");
    await preview.getByRole("listitem").filter({ hasText: "city" }).getByText("hash").waitFor();
    await page.getByRole("button", { name: "Save the filter" }).click();
    await page.getByText("city as hash").waitFor();
  });

  test("add units and accounts, and see what a move changes", async () => {
    const { page } = admin;
    await open(page, "/people/accounts");
    for (const [button, name] of [
      ["Add a unit", "europe"],
      ["Add an account", "sales"],
    ] as const) {
      await page.getByRole("button", { name: button }).click();
      await page.getByRole("dialog").getByLabel("Name").fill(name);
      await page.getByRole("dialog").getByRole("button", { name: "Add", exact: true }).click();
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    await page.getByRole("button", { name: "Move… sales", exact: true }).click();
    await page.getByRole("dialog").getByLabel("Under").selectOption("europe");
    await page.getByRole("dialog").getByText("Nobody gains or loses anything").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Move", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  test("see a key once, and texts of others as text", async () => {
    const { page } = admin;
    await open(page, "/people/keys");
    await page.getByRole("button", { name: "Make a key" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("nightly");
    await page.getByRole("dialog").getByRole("button", { name: "Make the key" }).click();
    await page.getByText(/^hgk_/).waitFor();
    await page.getByRole("button", { name: "I have kept it" }).click();
    await page.getByText(/^hgk_/).waitFor({ state: "detached" });
    await open(page, "/access/tags");
    await page.getByRole("button", { name: "Add a key" }).click();
    await page.getByRole("dialog").getByLabel("Key").fill("domain");
    await page.getByRole("dialog").getByLabel("Values", { exact: true }).fill("sales, finance");
    await page.getByRole("dialog").getByLabel("What it is for").fill(markup);
    await page.getByRole("dialog").getByRole("button", { name: "Add the key" }).click();
    await page.getByText(markup, { exact: true }).waitFor();
    expect(await page.title()).not.toMatch(/^\d$/);
  });

  test("search the audit log and prove that it is whole", async () => {
    const { page } = admin;
    await open(page, "/audit");
    await page.getByLabel("Words").fill("churn");
    await page.getByRole("button", { name: "Search", exact: true }).last().click();
    await page.getByText("No event fits.").waitFor();
    await open(page, "/audit?kind=change&text=Monthly");
    await page
      .getByRole("button", { name: /show event/ })
      .first()
      .click();
    await page.getByRole("dialog").getByText("request.create").first().waitFor();
    await page.goBack();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Verify the chain" }).click();
    await page.getByText(/^Whole: /).waitFor();
  });
});

test("nothing was complained of", () => {
  expect(admin.complaints).toEqual([]);
  expect(sven.complaints).toEqual([]);
  expect(mara.complaints).toEqual([]);
});
