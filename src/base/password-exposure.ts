/**
 * Decides whether a login may send the password itself to the server: only over a unix socket, to this machine, or over
 * an encrypted connection. Anywhere else, a server could obtain the password by pretending to have no TLS. Methods that
 * prove the password without sending it (SCRAM, native) are not covered here.
 */
import type { Socket } from "node:net";

/** Thrown by a login that refuses to send the password. */
export class PasswordExposure extends Error {
  override readonly name = "PasswordExposure";

  constructor() {
    super("the server asks for the password itself, but the connection is not encrypted");
  }
}

/** For connections without TLS. A unix socket has no remote address. */
export function wouldExposePassword({ remoteAddress }: Pick<Socket, "remoteAddress">): boolean {
  return remoteAddress !== undefined && !/^(127\.|::1$|::ffff:127\.)/.test(remoteAddress);
}
