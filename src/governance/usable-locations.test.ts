/** From which storage locations somebody may register and import. */
import { expect, test } from "vitest";
import { localPrincipal, type Principal } from "../identity/principal.ts";
import { askingOf } from "./asking.ts";
import { policyOf, type GrantText } from "./policy.fixture.ts";
import { usableLocations } from "./usable-locations.ts";

const ada: Principal = { kind: "user", id: "ada", name: "ada", role: "none", mustChangePassword: false };
const usable = (...grants: GrantText[]) => usableLocations(askingOf(policyOf({ grants }), ada, 5));

test("all, for whoever administers the lake", () => {
  expect(usable({ to: "ada", on: "lake", permissions: ["ADMINISTER"] })).toBe("all");
  const main: GrantText = { to: "ada", on: "account main", permissions: ["ADMINISTER"] };
  expect(usable(main), "the only account is the lake").toBe("all");
  const policy = policyOf({ accounts: ["main", "sales"], grants: [main] });
  expect(usableLocations(askingOf(policy, ada, 5))).toEqual([]);
  expect(usableLocations(askingOf(policyOf({ grants: [] }), localPrincipal, 0))).toBe("all");
});

test("those of valid grants of DATA_LOCATION_ACCESS, and no others", () => {
  const at = (location: string, more: Partial<GrantText> = {}): GrantText => ({
    to: "ada",
    on: `location s3://${location}`,
    permissions: ["DATA_LOCATION_ACCESS"],
    ...more,
  });
  expect(usable()).toEqual([]);
  expect(
    usable(
      at("a"),
      at("b", { permissions: ["ALL"] }),
      at("c", { permissions: ["DESCRIBE"] }),
      at("d", { until: 5 }),
      at("e", { to: "bob" }),
      { to: "ada", on: "table orders", permissions: ["ALL"] },
      { to: "ada", on: "account abroad", permissions: ["ADMINISTER"] },
    ),
  ).toEqual(["s3://a", "s3://b"]);
});
