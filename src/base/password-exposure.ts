/**
 * Whether a login may hand the password itself to the server: over a unix socket, to this machine, or encrypted. Anywhere else a
 * server that pretends to have no TLS would only have to ask for it. Methods that prove the password without sending it (SCRAM,
 * native) are not this file's business.
 */
import type { Socket } from "node:net";

/** A login throws this instead of sending the password. */
export class PasswordExposure extends Error {
  override readonly name = "PasswordExposure";

  constructor() {
    super("the server asks for the password itself, and the connection is not encrypted");
  }
}

/** For a connection without TLS. A unix socket has no remote address. */
export function wouldExposePassword({ remoteAddress }: Pick<Socket, "remoteAddress">): boolean {
  return remoteAddress !== undefined && !/^(127\.|::1$|::ffff:127\.)/.test(remoteAddress);
}
