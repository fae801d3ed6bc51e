/**
 * A reader of a wire protocol throws this when the other side sends what the protocol does not allow: a length beyond its
 * packet, a value that is not of its type. It is not an error for people yet: whoever knows the place makes a HeadgateError of it.
 */

export class ProtocolViolation extends Error {
  override readonly name = "ProtocolViolation";
}

/** Largest value and largest message of any protocol here: what MariaDB's `max_allowed_packet` and PostgreSQL's fields end at. */
export const mostWireBytes = 1024 * 1024 * 1024;
