/** How heavy and how quick the console is, in a real browser against a real server; see README.md. */
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { analyst, openConsoleWorld } from "../../test/console/console-world.ts";
import { arrive, axeFindings, openBrowser, watchedPage } from "../../test/console/open-browser.ts";
import { finish, progress, rounded } from "../headgate.ts";

const pages = [
  "/",
  "/catalog",
  "/catalog/shop/customer",
  "/catalog/shop/customer/history",
  "/catalog/shop/customer/lineage",
  "/catalog/shop/customer/files",
  "/worksheet",
  "/explore",
  "/boards",
  "/sharing",
  "/sharing/ask",
  "/access",
  "/access/grants",
  "/access/filters",
  "/access/tags",
  "/access/personal",
  `/access/explain?who=${analyst}&table=shop.customer`,
  "/people",
  "/people/accounts",
  "/people/keys",
  "/sources/shop",
  "/audit",
  "/settings",
];
const looks = [
  { width: 1600, height: 900, scheme: "light" },
  { width: 390, height: 844, scheme: "dark" },
] as const;
const chosen = "correct horse battery";
const openings = 5;

export async function run(words: readonly string[]): Promise<void> {
  await using world = await openConsoleWorld();
  const { origin, first } = world.served;
  const browser = await openBrowser();
  let password = first?.oneTimePassword ?? "";
  const measured = { interactiveMs: 0, scrollP95Ms: 0, axeFindings: 0, foreignRequests: 0, complaints: 0 };
  for (const { scheme, ...viewport } of looks) {
    const { page, context, complaints } = await watchedPage(browser, viewport, scheme);
    await enter(page, { origin, password });
    password = chosen;
    if (scheme === "light") {
      measured.interactiveMs = await interactiveMs(page, origin);
      measured.scrollP95Ms = await scrollP95Ms(page, origin);
    }
    for (const path of pages) {
      progress(`${path} at ${viewport.width} px`);
      await page.goto(origin + path);
      await page.locator("h1").first().waitFor({ state: "attached" });
      await page.locator(".shape").first().waitFor({ state: "detached" });
      measured.axeFindings += (await axeFindings(page)).length;
    }
    measured.foreignRequests += complaints.filter((text) => text.startsWith("asked ")).length;
    measured.complaints += complaints.length;
    await context.close();
  }
  const firstScriptKB = await scriptKB(origin);
  await browser.close();
  const result = { name: "console", firstScriptKB, ...measured, pages: pages.length };
  finish(result, { folder: import.meta.dirname, name: "pages", keep: words.includes("--keep") });
}

async function enter(page: Page, { origin, password }: { origin: string; password: string }): Promise<void> {
  if (password !== chosen) return arrive(page, origin, { user: "admin", password }, chosen);
  await page.goto(`${origin}/sign-in`);
  await page.getByLabel("User name").fill("admin");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: /Good/ }).waitFor();
}

/** Everything that the page names as a script to begin with, compressed as a server without Brotli sends it. */
async function scriptKB(origin: string): Promise<number> {
  const html = await (await fetch(origin)).text();
  const paths = new Set([...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path = ""]) => path));
  const sizes = [...paths].map(async (path) => {
    const body = await (await fetch(origin + path, { headers: { "accept-encoding": "identity" } })).arrayBuffer();
    return gzipSync(Buffer.from(body), { level: 9 }).length;
  });
  return rounded((await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / 1_000, 1);
}

/** From the request for Home, with everything but the page in the browser's cache, until its heading stands. The median. */
async function interactiveMs(page: Page, origin: string): Promise<number> {
  const times: number[] = [];
  for (let opening = 0; opening < openings; opening++) {
    const start = performance.now();
    await page.goto(origin, { waitUntil: "commit" });
    await page.getByRole("heading", { level: 1, name: /Good/ }).waitFor();
    times.push(performance.now() - start);
  }
  return rounded(middle(times));
}

/** The 95th percentile of the time between frames while the widest table of the console scrolls. */
async function scrollP95Ms(page: Page, origin: string): Promise<number> {
  await page.goto(`${origin}/catalog/shop/wide_row`);
  await page.locator("h1").first().waitFor();
  const frames = await page.evaluate<number[]>(
    `new Promise((resolve) => {
      const times = [];
      let last = performance.now();
      const step = (now) => {
        times.push(now - last);
        last = now;
        scrollBy(0, 40);
        if (times.length < 180) requestAnimationFrame(step);
        else resolve(times.slice(5));
      };
      requestAnimationFrame(step);
    })`,
  );
  return rounded(frames.toSorted((one, other) => one - other)[Math.floor(frames.length * 0.95)] ?? 0, 1);
}

function middle(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0;
}
