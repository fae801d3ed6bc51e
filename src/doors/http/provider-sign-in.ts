/**
 * Signing in with an identity provider: the way there, the way back, linking one's identity, signing out of both, and
 * sessions that the provider ends by itself.
 * Invariants: nobody is led to an address that a request names. Whoever comes back goes on only in the browser that began,
 * once, and at the provider that was asked. There is no password to guess here, so only the limit of all requests
 * applies: everybody of a company can have the same address.
 */
import { parse } from "node:querystring";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { presentError, toHeadgateError } from "../../base/present-error.ts";
import { errorCodes, HeadgateError } from "../../errors.ts";
import { visible } from "../../governance/resource.ts";
import { ownUser } from "../../identity/own-user.ts";
import type { Principal } from "../../identity/principal.ts";
import { beginSignIn, hasBegun, patienceMinutes, takeSignIn } from "../../identity/providers/begun-sign-ins.ts";
import { saidBy, type Said } from "../../identity/providers/claims.ts";
import { linkIdentity } from "../../identity/providers/identities.ts";
import type { Proved } from "../../identity/providers/provider-client.ts";
import { getProvider, listProviders, providerById, type Provider } from "../../identity/providers/providers.ts";
import { personSaid } from "../../identity/providers/sign-in-with.ts";
import { endProvidersSessions, openSession, signOut } from "../../identity/sessions.ts";
import { checkOwnPassword, getUser } from "../../identity/users.ts";
import {
  recordOwnChange,
  recordProvidersAct,
  recordRefusedSignIn,
  recordSignOut,
} from "../../operations/audit/record-sign-in.ts";
import { parseInput } from "../../operations/parse-input.ts";
import { permit } from "../../operations/perform.ts";
import type { Context } from "../../operations/context.ts";
import { sessionToken, setSessionCookie } from "./authentication.ts";
import { cookieOf, setCookie } from "./cookies.ts";
import { refusedPage, signedInPage } from "./provider-pages.ts";
import { sendPage } from "./send-page.ts";
import { linkInput } from "./sign-in-input.ts";
import { beginSession, type Asked, type SignInParts } from "./sign-in.ts";

interface Named {
  readonly Params: { readonly provider: string };
}

export function addProviderSignIn(server: FastifyInstance, parts: SignInParts): void {
  const { context, limit } = parts;
  const { db } = context;
  server.get("/sign-in/providers", async () => ({
    providers: (await listProviders(db)).map(({ name, title }) => ({ name, title })),
  }));
  server.get<Named>("/sign-in/with/:provider", (request, reply) =>
    orPage(parts, { request, reply }, async () => {
      const provider = await getProvider(db, request.params.provider);
      return reply.redirect(await wayThere(context, { request, reply }, { provider }), 303);
    }),
  );
  server.get<Named>("/sign-in/return/:provider", (request, reply) =>
    orPage(parts, { request, reply }, () => comeBack(context, { request, reply }, request.params.provider)),
  );
  server.post("/api/identities", { onRequest: limit }, (request, reply) => beginLink(parts, { request, reply }));
  server.post("/api/sign-out", (request, reply) => leave(parts, { request, reply }));
  addBackChannelLogout(server, parts);
}

interface Going {
  readonly provider: Provider;
  readonly linkUserId?: string | undefined;
}

async function wayThere(context: Context, { request, reply }: Asked, { provider, linkUserId }: Going): Promise<string> {
  const origin = `${request.protocol}://${request.host}`;
  const browser = cookieOf(request, "sign_in");
  const begun = await beginSignIn(context.db, { providerId: provider.id, linkUserId, origin, browser });
  const address = await context.providers.addressOf(provider, begun, returnAddress(origin, provider));
  setCookie(request, reply, { name: "sign_in", value: begun.browser, seconds: patienceMinutes * 60, sameSite: "Lax" });
  return address;
}

function returnAddress(origin: string, { name }: Provider): string {
  return `${origin}/sign-in/return/${name}`;
}

async function comeBack(context: Context, asked: Asked, name: string): Promise<FastifyReply> {
  const { request, reply } = asked;
  const provider = await getProvider(context.db, name);
  const query = new URL(request.url, "http://localhost").searchParams;
  const [state = "", browser = ""] = [query.get("state") ?? "", cookieOf(request, "sign_in") ?? ""];
  const begun = await takeSignIn(context.db, { state, browser, providerId: provider.id });
  // Whatever else was begun in other tabs goes on, and nobody ends it by leading the browser here.
  if (!(await hasBegun(context.db, browser)))
    setCookie(request, reply, { name: "sign_in", value: "", seconds: 0, sameSite: "Lax" });
  const address = new URL(`${returnAddress(begun.origin, provider)}?${query}`);
  const proved = await context.providers.claimsOf(provider, { state, browser, address });
  const said = saidBy(provider, proved.claims);
  if (begun.linkUserId === undefined) await enter(context, asked, { provider, said, proved });
  else await link(context, asked, { provider, said, userId: begun.linkUserId });
  return sendPage(reply, signedInPage);
}

interface Entering {
  readonly provider: Provider;
  readonly said: Said;
  readonly proved: Proved;
}

async function enter(context: Context, asked: Asked, { provider, said, proved }: Entering): Promise<void> {
  const { userId, user, isNew } = await personSaid(context.db, provider, said);
  const from = asked.request.ip;
  if (isNew)
    await recordProvidersAct(context, { provider: provider.name, operation: "user.add", what: { user }, from });
  const opened = await openSession(context.db, {
    id: userId,
    accountId: null,
    address: from,
    provider: {
      id: provider.id,
      subject: said.subject,
      sub: proved.sub,
      session: proved.session,
      idToken: proved.idToken === undefined ? undefined : context.secrets.seal(proved.idToken),
    },
  });
  await beginSession(context, asked, { ...opened, provider: provider.name });
}

interface Linking {
  readonly provider: Provider;
  readonly said: Said;
  readonly userId: string;
}

async function link(context: Context, { request }: Asked, { provider, said, userId }: Linking): Promise<void> {
  const { issuer, name } = provider;
  await linkIdentity(context.db, { issuer, subject: said.subject, userId, by: userId });
  const what = { provider: name, linkedUserId: userId };
  await recordProvidersAct(context, { provider: name, operation: "identity.link", what, from: request.ip });
}

/** With their password, so that an open session alone is not enough to stay for ever. */
async function beginLink({ context, authentication }: SignInParts, asked: Asked): Promise<object> {
  const { request } = asked;
  const principal = authentication.principal(request);
  await permit(context, { principal, operation: "/api/identities", action: "watch", resources: [visible] });
  const { provider: name, password } = parseInput("identities", linkInput, request.body);
  const { id } = await provedAgain(context, { request, principal, password });
  const provider = await getProvider(context.db, name);
  await recordOwnChange(context, { principal, operation: "identities", what: { linking: name } });
  return { continueAt: await wayThere(context, asked, { provider, linkUserId: id }) };
}

interface Proving {
  readonly request: FastifyRequest;
  readonly principal: Principal;
  readonly password: string | undefined;
}

async function provedAgain({ db }: Context, { request, principal, password = "" }: Proving) {
  const { name } = ownUser(principal, "identities");
  const user = await getUser(db, name);
  return user.passwordHash === null ? user : checkOwnPassword(db, { name, password, address: request.ip });
}

async function leave({ context, authentication }: SignInParts, { request, reply }: Asked): Promise<object> {
  const principal = authentication.principal(request);
  const ended = await signOut(context.db, sessionToken(request) ?? "");
  await recordSignOut(context, { principal, from: request.ip });
  setSessionCookie(request, reply, "");
  const provider = ended === undefined ? undefined : await providerById(context.db, ended.id);
  if (provider === undefined) return { signedOut: true };
  const continueAt = await context.providers
    .signOutAddress(provider, {
      idToken: ended?.idToken === undefined ? undefined : context.secrets.open(ended.idToken),
      returnTo: `${request.protocol}://${request.host}/sign-in`,
    })
    .catch(() => undefined);
  return { signedOut: true, ...(continueAt === undefined ? {} : { continueAt }) };
}

/** A form, which is refused everywhere else. It has no session: the signed token in it is what counts. */
function addBackChannelLogout(server: FastifyInstance, { context }: SignInParts): void {
  void server.register(async (inner) => {
    inner.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
      done(null, parse(String(body))),
    );
    inner.post<Named>("/api/back-channel-logout/:provider", async (request) => {
      const provider = await getProvider(context.db, request.params.provider);
      const { logout_token: token } = (request.body ?? {}) as { logout_token?: unknown };
      if (typeof token !== "string" || token === "")
        throw new HeadgateError("USAGE", { place: "logout_token", message: "the request has no logout token" });
      const ended = await context.providers.loggedOut(provider, token);
      const sessions = await endProvidersSessions(context.db, { ...ended, providerId: provider.id });
      const act = { provider: provider.name, operation: "back-channel-logout", what: { sessions }, from: request.ip };
      await recordProvidersAct(context, act);
      return { ended: sessions };
    });
  });
}

/** People see errors as a page here, because no script of ours made the request. */
async function orPage(
  { context: { db, audit, log }, isFew }: SignInParts,
  { request, reply }: Asked,
  work: () => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    return await work();
  } catch (failure) {
    const { provider } = request.params as Named["Params"];
    const known = toHeadgateError(failure);
    log("sign-in refused", { provider, from: request.ip, because: known.message });
    if (isOfSomebody(known) && (await isFew(request)))
      await recordRefusedSignIn(
        { db, audit },
        { user: "", failure, from: request.ip, provider: await nameOf(db, provider) },
      );
    return sendPage(reply.code(errorCodes[known.code].status), refusedPage(presentError(known)));
  }
}

/** Nobody can fill the audit log who has not even come from a provider; and whoever has, only slowly. */
function isOfSomebody({ code }: HeadgateError): boolean {
  return !["SIGN_IN_STALE", "PROVIDER_NOT_FOUND", "PROVIDER_UNREACHABLE"].includes(code);
}

/** Only names of providers get into the audit log. */
async function nameOf(db: Context["db"], provider: string): Promise<string | undefined> {
  return (await listProviders(db)).find(({ name }) => name === provider)?.name;
}
