/**
 * Tests the pages of sharing in real browsers: a request is asked for, approved in the inbox, read and revoked, and the
 * browser of whoever asked sees each step without being touched.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { analyst, openConsoleWorld, owner, type ConsoleWorld } from "../console/console-world.ts";
import { arrive, openBrowser, watchedPage, type Watched } from "../console/open-browser.ts";

const chosen = "correct horse battery";
const desk = { width: 1440, height: 900 };
const markup = '<img src=x onerror="document.title=1">';

let world: ConsoleWorld;
let browser: Browser;
let sven: Watched;
let mara: Watched;

beforeAll(async () => {
  world = await openConsoleWorld();
  browser = await openBrowser();
  sven = await watchedPage(browser, desk);
  mara = await watchedPage(browser, desk);
  for (const { page } of [sven, mara]) page.setDefaultTimeout(60_000);
  const { origin } = world.served;
  await arrive(sven.page, origin, { user: analyst, password: world.analystPassword }, chosen);
  await arrive(mara.page, origin, { user: owner, password: world.ownerPassword }, chosen);
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

test("nothing was complained of", () => {
  expect(sven.complaints).toEqual([]);
  expect(mara.complaints).toEqual([]);
});
