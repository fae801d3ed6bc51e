import { describe, expect, test } from "vitest";
import { HeadgateError } from "../errors.ts";
import { fairQueue, type FairQueue } from "./fair-queue.ts";

/** Returns who was admitted, in order, and how to let each of them leave. */
function ask(queue: FairQueue, keys: readonly string[]) {
  const inside: { readonly key: string; readonly leave: () => void }[] = [];
  for (const key of keys) void queue.enter(key).then((leave) => inside.push({ key, leave }));
  const names = async (): Promise<string> => {
    await new Promise((resolve) => setImmediate(resolve));
    return inside.map(({ key }) => key).join("");
  };
  return { inside, names };
}

describe("eight places, four for each", () => {
  const open = () => fairQueue({ inAll: 8, each: 4, waitingEach: 10 });

  test("one person has four, and the others find places", async () => {
    const { names } = ask(open(), [..."aaaaaaaaa", ..."bcde"]);
    expect(await names()).toBe("aaaabcde");
  });

  test("two who never give a place back leave some for others", async () => {
    const queue = open();
    expect(await ask(queue, [..."aaaaaa", ..."bbbbbb"]).names()).toBe("aaaab");
    expect(await ask(queue, [..."cde"]).names()).toBe("cde");
  });

  test("who has fewest goes first, and two who go on asking come to have as many as each other", async () => {
    const { inside, names } = ask(open(), [..."aaaaaaaa", ..."bbbb"]);
    expect(await names()).toBe("aaaab");
    inside[0]?.leave();
    inside[1]?.leave();
    expect(await names()).toBe("aaaabb");
    inside[4]?.leave();
    expect(await names()).toBe("aaaabbb");
  });

  test("a place that was given back twice is one place", async () => {
    const { inside, names } = ask(open(), [..."aaaaa"]);
    await names();
    inside[0]?.leave();
    inside[0]?.leave();
    expect(await names()).toBe("aaaaa");
  });
});

test("one place is everybody's in turn", async () => {
  const { inside, names } = ask(fairQueue({ inAll: 1, each: 1, waitingEach: 10 }), [..."aab"]);
  expect(await names()).toBe("a");
  inside[0]?.leave();
  expect(await names()).toBe("aa");
  inside[1]?.leave();
  expect(await names()).toBe("aab");
});

test("so many wait and no more; who gives up waits no more", async () => {
  const queue = fairQueue({ inAll: 1, each: 1, waitingEach: 1 });
  const leave = await queue.enter("a");
  const gone = new AbortController();
  const waiting = queue.enter("a", gone.signal);
  await expect(queue.enter("a")).rejects.toMatchObject({ code: "TOO_MANY_STATEMENTS" });
  gone.abort(new HeadgateError("CANCELLED"));
  await expect(waiting).rejects.toMatchObject({ code: "CANCELLED" });
  const next = queue.enter("a");
  leave();
  await expect(next).resolves.toBeTypeOf("function");
});
