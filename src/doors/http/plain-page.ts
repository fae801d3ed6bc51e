/**
 * A page of a few sentences that stands outside the console, for people who come from a mail or from an identity provider.
 * Invariant: it needs no script and no other file. The content is HTML: whoever gives it has escaped all texts in it.
 */
import { escapeHtml } from "../../base/escape-html.ts";

export function plainPage(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Headgate</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 15px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center; }
  main, form { display: grid; gap: .9rem; } main { width: min(40rem, calc(100vw - 3rem)); overflow-wrap: anywhere; padding: 1.5rem 0; }
  h1 { font-size: 1.35rem; margin: 0; } p { margin: 0; } a { color: inherit; }
  th { text-align: left; vertical-align: top; padding-right: 1rem; } td { white-space: pre-wrap; }
  label { display: grid; gap: .25rem; } label.box { display: block; }
  input, textarea, button, .button { font: inherit; padding: .5rem .65rem; border: 1px solid; border-radius: 6px; background: transparent; color: inherit; }
  .error { color: #b3261e; } @media (prefers-color-scheme: dark) { .error { color: #ff8a80; } }
</style>
<main>${content}</main>
</html>
`;
}
