/** The page to sign in, to change a one-time password, and to add an authenticator. Static text. */
export const signInPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in · Headgate</title>
<style>
  :root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 24%, transparent); --soft: color-mix(in srgb, currentColor 62%, transparent); }
  body { font: 15px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center; }
  form { width: min(22rem, calc(100vw - 3rem)); display: grid; gap: .9rem; } form[hidden] { display: none; }
  h1 { font-size: 1.35rem; margin: 0; } p { margin: 0; color: var(--soft); }
  label { display: grid; gap: .25rem; } input { font: inherit; padding: .5rem .65rem; border: 1px solid var(--line); border-radius: 6px; background: transparent; color: inherit; }
  .with { display: grid; gap: .5rem; margin-top: 1.4rem; } .with:empty { display: none; } .with a { padding: .5rem 1.1rem; border-radius: 6px; border: 1px solid var(--line); color: inherit; text-align: center; text-decoration: none; }
  code { font: 14px/1.7 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap; } label[hidden] { display: none; } p a { color: inherit; }
  button { font: inherit; padding: .5rem 1.1rem; border-radius: 6px; border: 1px solid var(--line); background: transparent; color: inherit; cursor: pointer; }
  .error { color: #b3261e; white-space: pre-wrap; } @media (prefers-color-scheme: dark) { .error { color: #ff8a80; } }
</style>
<main>
  <form id="sign-in">
    <h1>Headgate</h1>
    <label>User <input name="user" autocomplete="username" autocapitalize="none" required autofocus></label>
    <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
    <label id="code" hidden>Code of your authenticator, or a recovery code <input name="code" autocomplete="one-time-code" autocapitalize="none"></label>
    <button>Sign in</button>
    <p role="status"></p>
  </form>
  <nav class="with" id="with" aria-label="Sign in with your company's account"></nav>
  <form id="change" hidden>
    <h1>Choose a password</h1>
    <p>The one-time password has done its work. Twelve characters or more.</p>
    <label>New password <input name="newPassword" type="password" autocomplete="new-password" minlength="12" required></label>
    <label>Once more <input name="again" type="password" autocomplete="new-password" minlength="12" required></label>
    <button>Change it and go on</button>
    <p role="status"></p>
  </form>
  <form id="enrol" hidden>
    <h1>Add an authenticator</h1>
    <p>Your account requires one. Open this in your authenticator, or type the key into it:</p>
    <p><a id="address">open in the authenticator</a></p>
    <p><code id="key"></code></p>
    <label>The code that it shows <input name="code" autocomplete="one-time-code" inputmode="numeric" required></label>
    <button>Confirm it</button>
    <p role="status"></p>
  </form>
  <form id="codes" hidden>
    <h1>Your recovery codes</h1>
    <p>Each lets you in once without the authenticator. They are shown only now: keep them in a safe place.</p>
    <code id="recovery"></code>
    <button>I have kept them</button>
    <p role="status"></p>
  </form>
</main>
<script>
let password = "";
function show(id) {
  for (const form of document.querySelectorAll("form")) form.hidden = form.id !== id;
  document.getElementById("with").hidden = id !== "sign-in";
  const first = document.getElementById(id).querySelector("input, button");
  if (first) first.focus();
}
async function goOn(me) {
  if (me.mustChangePassword) return show("change");
  if (!me.lacksAuthenticator) return location.assign("/");
  const added = await send("/api/authenticator", { password });
  document.getElementById("address").href = added.address;
  document.getElementById("key").textContent = added.secret;
  show("enrol");
}
async function send(path, input) {
  const response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(input) });
  const answer = await response.json();
  if (answer.error) throw Object.assign(new Error(answer.error.message + "\\n" + answer.error.remedy), { code: answer.error.code });
  return answer;
}
function on(id, work) {
  const form = document.getElementById(id);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const status = form.querySelector("[role=status]");
    status.className = ""; status.textContent = "";
    try { await work(Object.fromEntries(new FormData(form))); }
    catch (failure) { if (failure.code === "CODE_REQUIRED") { const code = document.getElementById("code"); code.hidden = false; code.querySelector("input").focus(); } status.className = "error"; status.textContent = failure.message; }
  });
}
on("sign-in", async (given) => {
  if (!given.code) delete given.code;
  const me = await send("/api/sign-in", given);
  password = given.password;
  await goOn(me);
});
on("change", async ({ newPassword, again }) => {
  if (newPassword !== again) throw new Error("the two are not the same");
  const me = await send("/api/password", { password, newPassword });
  password = newPassword;
  await goOn(me);
});
on("enrol", async ({ code }) => {
  const { recoveryCodes } = await send("/api/authenticator/confirm", { code });
  document.getElementById("recovery").textContent = recoveryCodes.join("\\n");
  show("codes");
});
on("codes", async () => location.assign("/"));
fetch("/sign-in/providers").then((response) => response.json()).then(({ providers }) => {
  for (const { name, title } of providers) {
    const link = document.createElement("a");
    link.href = "/sign-in/with/" + encodeURIComponent(name);
    link.textContent = "Sign in with " + title;
    document.getElementById("with").append(link);
  }
}).catch(() => {});
</script>
</html>
`;
