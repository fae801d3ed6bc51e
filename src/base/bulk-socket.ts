/**
 * A client socket for bulk reads: bytes arrive in one buffer that is reused, so a bulk read costs neither memory nor
 * garbage. A driver can use it like any other socket, but TLS cannot.
 * Invariant: the bytes that a receiver gets are valid only during the call; "data" listeners get their own copy.
 */
import { Socket } from "node:net";

export interface BulkSocket {
  readonly socket: Socket;
  /** Hands the bytes to `receiver` in place of the socket's "data" listeners; undefined gives them back. */
  divert(receiver: ((bytes: Buffer) => void) | undefined): void;
}

const bufferBytes = 256 * 1024;

/** Returns a socket that is not connected yet. */
export function bulkSocket(): BulkSocket {
  const buffer = Buffer.allocUnsafeSlow(bufferBytes);
  let receiver: ((bytes: Buffer) => void) | undefined;
  const callback = (size: number): boolean => {
    const bytes = buffer.subarray(0, size);
    if (receiver === undefined) socket.emit("data", Buffer.from(bytes));
    else receiver(bytes);
    return true;
  };
  const socket = new Socket({ onread: { buffer, callback } });
  return { socket, divert: (next) => void (receiver = next) };
}
