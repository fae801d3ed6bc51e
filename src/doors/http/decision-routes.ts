/**
 * The paths behind the links in mails. Anybody may open the doorstep, also a program that follows every link of a mail;
 * the request is shown only to a signed-in approver, and only a form that they send from our page decides.
 * Invariant: GET and HEAD change nothing.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { presentError, toHeadgateError } from "../../base/present-error.ts";
import { silent } from "../../base/progress.ts";
import { errorCodes, HeadgateError } from "../../errors.ts";
import type { Context } from "../../operations/context.ts";
import { perform } from "../../operations/perform.ts";
import type { PresentedRequest } from "../../operations/sharing/present-request.ts";
import { requestOpenLink, requestUseLink } from "../../operations/sharing/decision-by-link.ts";
import type { Authentication } from "./authentication.ts";
import { decidedPage, doorstepPage, noDecisionPage, requestPage } from "./decision-pages.ts";
import { sendScriptlessPage } from "./send-page.ts";

interface Parts {
  readonly context: Context;
  readonly authentication: Authentication;
}

interface Linked {
  readonly Params: { readonly token: string };
}

export function addDecisionPages(server: FastifyInstance, { context, authentication }: Parts): void {
  const asked = (request: FastifyRequest) => ({
    principal: authentication.principal(request),
    listener: { report: silent, emit: async () => {}, signal: new AbortController().signal },
  });
  server.get<Linked>("/decide/:token", (request, reply) =>
    sendScriptlessPage(reply, doorstepPage(`/decide/${encodeURIComponent(request.params.token)}/request`)),
  );
  server.get<Linked>("/decide/:token/request", (request, reply) =>
    answered(reply, async () => {
      const input = { token: request.params.token };
      const found = await perform(context, { operation: requestOpenLink, input, ...asked(request) });
      return requestPage(found.request, found.verdict);
    }),
  );
  // Forms are read only here; everywhere else the door takes nothing but JSON.
  void server.register(async (forms) => {
    forms.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
      done(null, new URLSearchParams(String(body))),
    );
    forms.post<Linked>("/decide/:token/request", (request, reply) =>
      answered(reply, async () => {
        const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
        const { token } = request.params;
        const opened = await perform(context, { operation: requestOpenLink, input: { token }, ...asked(request) });
        const input = { token, verdict: opened.verdict, ...wishOf(form, opened.request) };
        return decidedPage(await perform(context, { operation: requestUseLink, input, ...asked(request) }));
      }),
    );
  });
}

async function answered(reply: FastifyReply, work: () => Promise<string>): Promise<FastifyReply> {
  try {
    return sendScriptlessPage(reply, await work());
  } catch (failure) {
    const known = toHeadgateError(failure);
    return sendScriptlessPage(reply.code(errorCodes[known.code].status), noDecisionPage(presentError(known)));
  }
}

/** Empty fields say nothing. Throws USAGE if every thing was unticked, because no thing at all would mean everything. */
function wishOf(form: URLSearchParams, { until }: Pick<PresentedRequest, "until">): object {
  // A browser counts a new line as one character and sends two.
  const given = (name: string): string | undefined => form.get(name)?.replaceAll("\r\n", "\n").trim() || undefined;
  const [on, columns, rows, day] = [given("on"), given("columns"), given("rows"), given("until")];
  const items = form.getAll("item");
  if (items.length === 0 && given("chosen") !== undefined)
    throw new HeadgateError("USAGE", {
      message: "nothing was chosen, so nothing was approved",
      remedy: "choose what you approve, or use the link of the mail to deny all of it",
    });
  const names = columns?.split(",").map((name) => name.trim());
  const isNarrowed = on !== undefined && (names !== undefined || rows !== undefined);
  return {
    comment: given("comment"),
    ...(items.length > 0 && { items }),
    ...(isNarrowed && { narrow: [{ on, columns: names, rows }] }),
    ...(day !== undefined && { until: endOfDay(day, until) }),
  };
}

/** The day that is named is the last one, so nothing ends before it is over; nor later than was asked for. */
function endOfDay(day: string, asked: string | null): string {
  const end = `${day}T23:59:59Z`;
  return asked !== null && Date.parse(asked) < Date.parse(end) ? asked : end;
}
