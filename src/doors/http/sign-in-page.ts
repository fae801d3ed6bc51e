/** The page to sign in, and to change a one-time password. Static text. */
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
  button { font: inherit; padding: .5rem 1.1rem; border-radius: 6px; border: 1px solid var(--line); background: transparent; color: inherit; cursor: pointer; }
  .error { color: #b3261e; white-space: pre-wrap; } @media (prefers-color-scheme: dark) { .error { color: #ff8a80; } }
</style>
<main>
  <form id="sign-in">
    <h1>Headgate</h1>
    <label>User <input name="user" autocomplete="username" autocapitalize="none" required autofocus></label>
    <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
    <button>Sign in</button>
    <p role="status"></p>
  </form>
  <form id="change" hidden>
    <h1>Choose a password</h1>
    <p>The one-time password has done its work. Twelve characters or more.</p>
    <label>New password <input name="newPassword" type="password" autocomplete="new-password" minlength="12" required></label>
    <label>Once more <input name="again" type="password" autocomplete="new-password" minlength="12" required></label>
    <button>Change it and go on</button>
    <p role="status"></p>
  </form>
</main>
<script>
let password = "";
async function send(path, input) {
  const response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(input) });
  const answer = await response.json();
  if (answer.error) throw new Error(answer.error.message + "\\n" + answer.error.remedy);
  return answer;
}
function on(id, work) {
  const form = document.getElementById(id);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const status = form.querySelector("[role=status]");
    status.className = ""; status.textContent = "";
    try { await work(Object.fromEntries(new FormData(form))); }
    catch (failure) { status.className = "error"; status.textContent = failure.message; }
  });
}
on("sign-in", async (given) => {
  const me = await send("/api/sign-in", given);
  if (!me.mustChangePassword) return location.assign("/");
  password = given.password;
  document.getElementById("sign-in").hidden = true;
  const change = document.getElementById("change");
  change.hidden = false; change.elements.newPassword.focus();
});
on("change", async ({ newPassword, again }) => {
  if (newPassword !== again) throw new Error("the two are not the same");
  await send("/api/password", { password, newPassword });
  location.assign("/");
});
</script>
</html>
`;
