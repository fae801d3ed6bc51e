/**
 * A client socket for reading a great deal: bytes arrive in one buffer used again and again, so that a bulk read costs neither
 * memory nor garbage. A driver may use it as any other socket; TLS cannot.
 * Invariant: what a receiver is handed is valid only during the call; "data" listeners get a copy of their own.
 */
import { Socket } from "node:net";

export interface BulkSocket {
  readonly socket: Socket;
  /** Hands the bytes to `receiver` in place of the socket's "data" listeners; undefined gives them back. */
  divert(receiver: ((bytes: Buffer) => void) | undefined): void;
}

const bufferBytes = 256 * 1024;

/** Not connected yet. */
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
