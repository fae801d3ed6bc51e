/**
 * The errors about who somebody is: of signing in, and of users, groups, roles, keys and accounts. They are part of the
 * table in errors.ts, which explains its members.
 */
import type { ErrorEntry } from "./error-entry.ts";

export const peopleErrorCodes = {
  /** The request has no session and no API key, or one that is unknown, has expired or was revoked. */
  UNAUTHENTICATED: {
    title: "nobody is signed in",
    remedy:
      "sign in at /sign-in, or send an API key as `Authorization: Bearer <key>` (`headgate key create` makes one)",
    status: 401,
  },
  /** The user or the password is wrong, or the user is not active. For safety, the answer does not say which. */
  SIGN_IN_REFUSED: {
    title: "user or password is wrong",
    remedy: "try again; an administrator can give you a new one-time password with `headgate user reset <name>`",
    status: 401,
  },
  /**
   * Too many sign-ins with this name or from this address have failed. Each further attempt makes the time until the
   * next one longer; attempts in between are not looked at. It makes no difference whether there is a user of this name.
   */
  SIGN_IN_DELAYED: {
    title: "too many sign-ins have failed",
    remedy: "wait for the time that is named here; `headgate user reset` gives a user a new password and ends the wait",
    status: 401,
  },
  /** The API key was valid only until its expiry date. */
  API_KEY_EXPIRED: {
    title: "the API key has expired",
    remedy: "make another key with `headgate key create` and use that",
    status: 401,
  },
  /** Somebody else chose this password, so it must be changed before anything else can be done. */
  PASSWORD_MUST_CHANGE: {
    title: "the one-time password must be changed first",
    remedy: "sign in at /sign-in and choose a new password, or POST it to /api/password",
    status: 403,
  },
  /**
   * A new password must have at least 12 characters, must differ from the old one and must not contain the user's name.
   */
  PASSWORD_WEAK: {
    title: "the new password cannot be used",
    remedy: "choose a password of at least 12 characters that does not contain the user's name",
    status: 400,
  },
  /** No session has this id, or it belongs to somebody else. */
  SESSION_NOT_FOUND: {
    title: "there is no such session",
    remedy: "see `headgate session list` for the sessions that are open",
    status: 404,
  },
  /** No user has this name. */
  USER_NOT_FOUND: {
    title: "there is no such user",
    remedy: "see `headgate user list` for the names of all users",
    status: 404,
  },
  /** No API key has this name. */
  API_KEY_NOT_FOUND: {
    title: "there is no such API key",
    remedy: "see `headgate key list` for the names of all keys",
    status: 404,
  },
  /** Without an active administrator, nobody could appoint another one. */
  LAST_ADMINISTRATOR: {
    title: "this is the last active administrator",
    remedy: "make another administrator first",
    status: 409,
  },
  /** No group has this name. */
  GROUP_NOT_FOUND: {
    title: "there is no such group",
    remedy: "see `headgate group list` for the names of all groups",
    status: 404,
  },
  /** No role has this name, or the caller is not a member who may assume it. */
  ROLE_NOT_FOUND: {
    title: "there is no such role",
    remedy: "see `headgate role list` for the names of all roles",
    status: 404,
  },
  /** No account has this name, or the caller is not a member of it. */
  ACCOUNT_NOT_FOUND: {
    title: "there is no such account",
    remedy: "see `headgate account list` for the names of all accounts",
    status: 404,
  },
  /** No unit of the organisation has this path. */
  UNIT_NOT_FOUND: {
    title: "there is no such unit",
    remedy: "see `headgate unit list` for the paths of all units",
    status: 404,
  },
  /** The user, group or key is not a member here. */
  MEMBER_NOT_FOUND: {
    title: "this is not a member",
    remedy: "see the list of members; a group is named as group:<name>, and a key as key:<name>",
    status: 404,
  },
  /** A group would become a member of itself, directly or through other groups. */
  MEMBERSHIP_CYCLE: {
    title: "a group cannot be a member of itself",
    remedy: "remove one of the memberships named here first",
    status: 409,
  },
  /** An account or a unit still has something in it, so it cannot be removed. */
  NOT_EMPTY: {
    title: "it is not empty",
    remedy: "move or remove what is in it first",
    status: 409,
  },
} as const satisfies Record<string, ErrorEntry>;
