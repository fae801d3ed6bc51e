/** A real browser that writes down what a good page never causes: errors, violations of its policy, requests elsewhere. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the console and of scripts, violations of the policy, and addresses of other hosts. */
  readonly complaints: string[];
}

export interface Viewport {
  readonly width: number;
  readonly height: number;
}

export function openBrowser(): Promise<Browser> {
  const quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-component-update", "--disable-sync", ...quiet],
  });
}

export async function watchedPage(
  browser: Browser,
  viewport: Viewport,
  colorScheme: "light" | "dark" = "light",
): Promise<Watched> {
  const context = await browser.newContext({ viewport, colorScheme, locale: "en-GB", timezoneId: "Europe/Bucharest" });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || /Content.Security/i.test(message.text()))
      complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (failure) => complaints.push(failure.message));
  page.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (hostname !== "127.0.0.1" && protocol !== "blob:") complaints.push(`asked ${request.url()}`);
  });
  return { page, context, complaints };
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The findings of axe on the page as it is now, in words. Its script comes from the browser, which the policy of the page does not stop. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate<string>(
    "axe.run(document, { resultTypes: ['violations'], preload: false }).then(({ violations }) => JSON.stringify(violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 200) + ' ' + failureSummary))))",
  );
  return JSON.parse(found) as readonly string[];
}

export async function signIn(
  page: Page,
  origin: string,
  { user, password }: { user: string; password: string },
): Promise<void> {
  await page.goto(`${origin}/sign-in`);
  await page.getByLabel("User name").fill(user);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Signs in with a one-time password and chooses another. */
export async function arrive(
  page: Page,
  origin: string,
  { user, password }: { user: string; password: string },
  chosen: string,
): Promise<void> {
  await signIn(page, origin, { user, password });
  await page.getByLabel("New password", { exact: true }).fill(chosen);
  await page.getByLabel("Once more", { exact: true }).fill(chosen);
  await page.getByRole("button", { name: "Set the password" }).click();
  await page.getByRole("heading", { level: 1, name: /Good/ }).waitFor();
}
