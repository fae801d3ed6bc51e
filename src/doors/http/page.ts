/**
 * The page at `/`: the lake's tables and a line to query them. Static text; all data it shows comes from the
 * operations.
 */
export const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Headgate</title>
<style>
  :root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); --soft: color-mix(in srgb, currentColor 62%, transparent); }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2.5rem auto; padding: 0 1.25rem; }
  h1 { font-size: 1.35rem; margin: 0; } h2 { font-size: 1rem; margin: 2rem 0 .5rem; } p { color: var(--soft); margin: .25rem 0 0; }
  table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
  th, td { text-align: left; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
  th { font-weight: 600; color: var(--soft); } td.number, th.number { text-align: right; } td.null { color: var(--soft); font-style: italic; }
  header { display: flex; justify-content: space-between; align-items: baseline; } #leave { align-items: baseline; color: var(--soft); }
  form { display: flex; gap: .5rem; } textarea { flex: 1; font: 14px/1.5 ui-monospace, monospace; padding: .5rem .65rem; border: 1px solid var(--line); border-radius: 6px; background: transparent; color: inherit; min-height: 3.2rem; }
  button { font: inherit; padding: .4rem 1.1rem; border-radius: 6px; border: 1px solid var(--line); background: transparent; color: inherit; cursor: pointer; }
  .scroll { overflow-x: auto; } .error { color: #b3261e; white-space: pre-wrap; } @media (prefers-color-scheme: dark) { .error { color: #ff8a80; } }
</style>
<main>
  <header><h1>Headgate</h1><form id="leave"><span id="who"></span><button>Sign out</button></form></header>
  <p id="summary" role="status">reading the catalog…</p>
  <h2>Sources</h2>
  <div class="scroll"><table id="sources"></table></div>
  <h2>Runs</h2>
  <div class="scroll"><table id="runs"></table></div>
  <h2>Tables</h2>
  <div class="scroll"><table id="tables"></table></div>
  <h2>SQL</h2>
  <form id="query"><textarea id="text" aria-label="SQL statement" spellcheck="false"></textarea><button>Run</button></form>
  <p id="outcome" role="status"></p>
  <div class="scroll"><table id="rows"></table></div>
</main>
<script>
const element = (id) => document.getElementById(id);
async function call(operation, input) {
  const response = await fetch("/api/operations/" + operation, { method: "POST", headers: { "content-type": "application/json"}, body: JSON.stringify(input) });
  if (response.status === 401 || response.status === 403) {
    const { error } = await response.json();
    if (error.code !== "NOT_ALLOWED") location.assign("/sign-in");
    throw new Error(error.message + "\\n" + error.remedy);
  }
  const lines = (await response.text()).trim().split("\\n").map((line) => JSON.parse(line));
  const failed = lines.find((line) => line.error);
  if (failed) throw new Error(failed.error.message + (failed.error.place ? "\\n" + failed.error.place : "") + "\\n" + failed.error.remedy);
  return { result: lines.find((line) => "result" in line).result, items: lines.filter((line) => "item" in line).map((line) => line.item) };
}
function fill(table, columns, rows) {
  table.replaceChildren();
  const head = table.createTHead().insertRow();
  const numeric = columns.map((_, index) => rows.some((row) => typeof row[index] === "number") && rows.every((row) => row[index] === null || typeof row[index] === "number"));
  columns.forEach((name, index) => { const cell = document.createElement("th"); cell.scope = "col"; cell.textContent = name; if (numeric[index]) cell.className = "number"; head.append(cell); });
  const body = table.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    row.forEach((value, index) => { const cell = line.insertCell(); cell.textContent = value === null ? "null" : typeof value === "number" ? value.toLocaleString("en") : String(value).replace(/^(\\d{4}-\\d\\d-\\d\\d)T(\\d\\d:\\d\\d:\\d\\d)[.]\\d+Z$/, "$1 $2 UTC"); cell.className = value === null ? "null" : numeric[index] ? "number" : ""; });
  }
}
async function showTables() {
  const { result: { tables } } = await call("table.list", {});
  element("summary").textContent = tables.length + (tables.length === 1 ? " table" : " tables") + " in the lake";
  fill(element("tables"), ["database", "table", "rows", "columns", "files", "as of"], tables.map((t) => [t.database, t.name, Number(t.rows), t.columns, t.files, t.updatedAt]));
  if (tables.length > 0 && element("text").value === "") element("text").value = "select * from " + tables[0].database + "." + tables[0].name + " limit 20";
}
async function showStatus() {
  const [{ result: { sources } }, { result: { runs } }] = [await call("status", {}), await call("run.list", { limit: 10 })];
  fill(element("sources"), ["source", "tables", "late", "all as of", "last run", "now", "next"], sources.map((s) => [s.source, s.tables, s.late.length, s.oldestFreshAt ?? "nothing loaded", s.lastRun ? s.lastRun.state + (s.lastRun.error ? ": " + s.lastRun.error : "") : "none", s.running ? "running" : "idle", s.next ? s.next.schedule + " at " + s.next.dueAt.slice(0, 16).replace("T", " ") + " UTC" : "not scheduled"]));
  fill(element("runs"), ["run", "source", "for", "state", "began", "ended", "error"], runs.map((r) => [r.run, r.source, r.schedules ?? "somebody", r.state, r.startedAt, r.endedAt ?? "not yet", r.report && r.report.code ? r.report.code : ""]));
}
element("query").addEventListener("submit", async (event) => {
  event.preventDefault();
  element("outcome").className = ""; element("outcome").textContent = "running…";
  try {
    const { result, items } = await call("sql", { sql: element("text").value, limit: 500 });
    const rows = items.flatMap((item) => item.rows ?? []);
    fill(element("rows"), result.columns.map((column) => column.name), rows);
    element("outcome").textContent = rows.length + " rows";
  } catch (failure) { element("outcome").className = "error"; element("outcome").textContent = failure.message; element("rows").replaceChildren(); }
});
element("leave").addEventListener("submit", async (event) => {
  event.preventDefault();
  const response = await fetch("/api/sign-out", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
  const { continueAt } = await response.json();
  location.assign(continueAt || "/sign-in");
});
fetch("/api/me").then((response) => response.json()).then((me) => { element("who").textContent = me.name + ", " + me.role; });
new EventSource("/api/events").addEventListener("run", () => { showStatus(); showTables(); });
Promise.all([showStatus(), showTables()]).catch((failure) => { element("summary").className = "error"; element("summary").textContent = failure.message; });
</script>
</html>
`;
