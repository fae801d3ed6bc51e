/** Gives work more memory, up to a limit, when it fails because it needs more than is reserved for ordinary rows. */
import { HeadgateError } from "../errors.ts";
import type { Engine } from "./engine.ts";

const factors = [2, 4, 8];

/** Repeats the work with more memory each time. Throws SQL_OUT_OF_MEMORY if eight times as much is still too little. */
export async function withMoreMemory<T>(engine: Engine, work: () => Promise<T>): Promise<T> {
  for (const factor of factors) {
    try {
      return await work();
    } catch (failure) {
      if (!(failure instanceof HeadgateError) || failure.code !== "SQL_OUT_OF_MEMORY") throw failure;
      await engine.allowMemory(engine.memoryMb * factor);
    }
  }
  return work();
}
