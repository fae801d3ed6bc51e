import { expect, test } from "vitest";
import { wouldExposePassword } from "./password-exposure.ts";

test.each(["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1", undefined])("%s is this machine", (remoteAddress) => {
  expect(wouldExposePassword({ remoteAddress })).toBe(false);
});

test.each(["10.0.0.1", "::", "::12", "::ffff:10.127.0.1", "1127.0.0.1", "2001:db8::1"])(
  "%s is another machine",
  (remoteAddress) => {
    expect(wouldExposePassword({ remoteAddress })).toBe(true);
  },
);
