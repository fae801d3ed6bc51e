/** Somebody who asks for nearly nothing while the others cause a storm, and should hardly notice them. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { judgeAnswer } from "../answers.ts";
import type { Actor, Storm } from "../storm-world.ts";
import type { QuietAnswer } from "./quiet-person.ts";

/** If such a small statement takes so long, the others are keeping this person out, on any machine. */
const starvedMs = 10_000;

export const quiet: Actor = {
  name: "quiet person",
  async run(storm) {
    const caller = await storm.newKey(quiet.name, "analyst");
    const person = fork(fileURLToPath(new URL("./quiet-person.ts", import.meta.url)), {
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
    let last = performance.now();
    person.on("message", (heard: QuietAnswer) => {
      last = performance.now();
      note(storm, heard);
    });
    person.send(caller);
    if (!storm.isOver()) await Promise.race([once(storm.signal, "abort"), once(person, "exit")]);
    if (!storm.isOver()) storm.complain("the quiet person's own process ended");
    const waitedMs = performance.now() - last;
    if (waitedMs > starvedMs) storm.complain(`the quiet person has waited ${Math.round(waitedMs)} ms for an answer`);
    person.kill();
  },
};

function note(storm: Storm, { ms, answer }: QuietAnswer): void {
  if (storm.isOver()) return;
  judgeAnswer(storm, answer, { who: quiet.name, what: "select 1" });
  if (answer.outcome !== "ok") return;
  storm.totals.quiet.push(ms);
  if (ms > starvedMs) storm.complain(`the quiet person had to wait ${Math.round(ms)} ms for select 1`);
  if (answer.rows[0]?.[0] !== 1) storm.complain(`select 1 was answered with ${JSON.stringify(answer.rows)}`);
}
