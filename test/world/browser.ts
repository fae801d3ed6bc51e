/**
 * A browser without a screen: it keeps the cookies of each site, follows where it is led, and sends the first form
 * of a page. A site is a host with its port; as in a browser, a cookie that is Strict is not sent when another site leads here.
 */
export interface Browser {
  readonly cookies: Map<string, Map<string, Cookie>>;
  /** Follows redirects until there is a page. */
  open(address: string): Promise<Page>;
  /** Sends the form of a page, with these fields beside those that the form has. */
  send(page: Page, fields: Readonly<Record<string, string>>): Promise<Page>;
  /** As the scripts of our own pages do. */
  post(address: string, body: object): Promise<{ readonly status: number; readonly body: Record<string, unknown> }>;
  get(address: string): Promise<Response>;
}

interface Cookie {
  readonly value: string;
  readonly isStrict: boolean;
}

export interface Page {
  readonly address: string;
  readonly status: number;
  readonly text: string;
  /** Every address on the way here. */
  readonly way: readonly string[];
}

interface Step extends RequestInit {
  readonly from?: string | undefined;
}

export function newBrowser(): Browser {
  const cookies: Browser["cookies"] = new Map();
  const ask = async (address: string, { from = address, ...init }: Step = {}): Promise<Response> => {
    const { host } = new URL(address);
    const isSame = new URL(from).host === host;
    const sent = [...(cookies.get(host) ?? [])].filter(([, { isStrict }]) => isSame || !isStrict);
    const cookie = sent.map(([name, { value }]) => `${name}=${value}`).join("; ");
    const response = await fetch(address, { ...init, headers: { ...init.headers, cookie }, redirect: "manual" });
    for (const set of response.headers.getSetCookie()) keep(cookies, host, set);
    return response;
  };
  const follow = async (address: string, init: Step, way: readonly string[] = []): Promise<Page> => {
    const response = await ask(address, init);
    const text = await response.text();
    const to = response.headers.get("location");
    const seen = [...way, address];
    if (to === null) return { address, status: response.status, text, way: seen };
    return follow(new URL(to, address).href, { from: init.from ?? address }, seen);
  };
  return {
    cookies,
    open: (address) => follow(address, {}),
    send: (page, fields) => {
      const { action, hidden } = formOf(page);
      const body = new URLSearchParams({ ...hidden, ...fields });
      return follow(action, { method: "POST", body, from: page.address });
    },
    async post(address, body) {
      const headers = { "content-type": "application/json", origin: new URL(address).origin };
      const response = await ask(address, { method: "POST", body: JSON.stringify(body), headers });
      const lines = (await response.text()).trim().split("\n");
      return { status: response.status, body: JSON.parse(lines.at(-1) ?? "{}") as Record<string, unknown> };
    },
    get: (address) => ask(address),
  };
}

function keep(cookies: Browser["cookies"], host: string, set: string): void {
  const [pair = "", ...attributes] = set.split("; ");
  const name = pair.slice(0, pair.indexOf("="));
  const value = pair.slice(pair.indexOf("=") + 1);
  const kept = cookies.get(host) ?? new Map<string, Cookie>();
  const isStrict = attributes.some((attribute) => attribute.toLowerCase() === "samesite=strict");
  const isOver = value === "" || attributes.some((text) => text.toLowerCase() === "max-age=0" || /1970/.test(text));
  if (isOver) kept.delete(name);
  else kept.set(name, { value, isStrict });
  cookies.set(host, kept);
}

function formOf({ text, address }: Page): { action: string; hidden: Record<string, string> } {
  const [form = ""] = /<form[\s\S]*?<\/form>/.exec(text) ?? [];
  const [, action = ""] = /action="([^"]*)"/.exec(form) ?? [];
  const fields = [...form.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([input]) => {
    const of = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(input)?.[1] ?? "";
    return [of("name"), of("value")] as const;
  });
  return { action: new URL(action, address).href, hidden: Object.fromEntries(fields) };
}
