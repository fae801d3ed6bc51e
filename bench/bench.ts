/**
 * `npm run bench -- <name> [options]`: runs one benchmark. Each is a folder here whose run.ts exports `run`; its last
 * line of output is one line of JSON.
 */
import { existsSync, readdirSync } from "node:fs";
import { installServers } from "../scripts/install-servers.ts";

interface Benchmark {
  run(words: readonly string[]): Promise<void>;
}

const [name = "", ...words] = process.argv.slice(2);
const known = readdirSync(import.meta.dirname).filter((folder) =>
  existsSync(`${import.meta.dirname}/${folder}/run.ts`),
);
if (known.includes(name)) {
  installServers();
  const benchmark = (await import(`./${name}/run.ts`)) as Benchmark;
  await benchmark.run(words);
} else {
  console.error(`usage: npm run bench -- <name> [options]; there are: ${known.join(", ")}`);
  process.exitCode = 1;
}
