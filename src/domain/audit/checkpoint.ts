import { HASH_BYTES, type Hash } from "./merkle-tree.ts";
import { bytesOfBase64 } from "./signed-note.ts";

/** What a signed checkpoint says: the log of this name had this many leaves and this root (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** Name of the log: a URL without its scheme. */
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${root.toBase64()}\n`;

/** Reads the text of a checkpoint; lines that extend it are let be. Null when it is none. */
export const parseCheckpoint = (text: string): Checkpoint | null => {
  if (!text.endsWith("\n")) return null;
  const [origin = "", decimal = "", encoded = "", ...extensions] = text.slice(0, -1).split("\n");
  const root = bytesOfBase64(encoded);
  if (origin === "" || !/^(0|[1-9]\d*)$/.test(decimal) || root?.length !== HASH_BYTES) return null;
  const size = Number(decimal);
  return Number.isSafeInteger(size) && !extensions.includes("") ? { origin, size, root } : null;
};

/** `example.org/audit` for a service at https://example.org. */
export const originOf = (publicUrl: string): string => `${publicUrl.replace(/^[a-z]+:\/\//, "")}/audit`;
