/**
 * Iceberg's bucket transform as functions of the engine, because DuckDB does not have this hash (Iceberg specification:
 * Appendix B): `iceberg_bucket_long` for integers, dates and times, `iceberg_bucket_bytes` for texts, bytes and UUIDs,
 * and `iceberg_bucket_unscaled` for decimals, given as their unscaled digits.
 */
import { BIGINT, BLOB, DuckDBScalarFunction, INTEGER, VARCHAR, type DuckDBType } from "@duckdb/node-api";
import { bigEndian } from "../base/big-endian.ts";
import { murmur3 } from "../base/murmur3.ts";

export function bucketFunctions(): readonly DuckDBScalarFunction[] {
  return [
    bucketOf("iceberg_bucket_long", BIGINT, (value) => longBytes(value as bigint)),
    bucketOf("iceberg_bucket_bytes", BLOB, (value) => (value as { bytes: Uint8Array }).bytes),
    bucketOf("iceberg_bucket_unscaled", VARCHAR, (value) => bigEndian(BigInt(value as string))),
  ];
}

function bucketOf(name: string, type: DuckDBType, bytesOf: (value: unknown) => Uint8Array): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name,
    returnType: INTEGER,
    parameterTypes: [type, INTEGER],
    mainFunction(_info, input, output) {
      const [values, buckets] = [input.getColumnVector(0), input.getColumnVector(1)];
      for (let row = 0; row < input.rowCount; row++) {
        const value = values.getItem(row);
        const hash = value === null ? undefined : murmur3(bytesOf(value)) & 0x7fffffff;
        output.setItem(row, hash === undefined ? null : hash % Number(buckets.getItem(row)));
      }
      output.flush();
    },
  });
}

function longBytes(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}
