/**
 * Packets of the MySQL protocol, written by hand so that tests can play servers that send what a real one would not.
 */

/** The 20 bytes that the server chooses for a login. */
export const scramble = "12345678901234567890";

/** `HandshakeV10` without TLS among the capabilities. */
export function greeting(): Buffer {
  const [lower, upper] = [0x8209, 0x0008];
  return Buffer.concat([
    Buffer.from(`\u000a8.0.30\0\u0001\0\0\0${scramble.slice(0, 8)}\0`, "latin1"),
    Buffer.from([lower & 0xff, lower >>> 8, 45, 2, 0, upper, 0, 21]),
    Buffer.alloc(10),
    Buffer.from(`${scramble.slice(8)}\0mysql_native_password\0`),
  ]);
}

export function packet(payload: Buffer, sequence: number): Buffer {
  const header = Buffer.alloc(4);
  header.writeUIntLE(payload.length, 0, 3);
  header[3] = sequence & 0xff;
  return Buffer.concat([header, payload]);
}

export function packets(payloads: readonly Buffer[], first = 1): Buffer {
  return Buffer.concat(payloads.map((payload, index) => packet(payload, first + index)));
}

export const ok = Buffer.from([0, 0, 0, 2, 0, 0, 0]);

/** `moreResults`: the flag that another result follows. */
export function eof({ moreResults = false }: { moreResults?: boolean } = {}): Buffer {
  return Buffer.from([0xfe, 0, 0, moreResults ? 0x0a : 0x02, 0]);
}

/** A column of text. */
export function definition(name: string): Buffer {
  const texts = ["def", "", "", "", name, name].map(lengthAndText);
  return Buffer.concat([...texts, Buffer.from([0x0c, 45, 0, 0, 1, 0, 0, 0xfd, 0, 0, 0, 0, 0])]);
}

export function row(values: readonly string[]): Buffer {
  return Buffer.concat(values.map(lengthAndText));
}

/** For texts shorter than 251 bytes. */
function lengthAndText(text: string): Buffer {
  return Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]);
}
