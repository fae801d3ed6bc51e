/** The user who is signed in, for what people change about themselves: keys and roles have no password to prove. */
import { HeadgateError } from "../errors.ts";
import { personOf, type Person, type Principal } from "./principal.ts";

/** The person, also behind a role. `place` is what the error names. Throws USAGE. */
export function ownUser(principal: Principal, place: string): Person {
  const person = personOf(principal);
  if (person.kind === "user") return person;
  throw new HeadgateError("USAGE", { place, message: "only people who are signed in can do this for themselves" });
}
