import type { Sha256 } from "./merkle-tree.ts";

/** Who signs notes, and with which Ed25519 key (C2SP signed-note). */
export interface NoteKey {
  /** Without space and without `+`. */
  readonly name: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

export interface NoteSignature {
  readonly name: string;
  /** Four bytes of key id, then the signature itself. */
  readonly bytes: Uint8Array;
}

export interface SignedNote {
  /** Ends with a line break. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export type VerifyEd25519 = (publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array) => boolean;

const ED25519 = 1;
const KEY_ID_BYTES = 4;
const SIGNATURES_MAX = 64;
const NAME = /^[^\s+]+$/u;
const SIGNATURE_LINE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u0009\u000B-\u001F]/;

const utf8 = new TextEncoder();

const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};

/** Bytes of base64 text in its one spelling, or null. */
export const bytesOfBase64 = (text: string): Uint8Array | null => {
  try {
    const bytes = Uint8Array.fromBase64(text, { lastChunkHandling: "strict" });
    return bytes.toBase64() === text ? bytes : null;
  } catch {
    // Whatever is wrong with it: it is not base64.
    return null;
  }
};

export const noteKeyId = (sha256: Sha256, { name, publicKey }: NoteKey): Uint8Array =>
  sha256(joined(utf8.encode(`${name}\n`), Uint8Array.of(ED25519), publicKey)).slice(0, KEY_ID_BYTES);

/** `<name>+<key id>+<key>`: what a verifier is given. */
export const verifierKey = (sha256: Sha256, key: NoteKey): string =>
  `${key.name}+${noteKeyId(sha256, key).toHex()}+${joined(Uint8Array.of(ED25519), key.publicKey).toBase64()}`;

/** Null when the text is no Ed25519 verifier key, or its id is not the key's. */
export const parseVerifierKey = (sha256: Sha256, text: string): NoteKey | null => {
  const [name = "", id, encoded, ...rest] = text.split("+");
  // Base64 may hold `+` itself.
  const bytes = encoded === undefined ? null : bytesOfBase64([encoded, ...rest].join("+"));
  if (!NAME.test(name) || bytes === null || bytes.length !== 33 || bytes[0] !== ED25519) return null;
  const key = { name, publicKey: bytes.slice(1) };
  return noteKeyId(sha256, key).toHex() === id ? key : null;
};

/** A note with one signature over its text. */
export const writeNote = (
  sha256: Sha256,
  text: string,
  signers: readonly { readonly key: NoteKey; readonly signature: Uint8Array }[],
): string => {
  const lines = signers.map(
    ({ key, signature }) => `\u2014 ${key.name} ${joined(noteKeyId(sha256, key), signature).toBase64()}\n`,
  );
  return `${text}\n${lines.join("")}`;
};

/** Null when it is not a note: the text is everything up to the last empty line, and every line after it a signature. */
export const parseNote = (note: string): SignedNote | null => {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n") || CONTROL.test(note) || !note.isWellFormed()) return null;
  const lines = note.slice(end + 2, -1).split("\n");
  if (lines.length > SIGNATURES_MAX) return null;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? [];
    const bytes = encoded === undefined ? null : bytesOfBase64(encoded);
    if (name === undefined || bytes === null || bytes.length <= KEY_ID_BYTES) return null;
    signatures.push({ name, bytes });
  }
  return { text: note.slice(0, end + 1), signatures };
};

/**
 * The text of a note that one of these keys has signed. Null when none has, or when the signature of one of them is
 * wrong; signatures of keys that are not known say nothing.
 */
export const openNote = (
  sha256: Sha256,
  verify: VerifyEd25519,
  note: string,
  keys: readonly NoteKey[],
): string | null => {
  const parsed = parseNote(note);
  if (parsed === null) return null;
  let verified = 0;
  for (const { name, bytes } of parsed.signatures) {
    const id = bytes.slice(0, KEY_ID_BYTES).toHex();
    const key = keys.find((each) => each.name === name && noteKeyId(sha256, each).toHex() === id);
    if (key === undefined) continue;
    if (!verify(key.publicKey, utf8.encode(parsed.text), bytes.slice(KEY_ID_BYTES))) return null;
    verified += 1;
  }
  return verified > 0 ? parsed.text : null;
};
