import Type, { type Static } from "typebox";
import Value from "typebox/value";
import { canonicalJson, type Json } from "../../domain/shared/canonical-json.ts";

/** What a backup holds: stands before the database inside of it. */
export const CONTENTS = Type.Object({
  format: Type.Literal("gonogo-backup-1"),
  name: Type.String(),
  created_at: Type.Integer(),
  engine: Type.Enum(["sqlite", "postgres"]),
  engine_version: Type.String(),
  counts: Type.Record(Type.String(), Type.Integer()),
  migrations: Type.Array(Type.String()),
  ledger_position: Type.Union([Type.String(), Type.Null()]),
});

export type Contents = Static<typeof CONTENTS>;

/** Stands beside a backup once it is whole. The proof is a MAC under a key of the erasure ledger. */
const MANIFEST = Type.Object({
  contents: CONTENTS,
  /** Of the contents, the database and nothing else, before encryption. */
  sha256: Type.String(),
  file_bytes: Type.Integer(),
  file_sha256: Type.String(),
  proof: Type.String(),
});

export type Manifest = Static<typeof MANIFEST>;

type Unproven = Omit<Manifest, "proof">;

const textOf = ({ contents, sha256, file_bytes, file_sha256 }: Unproven): string =>
  canonicalJson({ contents, sha256, file_bytes, file_sha256 } as unknown as Json);

type Prove = (text: string) => Promise<string>;

export const proveManifest = async (manifest: Unproven, prove: Prove): Promise<Manifest> => ({
  ...manifest,
  proof: await prove(`backup ${textOf(manifest)}`),
});

/** Null when the text is no manifest that was proven here. */
export const readManifest = async (text: string, prove: Prove): Promise<Manifest | null> => {
  const manifest = parsed(text);
  if (!Value.Check(MANIFEST, manifest)) return null;
  return (await prove(`backup ${textOf(manifest)}`)) === manifest.proof ? manifest : null;
};

/** Null: a file that is no JSON, such as one that somebody cut off. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

export const parseContents = (text: string): Contents => Value.Parse(CONTENTS, JSON.parse(text));
