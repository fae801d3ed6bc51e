/** Users who sign in to a served Headgate over HTTP, as people do in a browser. */
import { askCommand, type CommandOptions } from "./command.ts";
import { personWith, standingWords, type Person, type Standing } from "./person.ts";
import type { ServedHeadgate } from "./served-headgate.ts";

/** The password that every user of a test chooses. */
const password = "correct horse battery staple";

/** A new user, in the session that began when they chose a password. */
export async function newUser(
  served: ServedHeadgate,
  at: CommandOptions,
  name: string,
  standing: Standing = {},
): Promise<Person> {
  const words = ["user", "add", name, ...standingWords(standing)];
  const { oneTimePassword } = await askCommand<{ oneTimePassword: string }>(words, at);
  const first = await sessionOf(served, "/api/sign-in", { user: name, password: oneTimePassword }, {});
  const chosen = { password: oneTimePassword, newPassword: password };
  return personWith(served, await sessionOf(served, "/api/password", chosen, first));
}

/** A session of a user who has chosen a password. Throws the answer if the server refuses it. */
export async function signedIn(served: ServedHeadgate, user: string, account?: string): Promise<Person> {
  return personWith(served, await sessionOf(served, "/api/sign-in", { user, password, account }, {}));
}

async function sessionOf(
  served: ServedHeadgate,
  path: string,
  input: object,
  headers: Record<string, string>,
): Promise<Record<string, string>> {
  const response = await served.post(path, JSON.stringify(input), headers);
  const [set = ""] = response.headers.getSetCookie();
  if (response.status !== 200) throw new Error(await response.text());
  return { cookie: set.split(";")[0] ?? "", origin: served.origin };
}
