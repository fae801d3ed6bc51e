/**
 * Thrown by a reader of a wire protocol when the other side sends something that the protocol does not allow, such as a
 * length beyond its packet or a value of the wrong type. This is not yet an error for people: a caller that knows the
 * place turns it into a HeadgateError.
 */

export class ProtocolViolation extends Error {
  override readonly name = "ProtocolViolation";
}

/**
 * Size in bytes of the largest value and the largest message in any protocol here: the limit of MariaDB's
 * `max_allowed_packet` and of PostgreSQL's fields.
 */
export const mostWireBytes = 1024 * 1024 * 1024;
