/**
 * Channels for alerts: a webhook that receives JSON, and people who receive e-mail. Each channel gets all alerts of one
 * check in one message.
 */
import { messageOf } from "../base/thrown.ts";
import type { Config } from "../config.ts";
import { HeadgateError } from "../errors.ts";
import { useText } from "../governance/budgets/budget-text.ts";
import type { Alert, BudgetAlert, TableAlert, ViewAlert } from "./alert.ts";

export interface AlertChannel {
  /** The key under which the alerts that the channel received are stored. */
  readonly name: string;
  /** Throws ALERT_NOT_SENT. */
  send(alerts: readonly Alert[]): Promise<void>;
}

const patienceMs = 10_000;

export function alertChannels({ alerts }: Config): readonly AlertChannel[] {
  const { webhook, email } = alerts;
  return [
    ...(webhook === undefined ? [] : [webhookChannel(webhook)]),
    ...(email === undefined ? [] : [emailChannel(email)]),
  ];
}

/** Sends `POST` with `{"alerts": [...]}`; a 2xx response means that the alerts were accepted. */
function webhookChannel(url: string): AlertChannel {
  const { origin } = new URL(url);
  return {
    name: "webhook",
    async send(alerts) {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ alerts }),
        signal: AbortSignal.timeout(patienceMs),
      }).catch((cause: unknown) => {
        throw notSent(origin, cause);
      });
      if (!response.ok) throw notSent(origin, new Error(`the webhook answered with the status ${response.status}`));
    },
  };
}

/** The e-mail library is loaded only when there is something to send. */
function emailChannel({ server, from, to }: NonNullable<Config["alerts"]["email"]>): AlertChannel {
  const { host } = new URL(server);
  return {
    name: "email",
    async send(alerts) {
      const { createTransport } = await import("nodemailer");
      const transport = createTransport({ url: server, connectionTimeout: patienceMs, socketTimeout: patienceMs });
      try {
        await transport.sendMail({
          from,
          to: [...to],
          subject: subjectOf(alerts),
          text: alerts.map(lineOf).join("\n"),
        });
      } catch (cause) {
        throw notSent(host, cause);
      } finally {
        transport.close();
      }
    },
  };
}

function subjectOf(alerts: readonly Alert[]): string {
  const states = [
    "rules broken",
    "late",
    "fresh again",
    "view unreadable",
    "view readable again",
    "budget spent",
    "budget low",
    "budget left again",
  ] as const;
  const parts = states.flatMap((one) => {
    const count = alerts.filter(({ state }) => state === one).length;
    if (count > 0 && one === "rules broken") return [one];
    return count === 0 ? [] : [`${count} ${count === 1 ? one : one.replace(/^(view|budget)/, "$1s")}`];
  });
  return `Headgate: ${parts.join(", ")}`;
}

function lineOf(alert: Alert): string {
  if ("view" in alert) return viewLine(alert);
  if ("measure" in alert) return budgetLine(alert);
  if (alert.state !== "rules broken") return lineOfTable(alert);
  return `rules of access do not hold: ${alert.rules.join(", ")}; see headgate doctor governance`;
}

function lineOfTable({ state, source, table, freshAt, target, error }: TableAlert): string {
  if (state === "fresh again") return `${source}: ${table} is fresh again`;
  return `${source}: ${table} is as of ${freshAt ?? "never"}, and may be ${target} old${error === undefined ? "" : `; its last sync failed: ${error}`}`;
}

function viewLine({ state, view, owner, why }: ViewAlert): string {
  if (state === "view readable again") return `the view ${view} of ${owner} can be read again`;
  return `nobody can read the view ${view} of ${owner}: ${why}`;
}

function budgetLine({ state, account, measure, ...figures }: BudgetAlert): string {
  if (state === "budget left again") return `the account ${account} is within its budget of ${measure} again`;
  const [used, most] = [BigInt(figures.used), BigInt(figures.most)];
  const text = useText({ account, measure, used, most });
  return state === "budget spent" ? `${text}, and more is refused` : text;
}

function notSent(place: string, cause: unknown): HeadgateError {
  return new HeadgateError("ALERT_NOT_SENT", { place, message: messageOf(cause), cause });
}
