/**
 * Tests the pages in a real browser: signing in with the one-time password, choosing a new one, looking at the lake,
 * running a query, signing out.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askCommand, type CommandOptions } from "../world/command.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";

/** For people to look at; set PAGES_DIRECTORY to keep them. */
const pictures = process.env["PAGES_DIRECTORY"];

const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];

let home: string;
let source: SampleSource;
let at: CommandOptions;
let served: ServedHeadgate;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-pages-"));
  source = await openSampleSource("postgres", join(home, "source"));
  await source.execute("create table orders (id int primary key, city text)");
  await source.execute("insert into orders select n, '<b>Cluj</b>' from generate_series(1, 1200) n");
  at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password } };
  served = await serveHeadgate(at);
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
  await askCommand(["sync", "shop"], at);
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [...quiet, "--disable-component-update", "--disable-sync"],
  });
  page = await browser.newPage({ viewport: { width: 1100, height: 800 } });
  page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
  page.on("pageerror", (failure) => complaints.push(failure.message));
});
afterAll(async () => {
  await browser?.close();
  await served.stop();
  await source[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

async function picture(name: string): Promise<void> {
  if (pictures === undefined) return;
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

test("in with the one-time password, and out again", async () => {
  const { user, oneTimePassword } = served.first ?? { user: "", oneTimePassword: "" };
  await page.goto(served.origin);
  expect(page.url()).toBe(`${served.origin}/sign-in`);
  await page.getByLabel("User").fill(user);
  await page.getByLabel("Password", { exact: true }).fill("not it");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("user or password is wrong").waitFor();
  await picture("sign-in refused");
  await page.getByLabel("Password", { exact: true }).fill(oneTimePassword);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("New password").fill("correct horse battery");
  await page.getByLabel("Once more").fill("correct horse battery");
  await picture("choose a password");
  await page.getByRole("button", { name: "Change it" }).click();
  await page.getByText("1 table in the lake").waitFor();
  await page.getByText("admin, administrator").waitFor();
  await page.getByRole("button", { name: "Run" }).click();
  await page.getByText("no grant allows admin to read anything").waitFor();
  await askCommand(["grant", "select", "on", "account", "main", "to", "admin"], at);
  await page.getByRole("button", { name: "Run" }).click();
  await page.getByText("20 rows").waitFor();
  expect(await page.locator("#rows").getByText("<b>Cluj</b>").count()).toBe(20);
  await picture("lake");
  await source.execute("insert into orders values (5000, 'Turda')");
  await askCommand(["sync", "shop"], at);
  await page.getByRole("cell", { name: "1,201" }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${served.origin}/sign-in`);
  await page.goto(`${served.origin}/api/docs`);
  expect(await page.textContent("body")).toContain("UNAUTHENTICATED");
  // A browser reports every answer that is not 2xx; these were provoked.
  expect(complaints.filter((text) => !/status of 40[13]/.test(text))).toEqual([]);
});

test("the API's page", async () => {
  await page.goto(`${served.origin}/sign-in`);
  await page.getByLabel("User").fill("admin");
  await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("1 table in the lake").waitFor();
  await page.goto(`${served.origin}/api/docs`);
  await page.getByRole("heading", { name: "run.watch" }).waitFor();
  await picture("api");
});
