/**
 * Where users, groups and memberships come from if an identity provider made them, in the column `origin` beside those
 * that a declaration made. Whatever has no origin was made by somebody's command.
 */

/** The origin of users that a provider made begins with this. */
export const providerOrigin = "provider:";

export function ofProvider(providerId: string): string {
  return providerOrigin + providerId;
}

/** The origin of memberships that follow from what a provider says when somebody signs in. */
export function ofClaims(providerId: string): string {
  return `claims:${providerId}`;
}

/** The origin of groups and memberships that a provider provisions. */
export function ofProvisioning(providerId: string): string {
  return `provisioning:${providerId}`;
}

/** Whether a provider made it, whichever way. */
export function isOfProvider(origin: string | null): boolean {
  return origin !== null && /^(provider|claims|provisioning):/.test(origin);
}
