/** Decodes a staged value to text, independently of the connectors, for comparison with the server's own text. */
import type { SourceColumn } from "../../src/sync/source.ts";

/** The single value of a PLAIN-encoded column. */
export function cellText({ lakeType, staged }: SourceColumn, values: Buffer): string {
  switch (staged.physical) {
    case "int32":
      return lakeType === "date"
        ? isoText(BigInt(values.readInt32LE()) * 86_400_000_000n).slice(0, 10)
        : String(values.readInt32LE());
    case "int64": {
      const value = values.readBigInt64LE();
      if (lakeType.startsWith("timestamp")) return isoText(value);
      if (lakeType === "decimal(20,0)") return String(BigInt.asUintN(64, value));
      return staged.logical?.kind === "decimal" ? scaledText(value, staged.logical.scale) : String(value);
    }
    case "float":
      return numberText(values.readFloatLE());
    case "double":
      return numberText(values.readDoubleLE());
    case "fixed16":
      if (staged.logical?.kind === "decimal")
        return scaledText(BigInt.asIntN(128, BigInt(`0x${values.toString("hex")}`)), staged.logical.scale);
      return values.toString("hex").replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
    case "bytes":
      return values.subarray(4).toString(staged.logical === undefined ? "hex" : "utf8");
  }
}

function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function isoText(micros: bigint): string {
  const seconds = micros >= 0n ? micros / 1_000_000n : -((-micros + 999_999n) / 1_000_000n);
  const iso = new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace("T", " ");
  return `${iso}.${String(micros - seconds * 1_000_000n).padStart(6, "0")}`;
}

function scaledText(value: bigint, scale: number): string {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, digits.length - scale)}${scale === 0 ? "" : `.${digits.slice(-scale)}`}`;
}

/** Whether the decoded text of a value means the same as the server's text. */
export function sameValue({ lakeType }: SourceColumn, ours: string, theirs: string): boolean {
  if (lakeType === "float" || lakeType === "double") return Object.is(Number(ours), Number(theirs));
  return lakeType === "binary" ? ours === theirs.toLowerCase() : ours === theirs;
}
