import { createHash } from "node:crypto";
import { type Contents, parseContents } from "./manifest.ts";

const DIGEST_BYTES = 32;
const CONTENTS_MAX = 4 * 1024 * 1024;

/** A backup is not what it was when it was made. */
export class BackupBroken extends Error {
  override readonly name = "BackupBroken";
}

export const asStream = (bytes: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> => {
  const iterator = bytes[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await iterator.next();
      if (done === true) controller.close();
      else controller.enqueue(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    },
    cancel: async () => {
      await iterator.return?.();
    },
  });
};

/** What is encrypted: the contents in one line, the database, and the SHA-256 of both. */
export async function* packed(
  contents: Contents,
  database: AsyncIterable<Uint8Array>,
  onDigest: (hex: string) => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  const first = Buffer.from(`${JSON.stringify(contents)}\n`);
  hash.update(first);
  yield first;
  for await (const chunk of database) {
    hash.update(chunk);
    yield chunk;
  }
  const digest = hash.digest();
  onDigest(digest.toString("hex"));
  yield digest;
}

export interface Unpacked {
  readonly contents: Contents;
  /** Throws BackupBroken at its end when the bytes are not those that were packed. */
  readonly database: AsyncIterable<Uint8Array>;
}

async function* withoutDigest(
  first: Buffer,
  start: Buffer,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256").update(first);
  let held = start;
  for (;;) {
    const ready = held.subarray(0, Math.max(0, held.length - DIGEST_BYTES));
    if (ready.length > 0) {
      hash.update(ready);
      yield ready;
    }
    held = held.subarray(ready.length);
    const next = await rest.next();
    if (next.done === true) break;
    held = Buffer.concat([held, next.value]);
  }
  if (!hash.digest().equals(held)) throw new BackupBroken("The backup is not what it was when it was made.");
}

export const unpack = async (bytes: AsyncIterable<Uint8Array>): Promise<Unpacked> => {
  const iterator = bytes[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  for (;;) {
    const end = head.indexOf(10);
    if (end >= 0) {
      const first = head.subarray(0, end + 1);
      return {
        contents: parseContents(first.toString("utf8")),
        database: withoutDigest(first, head.subarray(end + 1), iterator),
      };
    }
    const next = await iterator.next();
    if (next.done === true || head.length > CONTENTS_MAX) throw new BackupBroken("This is no backup.");
    head = Buffer.concat([head, next.value]);
  }
};
