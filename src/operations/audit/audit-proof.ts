/** The operations that prove the audit log, give a digest of it to be kept elsewhere, and hand it out as a whole. */
import { z } from "zod";
import { chainDigest, verifyChain, type ChainDigest } from "../../audit/verify-chain.ts";
import { keepingMonths, walkChain } from "../../audit/walk-chain.ts";
import { count, instant } from "../answers.ts";
import { operation } from "../operation.ts";
import { digestText, recordedEvent } from "./audit-answers.ts";
import { recordDownload } from "./record-download.ts";

export const auditVerify = operation({
  name: "audit.verify",
  summary: "Prove that no event of the audit log was changed, removed or inserted",
  action: "administer",
  changes: false,
  input: z.strictObject({ digest: digestText.optional() }),
  output: z.strictObject({
    events: count,
    digest: digestText,
    lastAt: instant.nullable().describe("The time of the last event; null if there is none."),
    removedEvents: count.describe("Events before the first one that is left, which were removed with their months."),
    openQueries: count.describe("Queries whose end is not recorded: they still run, or their process died."),
  }),
  errors: ["AUDIT_CHAIN_BROKEN"],
  async run({ db, audit }, { digest }, { signal }) {
    await audit.written();
    const { end, ...verified } = await verifyChain(db, { digest: parseDigest(digest), signal });
    return { ...verified, digest: formatDigest(end) };
  },
});

export const auditDigest = operation({
  name: "audit.digest",
  summary: "Give the number and the hash of the last event of the audit log, to be kept elsewhere",
  action: "administer",
  changes: false,
  input: z.strictObject({}),
  output: z.strictObject({ digest: digestText }),
  errors: [],
  async run({ db, audit }) {
    await audit.written();
    return { digest: formatDigest(await chainDigest(db)) };
  },
});

export const auditExport = operation({
  name: "audit.export",
  summary: "Hand out the events of the audit log, oldest first",
  action: "administer",
  changes: false,
  input: z.strictObject({
    after: count.default(0).describe("Only events after this one, so that an export can continue an earlier one."),
  }),
  output: z.strictObject({ events: count, digest: digestText }),
  item: recordedEvent,
  errors: [],
  run({ db, audit }, { after }, call) {
    const what = after === 0 ? "the audit log" : `the audit log after event ${after}`;
    return recordDownload({ audit }, { call, operation: "audit.export", what }, ({ emit, signal }) =>
      keepingMonths(db, signal, async () => {
        const end = await chainDigest(db);
        let events = 0;
        for await (const page of walkChain(db, { after, until: end.sequence, signal }))
          for (const event of page) {
            await emit(event);
            events++;
          }
        return { events, digest: formatDigest(end) };
      }),
    );
  },
});

function formatDigest({ sequence, hash }: ChainDigest): string {
  return `${sequence}:${hash}`;
}

function parseDigest(text: string | undefined): ChainDigest | undefined {
  const [sequence, hash] = text?.split(":") ?? [];
  return sequence === undefined || hash === undefined ? undefined : { sequence: Number(sequence), hash };
}
