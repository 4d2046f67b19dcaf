import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
import { verifiesInclusion } from "./merkle-proof.ts";
import { type Hash, leafHash, type Sha256 } from "./merkle-tree.ts";
import { bytesOfBase64, type NoteKey, openNote, type VerifyEd25519 } from "./signed-note.ts";

const VERSION = "c2sp.org/tlog-proof@v1";

/** A proof that needs no connection to be checked (C2SP tlog-proof): the leaf's index, its path, and a signed checkpoint. */
export const tlogProof = (index: number, path: readonly Hash[], note: string): string =>
  `${VERSION}\nindex ${index}\n${path.map((hash) => `${hash.toBase64()}\n`).join("")}\n${note}`;

interface ParsedProof {
  readonly index: number;
  readonly path: readonly Hash[];
  readonly note: string;
}

/** Null when it is no proof; `extra` lines are let be. */
const parseTlogProof = (text: string): ParsedProof | null => {
  const end = text.indexOf("\n\n");
  const [version, ...lines] = text.slice(0, Math.max(0, end)).split("\n");
  const [indexLine = "", ...hashes] = lines[0]?.startsWith("extra ") ? lines.slice(1) : lines;
  const decimal = /^index (0|[1-9]\d{0,15})$/.exec(indexLine)?.[1];
  const path = hashes.flatMap((line) => bytesOfBase64(line) ?? []);
  return end < 0 || version !== VERSION || decimal === undefined || path.length !== hashes.length
    ? null
    : { index: Number(decimal), path, note: text.slice(end + 2) };
};

/** In which signed tree a proof shows this leaf to stand, when one of these keys has signed it; null otherwise. */
export const openTlogProof = (
  sha256: Sha256,
  verify: VerifyEd25519,
  text: string,
  leaf: string,
  keys: readonly NoteKey[],
): (Checkpoint & { readonly index: number }) | null => {
  const proof = parseTlogProof(text);
  const signed = proof === null ? null : openNote(sha256, verify, proof.note, keys);
  const checkpoint = signed === null ? null : parseCheckpoint(signed);
  if (proof === null || checkpoint === null) return null;
  const { index, path } = proof;
  const { size, root } = checkpoint;
  const hash = leafHash(sha256, new TextEncoder().encode(leaf));
  return verifiesInclusion(sha256, { leaf: hash, index, size, path, root }) ? { ...checkpoint, index } : null;
};
