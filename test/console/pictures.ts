/**
 * `npm run pictures`: photographs every page of the console at two widths and in both colour schemes into .cache/pictures,
 * for people to look at, and prints what axe and the browser complain of.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { analyst, hostile, openConsoleWorld } from "./console-world.ts";
import { arrive, axeFindings, openBrowser, signIn, watchedPage } from "./open-browser.ts";

const directory = ".cache/pictures";
const chosen = "correct horse battery";

interface Shot {
  readonly name: string;
  readonly path: string;
  /** Words that are on the page when it is complete. */
  readonly ready: string;
  readonly run?: boolean;
}

const shots: readonly Shot[] = [
  { name: "home", path: "/", ready: "How fresh the lake is" },
  { name: "catalog", path: "/catalog", ready: "Not readable" },
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
  { name: "audit", path: "/audit", ready: "Verify" },
];

const only = process.argv.slice(2);
const wanted = shots.filter(({ name }) => only.length === 0 || only.includes(name));
await rm(directory, { recursive: true, force: true });
await mkdir(directory, { recursive: true });
await using world = await openConsoleWorld();
const browser = await openBrowser();
const { origin, first } = world.served;
let isNew = true;
for (const [width, height] of [
  [1440, 980],
  [390, 844],
] as const)
  for (const scheme of ["light", "dark"] as const) {
    const { page, context, complaints } = await watchedPage(browser, { width, height }, scheme);
    const take = async (name: string): Promise<void> =>
      void (await page.screenshot({ path: join(directory, `${name}-${width}-${scheme}.png`), animations: "disabled" }));
    await page.goto(`${origin}/sign-in`);
    await page.getByLabel("User name").waitFor();
    await take("sign-in");
    if (isNew) await arrive(page, origin, { user: first?.user ?? "", password: first?.oneTimePassword ?? "" }, chosen);
    else await signIn(page, origin, { user: "admin", password: chosen });
    isNew = false;
    await page.getByRole("heading", { level: 1, name: /Good/ }).waitFor();
    for (const { name, path, ready } of wanted) {
      await page.goto(origin + path);
      await page
        .getByText(ready)
        .first()
        .waitFor({ timeout: 10_000 })
        .catch(() => console.log(`${name}: "${ready}" did not come`));
      await page.waitForTimeout(600);
      await take(name);
      for (const finding of await axeFindings(page)) console.log(`${name} ${width} ${scheme}: ${finding}`);
    }
    for (const complaint of new Set(complaints)) console.log(`${width} ${scheme}: ${complaint}`);
    await context.close();
  }
await browser.close();
console.log(`the pictures are in ${directory}`);
