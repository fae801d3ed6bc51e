/** A mail server of our own on 127.0.0.1, which keeps what it is sent. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

export interface Mailbox extends AsyncDisposable {
  /** `smtp://127.0.0.1:port`. */
  readonly server: string;
  /** Headers and all parts, decoded, in the order in which they came. */
  readonly mails: readonly string[];
}

export async function openMailbox(): Promise<Mailbox> {
  const mails: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    async onData(stream, _session, done) {
      mails.push(decoded(Buffer.concat(await Array.fromAsync(stream as AsyncIterable<Buffer>)).toString()));
      done();
    },
  });
  const listening = smtp.listen(0, "127.0.0.1");
  await once(listening, "listening");
  return {
    server: `smtp://127.0.0.1:${(listening.address() as AddressInfo).port}`,
    mails,
    [Symbol.asyncDispose]: () => new Promise((resolve) => smtp.close(() => resolve())),
  };
}

/** Without the line ends of quoted-printable text (RFC 2045 section 6.7) and of folded headers. */
function decoded(mail: string): string {
  return mail
    .replaceAll("=\r\n", "")
    .replaceAll("=3D", "=")
    .replaceAll(/\r\n[ \t]/g, " ");
}
