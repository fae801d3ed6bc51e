/** Sends one mail to one person through the mail server of the settings, or fails. Whoever calls it tries again. */
import type { Config } from "../config.ts";
import { HeadgateError } from "../errors.ts";

export type MailSettings = NonNullable<Config["requestMail"]>;

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string | undefined;
  readonly messageId?: string | undefined;
  readonly references?: string[] | undefined;
  readonly inReplyTo?: string | undefined;
  readonly headers?: Record<string, string> | undefined;
}

/** Throws SETTING_INVALID if no mail is sent from here. */
export function mailSettings({ requestMail }: Config): MailSettings {
  if (requestMail !== undefined) return requestMail;
  throw new HeadgateError("SETTING_INVALID", {
    place: "HEADGATE_PUBLIC_URL",
    message: "no mails are sent to people, because the address of this server is not set",
    remedy: "set HEADGATE_PUBLIC_URL and HEADGATE_SMTP, and start the server again",
  });
}

/** The library is loaded only when there is something to send. */
export async function sendMail({ server, from }: Omit<MailSettings, "publicUrl">, mail: Mail): Promise<void> {
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({ url: server, connectionTimeout: 10_000, socketTimeout: 10_000 });
  try {
    await transport.sendMail({ from, ...mail });
  } finally {
    transport.close();
  }
}
