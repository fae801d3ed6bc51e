/**
 * Reads Avro object container files (Avro 1.11 specification, "Object Container Files") block by block as their bytes
 * arrive. This is for data files, which may be larger than memory; manifests are read as a whole, see avro-file.ts.
 * Invariant: a block is handed out only after its sync marker has been seen, and a file that ends in the middle of a
 * block is refused.
 */
import { HeadgateError } from "../errors.ts";
import { decompress, mostBlockBytes } from "./avro-codec.ts";
import { AvroInput } from "./avro-input.ts";

export interface AvroBlocks {
  /** The schema as JSON. */
  readonly schema: string;
  readonly blocks: AsyncIterable<AvroBlock>;
}

export interface AvroBlock {
  readonly records: number;
  /** The records, one after the other. */
  readonly input: AvroInput;
}

const magic = Buffer.from("Obj\u0001", "latin1");
const syncBytes = 16;

/** Throws DATA_FILE_CORRUPT, and METADATA_INVALID for an unsupported codec. The blocks throw the same errors. */
export async function openAvroBlocks(chunks: AsyncIterable<Buffer>): Promise<AvroBlocks> {
  const bytes = arriving(chunks);
  if (!(await bytes.take(magic.length)).equals(magic)) throw damaged("this is not an Avro file");
  const metadata = await readHeader(bytes);
  const sync = Buffer.from(await bytes.take(syncBytes));
  const codec = metadata.get("avro.codec") ?? "null";
  return { schema: metadata.get("avro.schema") ?? "", blocks: readBlocks(bytes, { sync, codec }) };
}

async function readHeader(bytes: Arriving): Promise<ReadonlyMap<string, string>> {
  const metadata = new Map<string, string>();
  const text = async (): Promise<string> => {
    const length = await bytes.int();
    if (length > mostHeaderBytes) throw damaged("the header of the file is larger than Headgate accepts");
    return (await bytes.take(length)).toString("utf8");
  };
  for (let count = await bytes.int(); count !== 0; count = await bytes.int()) {
    if (count < 0) await bytes.int();
    for (let index = 0; index < Math.abs(count); index++) metadata.set(await text(), await text());
  }
  return metadata;
}

/** A schema of ten thousand columns takes about a tenth of this. */
const mostHeaderBytes = 16 * 1024 * 1024;

async function* readBlocks(
  bytes: Arriving,
  { sync, codec }: { sync: Buffer; codec: string },
): AsyncGenerator<AvroBlock> {
  while (!(await bytes.isAtEnd())) {
    const records = await bytes.int();
    const size = await bytes.int();
    if (size < 0 || size > mostBlockBytes) throw damaged(`a block has the impossible length of ${size} bytes`);
    const block = await bytes.take(size + syncBytes);
    if (!block.subarray(size).equals(sync)) throw damaged("a block does not end where it says");
    const input = new AvroInput(plain(block.subarray(0, size), codec));
    if (records < 0 || records > input.bytes.length) throw damaged("a block has more records than bytes");
    yield { records, input };
    if (input.at !== input.bytes.length) throw damaged("a block has more bytes after its last record");
  }
}

function plain(block: Buffer, codec: string): Buffer {
  try {
    return decompress(block, codec);
  } catch (failure) {
    if (failure instanceof HeadgateError) throw failure;
    throw new HeadgateError("DATA_FILE_CORRUPT", {
      message: `a block compressed with ${codec} is damaged`,
      cause: failure,
    });
  }
}

interface Arriving {
  isAtEnd(): Promise<boolean>;
  int(): Promise<number>;
  /** The result is valid only until the next call. */
  take(length: number): Promise<Buffer>;
}

function arriving(chunks: AsyncIterable<Buffer>): Arriving {
  const source = chunks[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  /** Reads until this many bytes are buffered. Returns false if the file ends before that. */
  const have = async (length: number): Promise<boolean> => {
    const pieces = [held];
    let size = held.length;
    while (size < length) {
      const { value, done } = await source.next();
      if (done === true) break;
      pieces.push(value);
      size += value.length;
    }
    if (pieces.length > 1) held = Buffer.concat(pieces);
    return size >= length;
  };
  const take = async (length: number): Promise<Buffer> => {
    if (length < 0 || !(await have(length))) throw damaged("the file is cut off");
    const taken = held.subarray(0, length);
    held = held.subarray(length);
    return taken;
  };
  return {
    isAtEnd: async () => !(await have(1)),
    async int() {
      await have(longestInt);
      const input = new AvroInput(held);
      const value = input.int();
      held = held.subarray(input.at);
      return value;
    },
    take,
  };
}

const longestInt = 10;

function damaged(message: string): HeadgateError {
  return new HeadgateError("DATA_FILE_CORRUPT", { message });
}
