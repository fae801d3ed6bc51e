/** The operation that sends a mail to see whether mails arrive. It waits for the mail server, and says what that answered. */
import { z } from "zod";
import { messageOf } from "../../../base/thrown.ts";
import { HeadgateError } from "../../../errors.ts";
import { mailAddress } from "../../mail-address.ts";
import { operation } from "../../operation.ts";
import { mailSettings, sendMail } from "../../send-mail.ts";

export const mailTest = operation({
  name: "mail.test",
  summary: "Send a mail to an address, to see whether mails of this server arrive, for whoever administers the lake",
  action: "administer",
  input: z.strictObject({ address: mailAddress }),
  output: z.strictObject({
    address: z.string(),
    from: z.string(),
    server: z.string().describe("The mail server that took it: host and port."),
  }),
  errors: ["ALERT_NOT_SENT", "SETTING_INVALID"],
  async run({ config }, { address: to }, { record, principal }) {
    record({ address: to });
    const settings = mailSettings(config);
    const server = new URL(settings.server).host;
    const text = `${principal.name} has sent this mail to see whether mails of ${settings.publicUrl} arrive.\n\nNothing needs to be done.`;
    try {
      await sendMail(settings, { to, subject: "Headgate: a mail to test", text });
    } catch (cause) {
      throw new HeadgateError("ALERT_NOT_SENT", { place: server, message: messageOf(cause), cause });
    }
    return { address: to, from: settings.from, server };
  },
});
