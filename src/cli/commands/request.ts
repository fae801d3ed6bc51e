/** `headgate request …`: ask for data, follow what one has asked for, and decide on what others ask for. */
import { Command, Option } from "commander";
import { HeadgateError } from "../../errors.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { maskWord } from "../mask-word.ts";
import { momentWord } from "../moment-word.ts";
import { nameList } from "../name-list.ts";
import { printRequest, printRequests } from "../output/request-lines.ts";
import { absenceCommand } from "./absence.ts";
import { requestMailCommand } from "./request-mail.ts";

const creating = () => import("../../operations/sharing/request-create.ts");
const deciding = () => import("../../operations/sharing/request-decide.ts");
const listing = () => import("../../operations/sharing/requests.ts");

export function requestCommand(parts: CliParts): Command {
  return new Command("request")
    .description("ask for data, and decide on what others ask for")
    .addCommand(createCommand(parts))
    .addCommand(submitCommand(parts))
    .addCommand(acceptTermsCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(showCommand(parts))
    .addCommand(withdrawCommand(parts))
    .addCommand(remindCommand(parts))
    .addCommand(inboxCommand(parts))
    .addCommand(approveCommand(parts))
    .addCommand(denyCommand(parts))
    .addCommand(absenceCommand(parts))
    .addCommand(requestMailCommand(parts));
}

interface CreateOptions {
  readonly for: "self" | "account";
  readonly purpose: string;
  readonly extend?: string;
  readonly columns?: string;
  readonly except?: string;
  readonly rows?: string;
  readonly until?: string;
  readonly forDays?: string;
  readonly answer?: Record<string, string>;
  readonly reshare?: boolean;
  readonly draft?: boolean;
  readonly product?: string;
  readonly acceptTerms?: string;
}

const askedWords =
  'shop.orders for a table, "shop.*" for all tables of a database, "database shop"; sales.shop.orders for another account\'s';

function createCommand({ connectors }: CliParts): Command {
  return new Command("create")
    .description("ask for data; the same request again joins the one that waits")
    .argument("[things...]", askedWords)
    .option("--product <name>", "a product as a whole, in place of things: customer360, sales.customer360")
    .option("--accept-terms <version>", "the version of the product's terms that you accept")
    .requiredOption("--purpose <text>", "what it is needed for, which the approvers read")
    .addOption(
      new Option("--for <whom>", "yourself, or the account in which you act")
        .choices(["self", "account"])
        .default("self"),
    )
    .option("--extend <share>", "instead of things: a share that should end later")
    .option("--columns <names>", "only these columns of a table, with commas between them")
    .option("--except <names>", "all columns of a table but these")
    .option("--rows <condition>", "only rows of a table for which this holds: country = 'DE'")
    .option("--until <time>", "when the right should end; a date is the beginning of that day in UTC")
    .option("--for-days <days>", "the same as a number of days")
    .option("--answer <question=answer>", "an answer to a question of the product; can be repeated", withAnswer)
    .option("--reshare", "the account may pass it on to other accounts")
    .option("--draft", "only write it down, and send it later")
    .action(async (things: string[], options: CreateOptions, command: Command) => {
      const operation = async () => (await creating()).requestCreate;
      const { columns, except, rows, until, forDays } = options;
      const part = {
        columns: columns === undefined ? undefined : [...nameList(columns)],
        except: except === undefined ? undefined : [...nameList(except)],
        rows,
      };
      const input = {
        items: things.map((on) => ({ on, ...part })),
        product: options.product,
        acceptTerms: options.acceptTerms === undefined ? undefined : Number(options.acceptTerms),
        extend: options.extend,
        for: options.for,
        purpose: options.purpose,
        until: until === undefined ? undefined : momentWord(until, "--until"),
        days: forDays === undefined ? undefined : Number(forDays),
        answers: options.answer ?? {},
        reshare: options.reshare ?? false,
        draft: options.draft ?? false,
      };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) return printJson(result);
      if (result.joined) process.stdout.write("the same was asked for already: you have joined that request\n");
      printRequest(result.request);
    });
}

function withAnswer(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, question = "", answer = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (question !== "") return { ...before, [question]: answer };
  throw new HeadgateError("USAGE", { place: `--answer ${text}`, message: "write the question, = and the answer" });
}

function submitCommand({ connectors }: CliParts): Command {
  return new Command("submit")
    .description("send a draft to those who decide")
    .argument("<request>")
    .action(async (request: string, _options: object, command: Command) => {
      const operation = async () => (await creating()).requestSubmit;
      const result = await invoke({ command, connectors, operation, input: { request } });
      if (wantsJson(command)) printJson(result);
      else printRequest(result);
    });
}

function acceptTermsCommand({ connectors }: CliParts): Command {
  return new Command("accept-terms")
    .description("accept terms of a product that have changed since you asked for it")
    .argument("<request>")
    .argument("<version>", "the version that `product show` shows")
    .action(async (request: string, version: string, _options: object, command: Command) => {
      const operation = async () => (await creating()).requestAcceptTerms;
      const result = await invoke({ command, connectors, operation, input: { request, version: Number(version) } });
      if (wantsJson(command)) printJson(result);
      else printRequest(result);
    });
}

const mostShown = 100;

interface ListOptions {
  readonly of?: "mine" | "account" | "all";
  readonly state?: "pending";
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list requests, newest first")
    .addOption(
      new Option("--of <which>", "only your own, or only those from and for your account").choices([
        "mine",
        "account",
        "all",
      ]),
    )
    .option("--state <state>", "only those in this state: pending, approved, …")
    .action(async ({ of = "all", state }: ListOptions, command: Command) => {
      const operation = async () => (await listing()).requestList;
      const result = await invoke({ command, connectors, operation, input: { of, state, limit: mostShown } });
      if (wantsJson(command)) printJson(result);
      else printRequests(result.requests, "there are no requests");
    });
}

function showCommand({ connectors }: CliParts): Command {
  return new Command("show")
    .description("show a request with every step, its state and time")
    .argument("<request>")
    .action(async (request: string, _options: object, command: Command) => {
      const operation = async () => (await listing()).requestShow;
      const result = await invoke({ command, connectors, operation, input: { request } });
      if (wantsJson(command)) printJson(result);
      else printRequest(result);
    });
}

function withdrawCommand({ connectors }: CliParts): Command {
  return new Command("withdraw")
    .description("take a request back, or leave one that others have made, too")
    .argument("<request>")
    .option("--reason <text>", "why")
    .action(async (request: string, { reason }: { reason?: string }, command: Command) => {
      const operation = async () => (await creating()).requestWithdraw;
      const result = await invoke({ command, connectors, operation, input: { request, reason } });
      if (wantsJson(command)) return printJson(result);
      process.stdout.write(`${request} is ${result.left ? "no longer yours; it goes on for others" : "withdrawn"}\n`);
    });
}

function remindCommand({ connectors }: CliParts): Command {
  return new Command("remind")
    .description("remind those for whom your request waits by a mail, at most once a day")
    .argument("<request>")
    .action(async (request: string, _options: object, command: Command) => {
      const operation = async () => (await import("../../operations/sharing/request-remind.ts")).requestRemind;
      const result = await invoke({ command, connectors, operation, input: { request } });
      if (wantsJson(command)) return printJson(result);
      const { reminded, people } = result;
      process.stdout.write(
        reminded > 0
          ? `${request} waits for ${people} ${people === 1 ? "person" : "people"}; ${reminded} ${reminded === 1 ? "mail is" : "mails are"} on the way\n`
          : `nobody gets a mail: they were reminded today, or have named no address\n`,
      );
    });
}

function inboxCommand({ connectors }: CliParts): Command {
  return new Command("inbox")
    .description("list the requests that wait for you")
    .option("--of-account", "all that wait for somebody of the account in which you act")
    .action(async ({ ofAccount = false }: { ofAccount?: boolean }, command: Command) => {
      const operation = async () => (await listing()).requestInbox;
      const result = await invoke({ command, connectors, operation, input: { account: ofAccount, limit: mostShown } });
      if (wantsJson(command)) printJson(result);
      else printRequests(result.requests, "nothing waits");
    });
}

interface ApproveOptions {
  readonly item?: string[];
  readonly on?: string;
  readonly columns?: string;
  readonly rows?: string;
  readonly mask?: readonly string[];
  readonly until?: string;
  readonly comment?: string;
}

function approveCommand({ connectors }: CliParts): Command {
  return new Command("approve")
    .description("approve requests, as a whole or narrowed")
    .argument("<requests...>")
    .option("--item <thing...>", "only these of the things that are asked for; the others stay undecided")
    .option("--on <table>", "the table that --columns, --rows and --mask are about")
    .option("--columns <names>", "the only columns that are left, with commas between them")
    .option("--rows <condition>", "a further condition on rows: country = 'DE'")
    .option("--mask <column=mask...>", "show a column masked, as with headgate filter add: email=show-last-4")
    .option("--until <time>", "an earlier end than was asked for")
    .option("--comment <text>", "for the requester")
    .action(async (requests: string[], options: ApproveOptions, command: Command) => {
      const operation = async () => (await deciding()).requestApprove;
      const { item: items, on, columns, rows, mask, until, comment } = options;
      const names = columns === undefined ? undefined : [...nameList(columns)];
      const narrow = on === undefined ? [] : [{ on, columns: names, rows, masks: mask?.map(maskWord) }];
      const end = until === undefined ? undefined : momentWord(until, "--until");
      const input = { requests, items, narrow, until: end, comment };
      const result = await invoke({ command, connectors, operation, input });
      printDecided(command, result, items);
    });
}

function denyCommand({ connectors }: CliParts): Command {
  return new Command("deny")
    .description("deny requests, with the reason that the requester is told")
    .argument("<requests...>")
    .requiredOption("--reason <text>", "why")
    .option("--item <thing...>", "only these of the things that are asked for")
    .action(async (requests: string[], { reason, item }: { reason: string; item?: string[] }, command: Command) => {
      const operation = async () => (await deciding()).requestDeny;
      const result = await invoke({ command, connectors, operation, input: { requests, items: item, reason } });
      printDecided(command, result, item);
    });
}

interface Decided {
  readonly decided: readonly { readonly request: string; readonly state: string; readonly judgedAgain: boolean }[];
  readonly failed: readonly {
    readonly request: string;
    readonly error: { readonly code: string; readonly message: string };
  }[];
}

function printDecided(command: Command, result: Decided, items: readonly string[] | undefined): void {
  if (wantsJson(command)) return printJson(result);
  const waits =
    items === undefined ? "others decide, too" : "the other things that it asks for wait, or others decide, too";
  for (const { request, state, judgedAgain } of result.decided)
    process.stdout.write(
      judgedAgain
        ? `${request} was not approved: something more sensitive was found since, so look at it again\n`
        : `${request} is ${state === "pending" ? `still pending: ${waits}` : state.replace("_", " ")}\n`,
    );
  for (const { request, error } of result.failed) process.stdout.write(`${request}: ${error.code} ${error.message}\n`);
}
