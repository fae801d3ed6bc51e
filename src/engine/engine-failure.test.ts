import { expect, test } from "vitest";
import { engineFailure } from "./engine-failure.ts";

test("a value that no text of JavaScript can hold says what to ask for", () => {
  const longest = 0x1fffffe8;
  let failure: unknown;
  try {
    Buffer.alloc(longest / 2 + 1).toString("hex");
  } catch (error) {
    failure = engineFailure(error instanceof Error ? error.message : "", 192);
  }
  expect(failure).toMatchObject({
    code: "SQL_FAILED",
    message: expect.stringContaining("too long to be sent"),
    remedy: expect.stringContaining("octet_length"),
  });
});

test("want of memory names the setting and what it is", () => {
  const message = "Out of Memory Error: failed to allocate data of size 512.0 MiB (188.1 KiB/183.1 MiB used)";
  expect(engineFailure(message, 192)).toMatchObject({
    code: "SQL_OUT_OF_MEMORY",
    remedy: expect.stringMatching(/HEADGATE_ENGINE_MEMORY.*from 192 to 768/),
  });
});
