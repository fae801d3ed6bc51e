import type { FastifyReply } from "fastify";

/** Nothing is loaded from other sites, and no other site may frame a page. */
const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'",
};

/** Answers with a page. */
export function sendPage(reply: FastifyReply, text: string): FastifyReply {
  return reply.headers(pageHeaders).send(text);
}

/**
 * Answers with a page that has a form for our own paths, and no script. Its address leads to it, so nobody is told more of
 * it than the host. With `no-referrer`, a browser would send the form without our origin, and it would be refused.
 */
export function sendScriptlessPage(reply: FastifyReply, text: string): FastifyReply {
  return reply
    .headers({
      ...pageHeaders,
      "content-security-policy":
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
      "referrer-policy": "strict-origin",
      "cache-control": "no-store",
    })
    .send(text);
}
