/** The generated client against a real server: every kind of answer comes back with its type, and every error with its words. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiClient, type ApiClient, type SqlItem } from "../../src/client/api-client.ts";
import { askOver } from "../../src/client/ask.ts";
import { fetchTransport } from "../../src/client/fetch-transport.ts";
import { errorCodes, type ErrorCode } from "../../src/errors.ts";
import { operations } from "../../src/operations/operations.ts";
import { startIdentityProvider } from "../world/identity-provider.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";

let home: string;
let source: SampleSource;
let served: ServedHeadgate;
let api: ApiClient;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-client-"));
  source = await openSampleSource("postgres", join(home, "source"));
  await source.execute("create table orders (id int primary key, entry text)");
  await source.execute("insert into orders select n, 'x' from generate_series(1, 5000) n");
  served = await serveHeadgate({ data: join(home, "data"), environment: { HEADGATE_RATE_LIMIT: "100000" } });
  api = apiClient(askOver(fetchTransport({ origin: served.origin, key: served.key })));
});
afterAll(async () => {
  await served.stop();
  await source[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

const one = { table: "shop.orders" };
const refusal = (code: ErrorCode, place?: string) =>
  expect.objectContaining({ name: "HeadgateError", code, remedy: expect.any(String), ...(place && { place }) });

describe("the client", () => {
  test("has a function for each operation", () => {
    expect(Object.keys(api)).toHaveLength(operations.length);
  });

  test("connects a source and brings it into the lake, with what is told on the way", async () => {
    const { url, password } = source;
    const added = await api.sourceAdd({ name: "shop", url, password });
    expect(added.source).toMatchObject({ name: "shop", newTables: "auto", freshness: null });
    expect(added.server.product).toBe("PostgreSQL");
    expect((await api.sourceTest({ name: "shop" })).checks.length).toBeGreaterThan(2);
    expect((await api.sourceDiscover({ name: "shop" })).objects).toMatchObject([{ name: { name: "orders" } }]);
    const progress: string[] = [];
    const synced = await api.sync({ source: "shop" }, { onProgress: ({ kind }) => void progress.push(kind) });
    expect(synced.tables).toMatchObject([{ lakeTable: "shop.orders", outcome: "created", rows: 5_000 }]);
    expect(progress).toContain("done");
    expect((await api.sourceSet({ name: "shop", freshness: 3_600 })).source.freshness).toBe(3_600);
    expect((await api.sourceList({})).sources).toHaveLength(1);
    expect((await api.sourceShow({ name: "shop" })).tables).toMatchObject([{ rows: 5_000 }]);
    expect((await api.catalogSearch({ text: "entry" })).results).toMatchObject([
      { name: "shop.orders", columns: ["entry"] },
    ]);
  });

  test("reads rows as they come", async () => {
    const items: SqlItem[] = [];
    const answer = await api.sql(
      { sql: "select id, entry from shop.orders" },
      { onItem: (item) => void items.push(item) },
    );
    expect(answer).toMatchObject({
      rows: 5_000,
      columns: [{ name: "id" }, { name: "entry" }],
      stats: { filesRead: 1 },
    });
    expect(items[0]).toEqual({ columns: answer.columns });
    expect(items.flatMap((item) => ("rows" in item ? item.rows : []))).toHaveLength(5_000);
    const explained = await api.sql({ sql: "select 1 from shop.orders", explain: true });
    expect(explained.files).toHaveLength(1);
  });

  test("sets, proves and looks after a table", async () => {
    const cursor = await api.tableSet({ ...one, mode: "cursor", column: "id" });
    expect(cursor).toMatchObject({ source: "shop", mode: { mode: "cursor", column: "id" }, softDelete: false });
    expect(await api.tableSet({ ...one, mode: "auto", targetFileSize: 16 })).toMatchObject({ targetFileSize: 16 });
    expect(await api.tablePause({ ...one, paused: true })).toMatchObject({ paused: true });
    expect(await api.tablePause({ ...one, paused: false })).toMatchObject({ paused: false });
    expect(await api.tableReset(one)).toEqual(one);
    expect(await api.nameList({ kind: "source-table", source: "shop" })).toEqual({ names: ["public.orders"] });
    expect((await api.databaseList({})).databases).toMatchObject([{ name: "shop", tables: 1, sources: ["shop"] }]);
    await source.execute("delete from orders where id = 7");
    const { tables } = await api.reconcile({ source: "shop", repair: true });
    expect(tables).toMatchObject([{ equal: false, repaired: true, examples: { onlyInLake: [{ id: "7" }] } }]);
    expect((await api.maintain({ plan: true })).runs).toMatchObject([{ source: "shop" }]);
    expect((await api.maintain({})).runs).toMatchObject([{ run: expect.any(String) }]);
  });

  test("speaks the words of a controller table", async () => {
    const set = await api.tableController({ ...one, ActiveFlag: false, PrimaryKey: "id" });
    expect(set).toMatchObject({
      sourceTable: "public.orders",
      ActiveFlag: false,
      PrimaryKey: "id",
      PartitionKey: null,
    });
    const item = { path: "bucket/dms/public/orders/", ActiveFlag: "true", PrimaryKey: "null" };
    const items = [item, { ...item, path: "bucket/dms/public/none/" }];
    expect(await api.sourceControl({ name: "shop", export: JSON.stringify({ Items: items }) })).toMatchObject({
      tables: [{ table: "shop.orders", ActiveFlag: true, PrimaryKey: null }],
      skipped: [{ table: "public.none" }],
    });
    const { tables } = await api.sourceController({ name: "shop" });
    expect(tables).toMatchObject([{ ActiveFlag: true, LastFullLoadDate: null, LastIncrementalFile: null }]);
    const moved = api.tableController({ ...one, LastIncrementalFile: null });
    await expect(moved).rejects.toEqual(refusal("USAGE", "shop.orders"));
  });

  test("names states, shows what changed, and goes back", async () => {
    const [newest, oldest] = (await api.tableHistory({ table: "shop.orders" })).snapshots;
    expect(newest).toMatchObject({ isCurrent: true });
    await api.referenceSet({ table: "shop.orders", name: "begun", type: "tag", at: oldest?.snapshotId });
    expect((await api.referenceList({ table: "shop.orders" })).references).toContainEqual(
      expect.objectContaining({ name: "begun", keptFor: null }),
    );
    expect(await api.tableDiff({ table: "shop.orders", from: "begun" })).toMatchObject({ rows: 1 });
    expect(await api.tableRollback({ table: "shop.orders", to: "begun" })).toMatchObject({ source: "shop" });
    expect(await api.referenceRemove({ table: "shop.orders", name: "begun" })).toEqual({ removed: "begun" });
    expect(await api.tableShow({ table: "shop.orders" })).toMatchObject({ format: "Iceberg v2", rows: 5_000 });
    expect((await api.tableList({})).tables).toMatchObject([{ name: "orders", columns: 2 }]);
    expect(await api.tableDrop({ table: "shop.orders", plan: true })).toMatchObject({ dropped: false, source: "shop" });
  });

  test("describes databases, tables and columns", async () => {
    const column = { table: "shop.orders", column: "id", set: { pii_flag: "no" } };
    expect(await api.tableDescribe(column)).toMatchObject({ changed: ["pii_flag"] });
    expect(await api.databaseDescribe({ database: "shop", set: { unit: "EUR" } })).toMatchObject({ changed: ["unit"] });
    expect(await api.databaseShow({ database: "shop" })).toMatchObject({ parameters: { unit: "EUR" }, tables: 1 });
    const mark = { mark: "certified", reason: "reconciled" } as const;
    expect(await api.tableMark({ table: "shop.orders", ...mark })).toEqual({ table: "shop.orders", mark });
    const { query } = await api.querySave({ name: "Orders", sql: "select count(*) as n from shop.orders" });
    expect(await api.queryShare({ query, with: ["account:main"] })).toMatchObject({ sharedWith: ["account:main"] });
    expect(await api.queryShow({ query })).toMatchObject({ name: "Orders", isOwn: true });
    expect((await api.queryList({})).queries).toHaveLength(1);
    const { board } = await api.boardSave({ name: "Morning", cards: [{ query, show: "number" }] });
    expect(await api.boardShare({ board, with: [] })).toMatchObject({ sharedWith: [] });
    expect((await api.boardShow({ board })).cards).toMatchObject([{ columns: 6, shows: { name: "Orders" } }]);
    expect((await api.boardList({})).boards).toMatchObject([{ cards: 1 }]);
    expect(await api.boardRemove({ board })).toMatchObject({ name: "Morning" });
    expect(await api.queryRemove({ query })).toMatchObject({ name: "Orders" });
    const texts: string[] = [];
    const all = await api.queryDownload(
      { sql: "from shop.orders", format: "csv" },
      { onItem: (item) => void texts.push("text" in item ? item.text : item.base64) },
    );
    expect(all).toEqual({ rows: 5_000, bytes: texts.join("").length });
    expect(await api.termAdd({ term: "Order", definition: "A purchase" })).toMatchObject({ change: "added" });
    expect((await api.termList({})).terms).toHaveLength(1);
    expect(await api.termAttach({ term: "order", on: "shop.orders" })).toMatchObject({ changed: true });
    expect(await api.termShow({ term: "order" })).toMatchObject({ attached: ["shop.orders"] });
    expect(await api.termDetach({ term: "order", on: "shop.orders" })).toMatchObject({ changed: true });
    expect(await api.termRemove({ term: "order" })).toMatchObject({ attached: [], removed: true });
    const { document } = await api.descriptionExport({ on: "shop" });
    expect(document["shop.orders"]?.columns).toMatchObject({ id: { parameters: { pii_flag: "no" } } });
    expect(await api.descriptionImport({ document })).toEqual({ changes: [], imported: true });
    const owner = { of: "shop", who: "admin", as: "owner" } as const;
    expect(await api.stewardAdd(owner)).toEqual({ ...owner, changed: true });
    expect(await api.stewardList({})).toEqual({ stewards: [{ ...owner, gone: false }] });
    expect(await api.stewardRemove(owner)).toEqual({ ...owner, changed: true });
  });

  test("makes views, and gives them other statements and owners", async () => {
    const view = "shop.numbers";
    expect(await api.viewCreate({ view, sql: "select id from shop.orders" })).toMatchObject({
      version: 1,
      isNew: true,
    });
    expect(await api.viewCreate({ view, sql: "select id + 1 as id from orders", replace: true })).toMatchObject({
      version: 2,
      reads: ["shop.orders"],
    });
    expect((await api.viewHistory({ view })).versions).toMatchObject([{ isCurrent: true }, { version: 1 }]);
    expect(await api.viewRestore({ view, version: 1 })).toMatchObject({ version: 3 });
    expect((await api.viewList({})).views).toMatchObject([{ name: "numbers", state: "ok" }]);
    expect(await api.viewShow({ view })).toMatchObject({ sql: "select id from shop.orders", usedBy: [] });
    await expect(api.viewSet({ view, owner: "nobody-known" })).rejects.toMatchObject({ code: "USER_NOT_FOUND" });
    expect(await api.viewDrop({ view })).toMatchObject({ dropped: true, breaks: [] });
  });

  test("schedules, and tells of runs", async () => {
    const schedule = { name: "nightly", source: "shop", cron: "0 3 * * *" };
    expect(await api.scheduleSet(schedule)).toMatchObject({ ...schedule, active: true, lastError: null });
    expect(await api.schedulePause({ name: "nightly", paused: true })).toMatchObject({ active: false });
    expect(await api.scheduleShow({ name: "nightly" })).toMatchObject(schedule);
    expect((await api.scheduleList({})).schedules).toHaveLength(1);
    expect(await api.scheduleRunDue({})).toEqual({ runs: [] });
    expect(await api.scheduleRemove({ name: "nightly" })).toEqual({ removed: "nightly" });
    const [run] = (await api.runList({ source: "shop" })).runs;
    expect(await api.runShow({ run: run?.run ?? "" })).toEqual(run);
    const seen: string[] = [];
    await api.runWatch({ run: "latest" }, { onItem: ({ state }) => void seen.push(state) });
    expect(seen).toEqual(["done"]);
    expect((await api.status({})).sources).toMatchObject([{ source: "shop", lastMaintenance: { state: "done" } }]);
  });

  test("applies a declaration and reads it back", async () => {
    const text = `sources:\n  shop:\n    url: ${source.url}\n    tables:\n      public.orders: { soft_delete: true }\n`;
    const passwords = { shop: source.password };
    expect((await api.declarationApply({ text, passwords, dryRun: true })).applied).toBe(false);
    expect((await api.declarationApply({ text, passwords })).steps.length).toBeGreaterThan(0);
    expect((await api.declarationShow({})).text).toBe(text);
  });

  test("manages people and keys", async () => {
    expect(await api.userAdd({ name: "ada", role: "analyst" })).toMatchObject({ user: "ada" });
    expect(await api.userSet({ name: "ada", active: false })).toEqual({ changed: "ada" });
    expect((await api.userReset({ name: "ada" })).oneTimePassword).toMatch(/./);
    expect((await api.userList({})).users.map(({ name }) => name)).toContain("ada");
    expect(await api.userRemove({ name: "ada", plan: true })).toMatchObject({
      removed: null,
      falls: { grants: ["the role analyst on account main"], memberOf: ["account main"] },
    });
    expect(await api.userRemove({ name: "ada" })).toEqual({ removed: "ada" });
    const invited = { name: "ida", address: "ida@example.org" };
    await expect(api.userInvite(invited)).rejects.toMatchObject({ code: "SETTING_INVALID" });
    await expect(api.userInviteAgain({ name: "ida" })).rejects.toMatchObject({ code: "SETTING_INVALID" });
    await expect(api.userWithdrawInvitation({ name: "ida" })).rejects.toMatchObject({ code: "USER_NOT_FOUND" });
    expect(await api.userInvitations({})).toEqual({ invitations: [] });
    expect((await api.userList({ removed: true })).removed).toMatchObject([{ name: "ada" }]);
    expect(await api.keyCreate({ name: "looks", role: "viewer" })).toMatchObject({
      key: expect.stringMatching(/^hgk_/),
    });
    expect((await api.keyList({})).keys.map(({ name }) => name)).toContain("looks");
    expect(await api.keyRevoke({ name: "looks" })).toEqual({ revoked: "looks" });
  });

  test("manages groups, roles, members, accounts, units and sessions", async () => {
    await api.unitAdd({ path: "europe" });
    expect(await api.unitMove({ path: "europe", to: "emea" })).toEqual({ moved: "emea", access: [], elsewhere: 0 });
    expect((await api.unitList({})).units).toEqual(["emea"]);
    const { number } = await api.accountAdd({ name: "sales", unit: "emea" });
    await api.accountSet({ name: "sales", newName: "trade", unit: null });
    expect((await api.accountList({})).accounts).toMatchObject([
      { name: "main" },
      { name: "trade", number, unit: null },
    ]);
    const silo = join(home, "trade lake");
    const { lake } = await api.accountSetLake({ name: "trade", lake: silo, encrypt: true });
    expect(lake).toMatchObject({ encrypted: true, accessKey: null });
    expect(await api.accountRotateKey({ name: "trade" })).toMatchObject({ keys: 2 });
    const { budget } = await api.accountSetBudget({ name: "trade", maxStatements: 100 });
    expect(budget).toMatchObject({ maxStatements: 100, used: { statements: 0 } });
    expect(await api.accountSetBudget({ name: "trade", maxStatements: null })).toEqual({ budget: null });
    expect(await api.accountShow({ name: "trade" })).toMatchObject({ number, lake: { location: lake.location } });
    await expect(api.accountWorkerKey({ name: "trade" })).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    expect(await api.accountRemoveLake({ name: "trade" })).toEqual({ changed: "trade" });
    await api.groupAdd({ name: "analysts", attributes: { country: "DE" } });
    await api.groupSet({ name: "analysts", attributes: { country: "RO" } });
    await api.roleAdd({ name: "steward" });
    await api.roleSet({ name: "steward", attributes: { country: "RO" } });
    expect((await api.roleList({})).groups).toMatchObject([{ name: "steward", attributes: { country: "RO" } }]);
    const member = { kind: "role", name: "steward", member: "group:analysts" } as const;
    await api.memberAdd({ ...member, until: "2999-01-01T01:00:00+01:00" });
    expect((await api.memberList({ kind: "role", name: "steward" })).members).toEqual([
      { member: "group:analysts", from: null, until: "2999-01-01T00:00:00.000Z", valid: true },
    ]);
    expect((await api.groupRemove({ name: "analysts", plan: true })).falls?.memberOf).toEqual(["role:steward"]);
    await api.memberRemove(member);
    await api.groupRemove({ name: "analysts" });
    await api.roleRemove({ name: "steward" });
    expect(await api.groupList({ removed: true })).toMatchObject({ groups: [], removed: [{ name: "analysts" }] });
    await api.accountRemove({ name: "trade" });
    await api.unitRemove({ path: "emea" });
    expect(await api.sessionMine({})).toEqual({ sessions: [] });
    expect(await api.sessionList({ user: "admin" })).toEqual({ sessions: [] });
    expect(await api.sessionEnd({ user: "admin" })).toEqual({ ended: 0 });
    const id = "00000000-0000-4000-8000-000000000000";
    await expect(api.sessionLeave({ id })).rejects.toEqual(refusal("SESSION_NOT_FOUND", id));
  });

  test("defines tags, gives them, and grants by them", async () => {
    await api.tagAdd({ key: "domain", values: ["sales"] });
    expect((await api.tagChange({ key: "domain", add: ["hr"], sensitive: ["hr"] })).values).toHaveLength(2);
    expect(await api.tagRename({ tag: "domain=sales", name: "commerce" })).toEqual({ renamed: "domain=commerce" });
    expect((await api.tagList({})).keys).toMatchObject([{ key: "domain", values: [{ value: "commerce" }, {}] }]);
    expect(await api.expressionSet({ name: "open", tags: "domain=commerce" })).toMatchObject({ change: "added" });
    expect((await api.expressionList({})).expressions).toMatchObject([{ name: "open", grants: 0 }]);
    const granted = { permissions: ["SELECT" as const], on: "expression open", to: "admin", plan: true };
    expect(await api.grantAdd(granted)).toMatchObject({ granted: false, access: [] });
    const set = { on: "shop.orders", tags: ["domain=commerce"] };
    expect(await api.tagSet({ ...set, plan: true })).toMatchObject({ changed: false, access: [] });
    expect(await api.tagSet(set)).toMatchObject({ changed: true, added: set.tags });
    expect((await api.tagShow({ on: "shop.orders" })).tags).toMatchObject([{ tag: "domain=commerce", from: "table" }]);
    expect(await api.tagUnset(set)).toMatchObject({ removed: set.tags });
    expect(await api.expressionRemove({ name: "open" })).toEqual({ removed: "open" });
    expect(await api.tagRemove({ key: "domain" })).toEqual({ removed: "domain" });
  });

  test("offers a product, changes it and removes it", async () => {
    const product = "all_orders";
    expect(await api.productAdd({ name: product, on: ["shop.orders"] })).toMatchObject({ has: ["shop.orders"] });
    expect((await api.productSet({ product, terms: "Be kind." })).product.terms).toEqual({
      version: 1,
      text: "Be kind.",
    });
    expect(await api.productPut({ product, on: ["shop.*"] })).toMatchObject({ changed: ["shop.*"] });
    expect(await api.productTake({ product, on: ["shop.*"] })).toMatchObject({ product: { has: ["shop.orders"] } });
    expect((await api.productList({})).products).toMatchObject([{ name: product, tables: 1 }]);
    // A key without an owner asks for nothing, because nobody would be known to have asked.
    await expect(api.requestCreate({ product, purpose: "to see" })).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await expect(api.requestAcceptTerms({ request: "none", version: 1 })).rejects.toEqual(
      refusal("REQUEST_NOT_FOUND", "none"),
    );
    await expect(api.requestRemind({ request: "none" })).rejects.toEqual(refusal("REQUEST_NOT_FOUND", "none"));
    await expect(api.mailTest({ address: "ops@example.org" })).rejects.toMatchObject({ code: "SETTING_INVALID" });
    expect(await api.productShow({ product })).toMatchObject({ name: product, shares: [] });
    expect(await api.productRemove({ product })).toMatchObject({ removed: true });
  });

  test("names nothing of its own by a link", async () => {
    await expect(api.linkAdd({ name: "a.b", target: "shop.orders" })).rejects.toMatchObject({ code: "USAGE" });
    expect(await api.linkList({})).toEqual({ links: [] });
    await expect(api.linkRemove({ name: "a.b" })).rejects.toEqual(refusal("LINK_NOT_FOUND", "a.b"));
  });

  test("manages identity providers, identities and authenticators", async () => {
    const client = { id: "headgate", secret: "a secret of sufficient length", origin: served.origin, name: "company" };
    const provider = await startIdentityProvider(client);
    const settings = { issuer: provider.issuer, clientId: client.id, groupsClaim: "groups" };
    const added = { name: "company", clientSecret: client.secret, ...settings };
    expect(await api.identityProviderAdd(added)).toEqual({ provider: "company", hasSignOut: true });
    await api.identityProviderSet({ name: "company", title: "the company" });
    const [shown] = (await api.identityProviderList({})).providers;
    expect(shown).toMatchObject({
      ...settings,
      title: "the company",
      hasSecret: true,
      scopes: ["openid", "profile", "email"],
    });
    expect(JSON.stringify(shown)).not.toContain(client.secret);
    const unknown = { name: "nowhere", clientId: "x", issuer: "http://127.0.0.1:9" };
    await expect(api.identityProviderAdd(unknown)).rejects.toEqual(refusal("PROVIDER_UNREACHABLE", "nowhere"));
    const insecure = { name: "plain", clientId: "x", issuer: "http://login.example.com" };
    await expect(api.identityProviderAdd(insecure)).rejects.toEqual(refusal("PROVIDER_INVALID", "plain"));
    const identity = { provider: "company", subject: "u-1" };
    await api.identityLink({ user: "admin", ...identity });
    expect((await api.identityList({ user: "admin" })).identities).toMatchObject([{ user: "admin", ...identity }]);
    expect(await api.identityUnlink(identity)).toEqual({ unlinked: "admin" });
    await expect(api.identityUnlink(identity)).rejects.toEqual(refusal("IDENTITY_NOT_FOUND", "u-1"));
    await expect(api.authenticatorForget({ user: "admin" })).rejects.toEqual(
      refusal("AUTHENTICATOR_NOT_FOUND", "admin"),
    );
    expect(await api.identityProviderRemove({ name: "company" })).toEqual({ removed: "company", sessions: 0 });
    await provider[Symbol.asyncDispose]();
  });

  test("leaves it to the owner of the data directory to accept a restored database", async () => {
    await expect(api.auditAcceptRestore({ endKeys: true })).rejects.toMatchObject({ code: "NOT_ALLOWED" });
  });

  test("proves that the rules of access hold", async () => {
    const { holds, rules } = await api.doctorGovernance({});
    expect([holds, rules.every(({ checks }) => checks > 0)]).toEqual([true, true]);
  });

  test("finds personal data, and keeps what is decided about it", async () => {
    const tables = ["shop.orders"];
    expect((await api.piiScan({ tables })).tables).toMatchObject([{ table: "shop.orders", proposed: 0 }]);
    const { proposals } = await api.piiList({ tables });
    const { decided } = await api.piiDecide({ tables, decision: "reject", plan: true });
    expect(decided).toEqual(proposals.filter(({ state }) => state === "open"));
  });

  test("keeps a set of grants, and returns people and rights as they are declared", async () => {
    const set = { set: "dashboards", grants: [{ to: "admin", describe: ["shop.orders", "source shop"] }] };
    expect((await api.grantPut({ ...set, plan: true })).changes).toHaveLength(2);
    expect(await api.grantPut(set)).toMatchObject({ put: true, changes: [{ change: "add" }, { change: "add" }] });
    expect((await api.grantPut(set)).changes).toEqual([]);
    expect((await api.accessExport({})).grants).toContainEqual(set.grants[0]);
    expect((await api.accessExport({ declared: true })).grants).toEqual([]);
    expect((await api.grantPut({ ...set, grants: [] })).changes).toMatchObject([{ change: "remove" }, {}]);
  });

  test("throws what the operation throws, with code, place and remedy", async () => {
    await expect(api.tableShow({ table: "shop.nothing" })).rejects.toEqual(refusal("TABLE_NOT_FOUND", "shop.nothing"));
    await expect(api.sql({ sql: "select nothing from shop.orders" })).rejects.toEqual(refusal("SQL_INVALID"));
    await expect(api.sql({ sql: 7 as unknown as string })).rejects.toEqual(refusal("USAGE", "sql"));
    const nobody = apiClient(askOver(fetchTransport({ origin: served.origin, key: "hgk_nobody" })));
    await expect(nobody.status({})).rejects.toEqual(refusal("UNAUTHENTICATED"));
  });

  test("an error that comes first has its status, which the API's document names", async () => {
    const document = (await (await served.get("/api/openapi.json")).json()) as {
      paths: Record<string, { post: { responses: Record<string, { description: string }> } }>;
    };
    const asked: readonly [string, object, ErrorCode][] = [
      ["table.show", { table: "shop.nothing" }, "TABLE_NOT_FOUND"],
      ["run.show", { run: "nothing" }, "RUN_NOT_FOUND"],
      ["user.add", { name: "admin" }, "NAME_TAKEN"],
      ["sync", { source: "nothing" }, "SOURCE_NOT_FOUND"],
    ];
    for (const [operation, input, code] of asked) {
      const path = `/api/operations/${operation}`;
      const response = await served.post(path, JSON.stringify(input));
      const { status } = errorCodes[code];
      expect([operation, response.status]).toEqual([operation, status]);
      expect(response.headers.get("content-type")).toBe("application/json");
      expect(((await response.json()) as { error: object }).error).toMatchObject({ code });
      expect(document.paths[path]?.post.responses[status]?.description).toContain(code);
    }
  });

  test("what is not wanted any more ends", async () => {
    const leaving = new AbortController();
    const watching = api.runWatch({}, { signal: leaving.signal });
    leaving.abort(new Error("left"));
    await expect(watching).rejects.toThrow("left");
  });
});
