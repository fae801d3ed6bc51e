/** Errors as SCIM has them (RFC 7644, section 3.12). */
import { toHeadgateError } from "../../base/present-error.ts";
import { errorCodes, HeadgateError, type ErrorCode } from "../../errors.ts";

export const scimContent = "application/scim+json; charset=utf-8";

/** The words of the specification for what is wrong with a request. */
export type ScimType = "invalidFilter" | "invalidPath" | "invalidValue" | "invalidSyntax" | "mutability" | "noTarget";

/** A request that is wrong in a way for which the specification has a word. */
export class ScimMistake extends Error {
  override readonly name = "ScimMistake";
  readonly scimType: ScimType;

  constructor(scimType: ScimType, message: string) {
    super(message);
    this.scimType = scimType;
  }
}

export interface ScimError {
  readonly schemas: readonly string[];
  readonly status: string;
  readonly scimType?: string;
  readonly detail: string;
}

const unique: ReadonlySet<ErrorCode> = new Set(["PROVISIONED_TAKEN", "IDENTITY_TAKEN"]);
const invalid: ReadonlySet<ErrorCode> = new Set(["USAGE", "MEMBERSHIP_CYCLE"]);

export function scimError(failure: unknown): { readonly status: number; readonly body: ScimError } {
  if (failure instanceof ScimMistake) return answer(400, failure.message, failure.scimType);
  const { statusCode } = failure as { statusCode?: number };
  if (statusCode !== undefined && statusCode < 500 && !(failure instanceof HeadgateError))
    return answer(statusCode, failure instanceof Error ? failure.message : "the request is not valid", "invalidSyntax");
  const { code, message, place, remedy } = toHeadgateError(failure);
  const { status } = errorCodes[code];
  const detail = `${message}${place === undefined ? "" : ` (${place})`}; ${remedy} [${code}]`;
  return answer(status, detail, unique.has(code) ? "uniqueness" : invalid.has(code) ? "invalidValue" : undefined);
}

function answer(status: number, detail: string, scimType: string | undefined) {
  const schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"];
  return {
    status,
    body: { schemas, status: String(status), ...(scimType === undefined ? {} : { scimType }), detail },
  };
}
