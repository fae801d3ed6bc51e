/**
 * A process that does the work that goes on for shares once, and is killed where its settings say so: `--flags` are
 * settings as JSON. It is no server, and does nothing else.
 */
import { openContext } from "../../../src/operations/context.ts";
import { askAboutShares } from "../../../src/operations/sharing/ask-about-shares.ts";
import { endRequests } from "../../../src/operations/sharing/end-requests.ts";
import { deliverOnce } from "../../../src/operations/sharing/events/deliver-events.ts";
import { sendMails } from "../../../src/operations/sharing/mail/send-mails.ts";
import { mailSettings } from "../../../src/operations/send-mail.ts";
import { testConfig, type TestFlags } from "../../world/lake.ts";

const config = testConfig(JSON.parse(process.argv[2] ?? "{}") as TestFlags);
await using context = await openContext({ config, connectors: async () => [], log: () => {} });
await endRequests(context, "all");
await askAboutShares(context);
await sendMails(context, mailSettings(config));
await deliverOnce(context, new AbortController().signal);
