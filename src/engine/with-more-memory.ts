/** Work that may need more memory than is set aside for ordinary rows: it gets more when it fails for want of it, within bounds. */
import { HeadgateError } from "../errors.ts";
import type { Engine } from "./engine.ts";

const factors = [2, 4, 8];

/** Repeats the work with more memory each time. Throws SQL_OUT_OF_MEMORY when eight times as much is still too little. */
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
