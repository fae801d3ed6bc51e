/**
 * The errors about who somebody is: of signing in, and of users, groups, roles, keys and accounts. They are part of the
 * table in errors.ts, which explains its members.
 */
import type { ErrorEntry } from "./error-entry.ts";

export const peopleErrorCodes = {
  /**
   * The account has used what its budget allows: statements or engine time of this day of UTC, or bytes that its tables may
   * keep. Statements wait for the next day; loads and imports wait until something was dropped or expired.
   */
  BUDGET_SPENT: {
    title: "the account has spent its budget",
    remedy: "see `headgate account show <account>`; whoever administers the lake can allow more",
    status: 429,
  },
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
  /** The password is right, and the user has an authenticator, whose code belongs to signing in. */
  CODE_REQUIRED: {
    title: "a code is needed, too",
    remedy: "send the code that your authenticator shows now, or one of your recovery codes, with user and password",
    status: 401,
  },
  /** The code is not that of the authenticator at this time, or it was used before. A recovery code works once. */
  CODE_REFUSED: {
    title: "the code is wrong, or was used before",
    remedy:
      "wait for the next code of your authenticator and check the clock of its device; or use a recovery code; an administrator can take the authenticator away with `headgate user forget-authenticator <name>`",
    status: 401,
  },
  /** The account requires an authenticator, and the user has none. They can add one, and do nothing else before. */
  AUTHENTICATOR_REQUIRED: {
    title: "an authenticator must be added first",
    remedy:
      "sign in at /sign-in, or with headgate sign-in on a terminal, which lead to it, or use /api/authenticator and /api/authenticator/confirm",
    status: 403,
  },
  /** The user has an authenticator that works. */
  AUTHENTICATOR_EXISTS: {
    title: "there is an authenticator already",
    remedy: "remove it first with your password and a code, at /api/authenticator/remove",
    status: 409,
  },
  /** The user has no authenticator, or none that was confirmed. */
  AUTHENTICATOR_NOT_FOUND: {
    title: "there is no authenticator",
    remedy: "add one at /api/authenticator",
    status: 404,
  },
  /** No identity provider has this name. */
  PROVIDER_NOT_FOUND: {
    title: "there is no such identity provider",
    remedy: "see `headgate identity-provider list` for the names of all providers",
    status: 404,
  },
  /** The identity provider does not answer, or its answer cannot be used, such as one with another issuer. */
  PROVIDER_UNREACHABLE: {
    title: "the identity provider cannot be used now",
    remedy:
      "check that this machine reaches <issuer>/.well-known/openid-configuration, and that the issuer is written exactly as that document has it",
    status: 502,
  },
  /** The settings of an identity provider would let in people whom nobody chose, or cannot work. */
  PROVIDER_INVALID: {
    title: "the identity provider cannot be set up like this",
    remedy: "see docs/guide/company-sign-in.md for the settings of common providers",
    status: 400,
  },
  /**
   * The identity provider ended the sign-in with an error, or what it sent is not valid: not meant for this Headgate,
   * expired, or not signed by it.
   */
  PROVIDER_REFUSED: {
    title: "the identity provider did not let you in",
    remedy: "begin again at /sign-in; if it happens again, show this message to those who look after the provider",
    status: 401,
  },
  /** This sign-in was not begun in this browser, was begun too long ago, or has returned before. */
  SIGN_IN_STALE: {
    title: "this sign-in is over",
    remedy: "begin again at /sign-in, in the same browser and within ten minutes",
    status: 401,
  },
  /** The person is known to the provider, but is linked with no user here, and the provider's setting makes none. */
  IDENTITY_UNKNOWN: {
    title: "nobody here is linked with this identity",
    remedy:
      "ask an administrator to link it with a user: `headgate identity link <user> --provider <provider> --subject <subject>`",
    status: 403,
  },
  /** The identity is linked with a user already, or was a user's who was removed. */
  IDENTITY_TAKEN: {
    title: "this identity is linked with somebody already",
    remedy: "see `headgate identity list`; `headgate identity unlink` ends a link",
    status: 409,
  },
  /** No such identity is linked with a user. */
  IDENTITY_NOT_FOUND: {
    title: "there is no such identity",
    remedy: "see `headgate identity list` for all identities that are linked with users",
    status: 404,
  },
  /** The provider has provisioned no such user or group here, or it has ended. */
  PROVISIONED_NOT_FOUND: {
    title: "nothing of this id is provisioned here",
    remedy: 'find it by a filter, such as userName eq "ann@example.com"; what other keys or people made is not shown',
    status: 404,
  },
  /** Another user or group that the provider has provisioned has this userName, or this externalId. */
  PROVISIONED_TAKEN: {
    title: "another one that is provisioned has the same name",
    remedy: "change the one that exists, or take it back first",
    status: 409,
  },
  /** Something else has changed the user or the group since the version that the request names. */
  PROVISIONED_CHANGED: {
    title: "it was changed meanwhile",
    remedy: "read it again, and send the change with the new version",
    status: 412,
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
  /**
   * An account that is no consumer receives nothing of other accounts, and one that is no producer offers nothing to them.
   * The kind of an account changes only while nothing is open that it would end.
   */
  ACCOUNT_KIND: {
    title: "the account is not of the kind for this",
    remedy:
      "see `headgate account show <account>`; `headgate account set <account> --kind producer,consumer` changes it",
    status: 409,
  },
  /** There is no open invitation of this person: it was accepted or withdrawn, or they were added without one. */
  INVITATION_NOT_FOUND: {
    title: "nobody of this name is invited",
    remedy: "see `headgate user invitations`; `headgate user reset <name>` gives a user a new one-time password",
    status: 404,
  },
  /**
   * The lake of an account must be apart from every other place of files, neither in it nor around it, and empty when it
   * is chosen.
   */
  ACCOUNT_LAKE_TAKEN: {
    title: "the location cannot be the lake of an account",
    remedy: "name an empty bucket, prefix or directory that nothing else uses",
    status: 409,
  },
  /** A lake gets another place, or is encrypted, only while the account has no table in Headgate's care and no run. */
  ACCOUNT_LAKE_IN_USE: {
    title: "the account has tables or runs, so its lake cannot move",
    remedy:
      "wait until its runs have ended, and drop its tables (`headgate table drop`); after the change, `headgate sync` loads them again",
    status: 409,
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
