/** The rows of the tables about signing in: users, sessions, keys, identity providers, authenticators, provisioning. */
import type { ColumnType, Generated } from "kysely";

/** Written as JSON text and read as the value it represents. */
type JsonColumn<T> = ColumnType<T, string, string>;

export interface SignInTables {
  readonly users: UserRow;
  readonly sessions: SessionRow;
  readonly api_keys: ApiKeyRow;
  readonly identity_providers: IdentityProviderRow;
  readonly identity_provider_groups: IdentityProviderGroupRow;
  readonly identities: IdentityRow;
  readonly begun_sign_ins: BegunSignInRow;
  readonly authenticators: AuthenticatorRow;
  readonly recovery_codes: RecoveryCodeRow;
  readonly provisioned: ProvisionedRow;
}

interface IdentityProviderRow {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly issuer: string;
  readonly client_id: string;
  /** Sealed; null for a client without a secret. */
  readonly client_secret: Buffer | null;
  readonly scopes: readonly string[];
  readonly subject_claim: "sub" | "oid";
  readonly name_claim: string;
  readonly account_id: string;
  readonly creates_users: boolean;
  /** The claims, and their values, without which nobody is let in. */
  readonly required: JsonColumn<Readonly<Record<string, string>>>;
  readonly groups_claim: string | null;
  /** By attribute: the claim that it comes from. */
  readonly attributes: JsonColumn<Readonly<Record<string, string>>>;
  /** By attribute: the part of a provisioned user that it comes from. */
  readonly provisioned_attributes: ColumnType<Readonly<Record<string, string>>, string | undefined, string>;
  readonly origin: string | null;
  readonly created_at: Generated<Date>;
  readonly version: Generated<bigint>;
  readonly deleted_at: ColumnType<Date | null, Date | null | undefined>;
}

interface IdentityProviderGroupRow {
  readonly provider_id: string;
  readonly value: string;
  readonly group_id: string;
}

interface IdentityRow {
  readonly issuer: string;
  readonly subject: string;
  readonly user_id: string;
  /** Null for the provider itself. */
  readonly linked_by: string | null;
  readonly created_at: Generated<Date>;
  readonly used_at: ColumnType<Date | null, Date | null | undefined>;
}

interface BegunSignInRow {
  readonly state_digest: Buffer;
  readonly browser_digest: Buffer;
  readonly provider_id: string;
  /** The user who links an identity with themselves; null for somebody who signs in. */
  readonly link_user_id: string | null;
  /** The address at which our pages were asked for. */
  readonly origin: string;
  readonly created_at: Generated<Date>;
}

interface AuthenticatorRow {
  readonly user_id: string;
  /** Sealed. */
  readonly secret: Buffer;
  readonly confirmed_at: ColumnType<Date | null, Date | null | undefined>;
  /** The time step of the last code that was accepted. */
  readonly last_step: ColumnType<bigint, bigint | number | undefined, bigint | number>;
  readonly created_at: Generated<Date>;
}

interface RecoveryCodeRow {
  readonly user_id: string;
  readonly digest: Buffer;
}

/** A user or a group that a provider provisioned, under their id. */
interface ProvisionedRow {
  readonly id: string;
  readonly kind: "user" | "group";
  readonly provider_id: string;
  readonly account_id: string;
  /** The provider's name: userName or displayName. */
  readonly name: string;
  readonly external_id: string | null;
  /** Null for a group. */
  readonly active: boolean | null;
  readonly document: JsonColumn<Readonly<Record<string, unknown>>>;
  readonly version: Generated<bigint>;
  readonly created_at: Generated<Date>;
  readonly changed_at: Generated<Date>;
  readonly deleted_at: ColumnType<Date | null, Date | null | undefined>;
}

/** The password of the principal with the same id. */
interface UserRow {
  readonly id: string;
  /** Null for somebody who signs in only through a provider. */
  readonly password_hash: string | null;
  readonly must_change: boolean;
  /** For a one-time password that was sent by e-mail. */
  readonly password_expires_at: ColumnType<Date | null, Date | null | undefined>;
}

interface SessionRow {
  readonly token_digest: Buffer;
  readonly id: Generated<string>;
  readonly user_id: string;
  /** Where it was opened. */
  readonly address: ColumnType<string | null, string | null | undefined>;
  /** The account and the role that its user has chosen; they count while the user is a member. */
  readonly account_id: ColumnType<string | null, string | null | undefined>;
  readonly role_id: ColumnType<string | null, string | null | undefined>;
  /** For a session that a provider opened. */
  readonly provider_id: ColumnType<string | null, string | null | undefined>;
  readonly subject: ColumnType<string | null, string | null | undefined>;
  /** The claim sub, which differs from the subject if another claim says who somebody is. */
  readonly provider_sub: ColumnType<string | null, string | null | undefined>;
  /** The provider's own name of its session. */
  readonly provider_session: ColumnType<string | null, string | null | undefined>;
  /** Sealed. */
  readonly id_token: ColumnType<Buffer | null, Buffer | null | undefined>;
  readonly created_at: Generated<Date>;
  readonly used_at: Generated<Date>;
}

/** The key of the principal with the same id. */
interface ApiKeyRow {
  readonly id: string;
  readonly digest: Buffer;
  readonly expires_at: Date | null;
  /** The user with whom it ends. */
  readonly owner_id: ColumnType<string | null, string | null | undefined>;
  /** The provider whose people it provisions, which is then all that it may do. */
  readonly provisions_id: ColumnType<string | null, string | null | undefined>;
  readonly used_at: ColumnType<Date | null, Date | null | undefined>;
}
