/**
 * Shows the progress of long work: on a terminal, a live block with one line per piece of work in progress and one per
 * finished piece; elsewhere, one plain line per step. Quiet shows nothing.
 * Invariant: after `close`, its last output has been erased or is final, and further events are ignored.
 */
import type { ProgressEvent, Report } from "../../base/progress.ts";
import { displayWidth, escapeControls, pad, truncate } from "./display-text.ts";
import { count } from "./table.ts";
import { colorsOf, widthOf, type Colors, type TextStream } from "./terminal.ts";

export interface Progress {
  readonly report: Report;
  close(): void;
}

export interface ProgressOptions {
  readonly stream: TextStream;
  readonly quiet: boolean;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

const repaintMs = 100;
const mostLiveLines = 8;
const barCells = 20;
const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

export function openProgress({ stream, quiet, now = () => performance.now() }: ProgressOptions): Progress {
  if (quiet) return { report: () => {}, close: () => {} };
  return stream.isTTY === true ? openLiveProgress(stream, now) : openPlainProgress(stream, now);
}

interface Task {
  readonly name: string;
  readonly startedAt: number;
  rows: number;
  total: number | undefined;
}

function openPlainProgress(stream: TextStream, now: () => number): Progress {
  const colors = colorsOf(stream);
  const tasks = new Map<string, Task>();
  return {
    report(event) {
      noteRows(tasks, { event, now });
      const line = finalLine(event, { tasks, now, colors });
      if (line !== undefined) stream.write(`${line}\n`);
    },
    close: () => {},
  };
}

function openLiveProgress(stream: TextStream, now: () => number): Progress {
  const colors = colorsOf(stream);
  const tasks = new Map<string, Task>();
  let drawn = 0;
  let frame = 0;
  let closed = false;
  const erase = (): string => (drawn === 0 ? "" : `\u001b[${drawn}A\u001b[0J`);
  const draw = (finished = ""): void => {
    const lines = closed
      ? []
      : liveLines([...tasks.values()], { colors, now: now(), frame, width: widthOf(stream) ?? 80 });
    stream.write(`${erase()}${finished}${lines.map((line) => `${line}\n`).join("")}`);
    drawn = lines.length;
  };
  const timer = setInterval(() => {
    frame++;
    if (tasks.size > 0) draw();
  }, repaintMs);
  timer.unref();
  return {
    report(event) {
      if (closed) return;
      noteRows(tasks, { event, now });
      const line = finalLine(event, { tasks, now, colors });
      if (line !== undefined) draw(`${line}\n`);
    },
    close() {
      if (closed) return;
      closed = true;
      clearInterval(timer);
      if (drawn > 0) draw();
    },
  };
}

function noteRows(tasks: Map<string, Task>, { event, now }: { event: ProgressEvent; now: () => number }): void {
  if (event.kind !== "rows") return;
  const task = tasks.get(event.task) ?? { name: event.task, startedAt: now(), rows: 0, total: undefined };
  task.rows = event.rows;
  task.total = event.total ?? task.total;
  tasks.set(event.task, task);
}

interface Showing {
  readonly tasks: Map<string, Task>;
  readonly now: () => number;
  readonly colors: Colors;
}

/** The line that stays after an event; none for `rows` events. */
function finalLine(event: ProgressEvent, { tasks, now, colors }: Showing): string | undefined {
  if (event.kind === "rows") return undefined;
  if (event.kind === "note") return `${colors.dim("·")} ${escapeControls(event.text)}`;
  if (event.kind === "warning") return `${colors.yellow("!")} ${escapeControls(event.text)} ${colors.dim(event.code)}`;
  const name = pad(escapeControls(event.task), { width: 28, align: "left" });
  const task = tasks.get(event.task);
  tasks.delete(event.task);
  if (event.error !== undefined) {
    // The parts of a large table that are in progress end with the table.
    for (const part of tasks.keys()) if (part.startsWith(`${event.task} `)) tasks.delete(part);
    return `${colors.red("✗")} ${name}  ${escapeControls(event.error.message)} ${colors.dim(event.error.code)}`;
  }
  const rows = event.rows ?? task?.rows;
  const details = [event.outcome, ...(rows === undefined ? [] : [count(rows, "row")])];
  if (task !== undefined) details.push(...pace(task, now()));
  return `${colors.green("✓")} ${name}  ${colors.dim(details.join(" · "))}`;
}

function pace({ rows, startedAt }: Task, now: number): string[] {
  const seconds = (now - startedAt) / 1000;
  return seconds < 0.5 ? [] : [`${seconds.toFixed(1)} s`, `${Math.round(rows / seconds).toLocaleString("en")} rows/s`];
}

interface Canvas {
  readonly colors: Colors;
  readonly now: number;
  readonly frame: number;
  readonly width: number;
}

function liveLines(tasks: readonly Task[], canvas: Canvas): string[] {
  const shown = tasks.slice(0, mostLiveLines);
  const nameWidth = shown.reduce((widest, { name }) => Math.max(widest, displayWidth(name)), 0);
  const lines = shown.map((task) =>
    liveLine(task, { ...canvas, nameWidth: Math.min(nameWidth, Math.floor(canvas.width / 3)) }),
  );
  const hidden = tasks.length - shown.length;
  return hidden > 0 ? [...lines, canvas.colors.dim(`  … and ${hidden.toLocaleString("en")} more`)] : lines;
}

function liveLine({ name, rows, total, startedAt }: Task, canvas: Canvas & { readonly nameWidth: number }): string {
  const { colors, now, frame, width, nameWidth } = canvas;
  const label = pad(truncate(escapeControls(name), nameWidth), { width: nameWidth, align: "left" });
  const share = total === undefined || total <= 0 ? undefined : Math.min(1, rows / total);
  const seconds = Math.max(0.001, (now - startedAt) / 1000);
  const facts = [
    ...(share === undefined ? [] : [`${String(Math.floor(share * 100)).padStart(3)}%`]),
    count(rows, "row"),
    ...(seconds < 0.5 ? [] : [`${Math.round(rows / seconds).toLocaleString("en")} rows/s`]),
  ].join("  ");
  const bar = share === undefined || width < nameWidth + barCells + 40 ? "" : `${drawBar(share, colors)}  `;
  const room = width - nameWidth - 5 - (bar === "" ? 0 : barCells + 2);
  return `${colors.cyan(spinner[frame % spinner.length] ?? "")} ${label}  ${bar}${truncate(facts, Math.max(1, room))}`;
}

function drawBar(share: number, colors: Colors): string {
  const filled = Math.round(share * barCells);
  return colors.cyan("━".repeat(filled)) + colors.dim("─".repeat(barCells - filled));
}
