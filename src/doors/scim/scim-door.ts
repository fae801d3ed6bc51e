/**
 * The SCIM 2.0 door (RFC 7644) below /scim/v2: a provider makes, changes and takes back users and groups, with a key for
 * provisioning. It translates and never decides.
 * Invariant: errors have the form of SCIM, also those of a caller who is not known.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { silent } from "../../base/progress.ts";
import { codeOf } from "../../base/thrown.ts";
import { HeadgateError } from "../../errors.ts";
import { provisioned } from "../../governance/resource.ts";
import type { Context } from "../../operations/context.ts";
import type { Operation } from "../../operations/operation.ts";
import {
  provisionedGroupAdd,
  provisionedGroupChange,
  provisionedGroupEnd,
  provisionedGroupList,
  provisionedUserAdd,
  provisionedUserChange,
  provisionedUserEnd,
  provisionedUserList,
  type ShownGroup,
  type ShownUser,
} from "../../operations/people/provisioning.ts";
import { perform, permit } from "../../operations/perform.ts";
import type { Authentication } from "../http/authentication.ts";
import type { Json } from "./json.ts";
import { listOf, mostResults, resourceTypes, schemas, serviceProviderConfig } from "./scim-documents.ts";
import { ScimMistake, scimContent, scimError } from "./scim-error.ts";
import { equalTo, fits, parseFilter, type Filter } from "./scim-filter.ts";
import { groupChange, groupValues, scimGroup } from "./scim-group.ts";
import { patched, patchOperations } from "./scim-patch.ts";
import { scimUser, selected, userValues, withoutCore, type Selection } from "./scim-user.ts";

const prefix = "/scim/v2";

interface ScimParts {
  readonly context: Context;
  readonly authentication: Authentication;
}

interface OfOne {
  readonly Params: { readonly id: string };
}

export function addScim(server: FastifyInstance, parts: ScimParts): void {
  void server.register(
    async (inner) => {
      inner.setErrorHandler((failure, _request, reply) => sendFailure(reply, failure));
      inner.setNotFoundHandler((_request, reply) => sendFailure(reply, new HeadgateError("PATH_NOT_FOUND")));
      addParser(inner);
      addDocuments(inner, parts);
      addUsers(inner, parts);
      addGroups(inner, parts);
    },
    { prefix },
  );
}

/** Some providers name the type of a body in requests that have none, such as DELETE. */
function addParser(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser("error", "error");
  server.removeContentTypeParser("application/json");
  server.addContentTypeParser(
    ["application/scim+json", "application/json"],
    { parseAs: "string" },
    (request, body: string, done) => (body === "" ? done(null, undefined) : parse(request, body, done)),
  );
}

function sendFailure(reply: FastifyReply, failure: unknown): FastifyReply {
  const { status, body } = scimError(failure);
  return reply.code(status).type(scimContent).send(JSON.stringify(body));
}

function send(reply: FastifyReply, body: Json): FastifyReply {
  const { version } = (body["meta"] ?? {}) as { version?: string };
  if (version !== undefined) reply.header("etag", version);
  return reply.type(scimContent).send(JSON.stringify(body));
}

function baseOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}${prefix}`;
}

/** Documents about the door itself, for those who may use it. */
function addDocuments(server: FastifyInstance, { context, authentication }: ScimParts): void {
  const forProvisioning = {
    preHandler: async (request: FastifyRequest): Promise<void> => {
      const asked = { operation: prefix, action: "watch", resources: [provisioned] } as const;
      await permit(context, { ...asked, principal: authentication.principal(request) });
    },
  };
  server.get("/ServiceProviderConfig", forProvisioning, (request, reply) =>
    send(reply, serviceProviderConfig(baseOf(request))),
  );
  for (const [path, all] of [
    ["/ResourceTypes", resourceTypes],
    ["/Schemas", schemas],
  ] as const) {
    server.get(path, forProvisioning, (request, reply) => send(reply, listOf(all(baseOf(request)))));
    server.get<OfOne>(`${path}/:id`, forProvisioning, (request, reply) => {
      const found = all(baseOf(request)).find((one) => one["id"] === request.params.id);
      if (found === undefined) throw new HeadgateError("PROVISIONED_NOT_FOUND", { place: request.params.id });
      return send(reply, found);
    });
  }
}

/** Performs operations for whoever sent a request. */
function calling({ context, authentication }: ScimParts, request: FastifyRequest) {
  const principal = authentication.principal(request);
  const listener = { report: silent, emit: async () => {}, signal: new AbortController().signal };
  return <Input, Output>(operation: Operation<Input, Output>, input: Input): Promise<Output> =>
    perform(context, { operation, principal, input, listener });
}

type Calling = ReturnType<typeof calling>;

function addUsers(server: FastifyInstance, parts: ScimParts): void {
  const path = "/Users";
  server.get(path, async (request, reply) => {
    const call = calling(parts, request);
    const list = async (sought: Sought) => {
      const { total, users } = await call(provisionedUserList, { ...sought.by, name: sought.name, ...sought.page });
      return { total, resources: users.map((user) => scimUser(user, baseOf(request))) };
    };
    return send(reply, await listed(request, { list, nameAttribute: "userName" }));
  });
  server.get<OfOne>(`${path}/:id`, async (request, reply) => sendUser(parts, request, reply));
  server.post(path, async (request, reply) => {
    const { id } = await calling(parts, request)(provisionedUserAdd, userValues(request.body));
    reply.code(201).header("location", `${baseOf(request)}${path}/${id}`);
    return sendUser(parts, request, reply, id);
  });
  server.put<OfOne>(`${path}/:id`, async (request, reply) => {
    const { id } = request.params;
    const call = calling(parts, request);
    const values = userValues(request.body, (await oneUser(call, id)).active);
    await call(provisionedUserChange, { id, values, version: versionIn(request) });
    return sendUser(parts, request, reply, id);
  });
  server.patch<OfOne>(`${path}/:id`, async (request, reply) => {
    await patchUser(calling(parts, request), request);
    return sendUser(parts, request, reply, request.params.id);
  });
  server.delete<OfOne>(`${path}/:id`, async (request, reply) => {
    await calling(parts, request)(provisionedUserEnd, { id: checkId(request.params.id), version: versionIn(request) });
    return reply.code(204).send();
  });
}

async function sendUser(
  parts: ScimParts,
  request: FastifyRequest,
  reply: FastifyReply,
  id = (request.params as OfOne["Params"]).id,
): Promise<FastifyReply> {
  const user = await oneUser(calling(parts, request), id);
  return send(reply, selected(scimUser(user, baseOf(request)), selectionOf(request)));
}

async function oneUser(call: Calling, id: string): Promise<ShownUser> {
  checkId(id);
  const [user] = (await call(provisionedUserList, { id })).users;
  if (user === undefined) throw new HeadgateError("PROVISIONED_NOT_FOUND", { place: id });
  return user;
}

/** Throws PROVISIONED_NOT_FOUND for what cannot be an id. */
function checkId(id: string): string {
  if (/^[0-9a-f-]{36}$/i.test(id)) return id;
  throw new HeadgateError("PROVISIONED_NOT_FOUND", { place: id.slice(0, 100) });
}

const patience = 5;

/** Tried again if something else changed the user meanwhile, unless the request names a version. */
async function patchUser(call: Calling, request: FastifyRequest): Promise<void> {
  const { id } = request.params as OfOne["Params"];
  const operations = patchOperations(request.body);
  const expected = versionIn(request);
  for (let attempt = 1; ; attempt++) {
    const user = await oneUser(call, id);
    const { meta: _meta, groups: _groups, ...present } = scimUser(user, "");
    const values = userValues(patched(present, operations), user.active);
    try {
      await call(provisionedUserChange, { id, values, version: expected ?? user.version });
      return;
    } catch (failure) {
      if (codeOf(failure) !== "PROVISIONED_CHANGED" || expected !== undefined || attempt === patience) throw failure;
    }
  }
}

function addGroups(server: FastifyInstance, parts: ScimParts): void {
  const path = "/Groups";
  server.get(path, async (request, reply) => {
    const call = calling(parts, request);
    const withMembers = showsMembers(request) || /members/i.test(queryOf(request).get("filter") ?? "");
    const list = async ({ by, name, page }: Sought) => {
      const { total, groups } = await call(provisionedGroupList, { ...by, name, ...page, withMembers });
      return { total, resources: groups.map((group) => scimGroup(group, baseOf(request))) };
    };
    return send(reply, await listed(request, { list, nameAttribute: "displayName" }));
  });
  server.get<OfOne>(`${path}/:id`, async (request, reply) => sendGroup(parts, request, reply));
  server.post(path, async (request, reply) => {
    const { id } = await calling(parts, request)(provisionedGroupAdd, listOfMembers(groupValues(request.body)));
    reply.code(201).header("location", `${baseOf(request)}${path}/${id}`);
    return sendGroup(parts, request, reply, id);
  });
  server.put<OfOne>(`${path}/:id`, async (request, reply) => {
    const id = checkId(request.params.id);
    const { members, ...values } = groupValues(request.body);
    const change = { id, values, members: [...members], add: [], remove: [], version: versionIn(request) };
    await calling(parts, request)(provisionedGroupChange, change);
    return sendGroup(parts, request, reply, id);
  });
  server.patch<OfOne>(`${path}/:id`, async (request, reply) => {
    const id = checkId(request.params.id);
    const call = calling(parts, request);
    const { members: _members, meta: _meta, ...present } = scimGroup(await oneGroup(call, id, false), "");
    const { values = {}, members, add, remove } = groupChange(present, patchOperations(request.body));
    const lists = { members: members && [...members], add: [...add], remove: [...remove] };
    await call(provisionedGroupChange, { id, values, ...lists, version: versionIn(request) });
    return reply.code(204).send();
  });
  server.delete<OfOne>(`${path}/:id`, async (request, reply) => {
    await calling(parts, request)(provisionedGroupEnd, { id: checkId(request.params.id), version: versionIn(request) });
    return reply.code(204).send();
  });
}

function listOfMembers<Values extends { readonly members: readonly string[] }>(values: Values) {
  return { ...values, members: [...values.members] };
}

async function sendGroup(
  parts: ScimParts,
  request: FastifyRequest,
  reply: FastifyReply,
  id = (request.params as OfOne["Params"]).id,
): Promise<FastifyReply> {
  const group = await oneGroup(calling(parts, request), id, showsMembers(request));
  return send(reply, selected(scimGroup(group, baseOf(request)), selectionOf(request)));
}

async function oneGroup(call: Calling, id: string, withMembers: boolean): Promise<ShownGroup> {
  checkId(id);
  const [group] = (await call(provisionedGroupList, { id, withMembers })).groups;
  if (group === undefined) throw new HeadgateError("PROVISIONED_NOT_FOUND", { place: id });
  return group;
}

interface Sought {
  readonly by: { readonly id?: string; readonly externalId?: string };
  readonly name: string | undefined;
  readonly page: { readonly skip?: number; readonly most?: number };
}

interface Listing {
  list(sought: Sought): Promise<{ readonly total: number; readonly resources: readonly Json[] }>;
  readonly nameAttribute: string;
}

/** The database is asked for the ids and names that a filter names, and then gives few to look through. */
async function listed(request: FastifyRequest, { list, nameAttribute }: Listing): Promise<Json> {
  const query = queryOf(request);
  const startIndex = Math.max(1, wholeNumber(query.get("startIndex"), 1));
  const most = Math.min(mostResults, Math.max(0, wholeNumber(query.get("count"), mostResults)));
  const text = query.get("filter");
  const filter = text === null || text.trim() === "" ? undefined : parseFilter(text);
  const page = { skip: startIndex - 1, most };
  const show = (resources: readonly Json[]) => resources.map((one) => selected(one, selectionOf(request)));
  if (filter === undefined) {
    const { total, resources } = await list({ by: {}, name: undefined, page });
    return listOf(show(resources), total, startIndex);
  }
  const { resources } = await list({ ...soughtBy(filter, nameAttribute), page: {} });
  const fitting = resources.filter((resource) => fits(resource, filter));
  return listOf(show(fitting.slice(page.skip, page.skip + most)), fitting.length, startIndex);
}

function soughtBy(filter: Filter, nameAttribute: string): Pick<Sought, "by" | "name"> {
  const [id, externalId] = [shortText(equalTo(filter, "id")), shortText(equalTo(filter, "externalId"))];
  const by = { ...(id === undefined ? {} : { id }), ...(externalId === undefined ? {} : { externalId }) };
  return { by, name: shortText(equalTo(filter, nameAttribute)) };
}

/** A longer one is compared with all that there is, and fits nothing. */
function shortText(text: string | undefined): string | undefined {
  return text === undefined || text.length > 500 ? undefined : text;
}

function queryOf(request: FastifyRequest): URLSearchParams {
  return new URL(request.url, "http://localhost").searchParams;
}

function wholeNumber(text: string | null, otherwise: number): number {
  if (text === null || text === "") return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new ScimMistake("invalidValue", `${text.slice(0, 40)} is not a whole number`);
  return value;
}

function selectionOf(request: FastifyRequest): Selection {
  const namesIn = (name: string): readonly string[] =>
    (queryOf(request).get(name) ?? "").split(",").flatMap((one) => (one.trim() === "" ? [] : [one.trim()]));
  return { attributes: namesIn("attributes"), excluded: namesIn("excludedAttributes") };
}

function showsMembers(request: FastifyRequest): boolean {
  const { attributes, excluded } = selectionOf(request);
  const isMembers = (name: string): boolean => /^members(\.|$)/i.test(withoutCore(name));
  return !excluded.some(isMembers) && (attributes.length === 0 || attributes.some(isMembers));
}

/** The version that the request expects to change. */
function versionIn({ headers }: FastifyRequest): number | undefined {
  const given = headers["if-match"];
  if (given === undefined || given === "*") return undefined;
  const [, number] = /^(?:W\/)?"(\d{1,15})"$/.exec(given) ?? [];
  if (number === undefined) throw new HeadgateError("PROVISIONED_CHANGED", { place: "If-Match" });
  return Number(number);
}
