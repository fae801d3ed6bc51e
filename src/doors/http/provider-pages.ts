/**
 * The pages that people see when they come back from an identity provider.
 * Invariant: what the provider or the address says is text on a page, never a part of the page.
 */
import { escapeHtml } from "../../base/escape-html.ts";
import type { PresentedError } from "../../base/present-error.ts";
import { plainPage } from "./plain-page.ts";

/**
 * The way on is a step of our own page: a browser that was led here by another site would not send the new session's
 * cookie if it were led further by us.
 */
export const signedInPage = plainPage(
  "Signed in",
  `<p>You are signed in.</p><p><a href="/">Go on</a></p><script>location.replace("/");</script>`,
);

export function refusedPage({ code, message, place, remedy }: PresentedError): string {
  return plainPage(
    "Not signed in",
    `<h1>You are not signed in</h1>
    <p class="error">${escapeHtml(message)}</p>
    <p>${escapeHtml(remedy)}</p>
    <p>${escapeHtml(code)}${place === undefined ? "" : ` at ${escapeHtml(place)}`}</p>
    <p><a href="/sign-in">Back to the sign-in page</a></p>`,
  );
}
