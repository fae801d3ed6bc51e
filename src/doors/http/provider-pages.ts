/**
 * The pages that people see when they come back from an identity provider.
 * Invariant: what the provider or the address says is text on a page, never a part of the page.
 */
import type { PresentedError } from "../../base/present-error.ts";

/**
 * The way on is a step of our own page: a browser that was led here by another site would not send the new session's
 * cookie if it were led further by us.
 */
export const signedInPage = pageWith(
  "Signed in",
  `<p>You are signed in.</p><p><a href="/">Go on</a></p><script>location.replace("/");</script>`,
);

export function refusedPage({ code, message, place, remedy }: PresentedError): string {
  return pageWith(
    "Not signed in",
    `<h1>You are not signed in</h1>
    <p class="error">${escaped(message)}</p>
    <p>${escaped(remedy)}</p>
    <p>${escaped(code)}${place === undefined ? "" : ` at ${escaped(place)}`}</p>
    <p><a href="/sign-in">Back to the sign-in page</a></p>`,
  );
}

function pageWith(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Headgate</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 15px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center; }
  main { width: min(32rem, calc(100vw - 3rem)); display: grid; gap: .9rem; overflow-wrap: anywhere; }
  h1 { font-size: 1.35rem; margin: 0; } p { margin: 0; } a { color: inherit; }
  .error { color: #b3261e; } @media (prefers-color-scheme: dark) { .error { color: #ff8a80; } }
</style>
<main>${content}</main>
</html>
`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}
