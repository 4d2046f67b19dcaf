import type { Spelling } from "../../domain/anonymization/find-bytes.ts";
import { distinctiveNeedles } from "../../domain/anonymization/mentions.ts";
import type { ErasureWork } from "../../domain/erasure/erasure.ts";

/** A base64 text holds a value at one of three offsets; what stands at its edges depends on the neighbours. */
const BASE64_EDGE = 4;
const SHORTEST = 8;

const plain = (text: string): Spelling => ({ bytes: new TextEncoder().encode(text), text, word: true });

const encoded = (text: string): Spelling => ({ bytes: new TextEncoder().encode(text), text, word: false });

const base64 = (value: string): readonly Spelling[] =>
  [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
    return (["base64", "base64url"] as const)
      .map((kind) => bytes.toString(kind).slice(offset === 0 ? 0 : BASE64_EDGE, -BASE64_EDGE))
      .filter((text) => text.length >= SHORTEST)
      .map(encoded);
  });

const spelled = (value: string): readonly Spelling[] => [
  plain(value),
  plain(value.toLowerCase()),
  ...base64(value),
  encoded(Buffer.from(value).toString("hex")),
  { bytes: Buffer.from(value, "utf16le"), text: "", word: false },
  { bytes: Buffer.from(value, "utf16le").swap16(), text: "", word: false },
];

/** Every way in which what leads to her could be written in a file. A name that many have leads to nobody. */
export const spellingsOf = ({ values, fragments }: ErasureWork): readonly Spelling[] => {
  const distinctive = [...values.names, ...values.addresses, ...values.externalIds].filter(
    (value) =>
      value.length >= SHORTEST &&
      distinctiveNeedles({ names: [], addresses: [], externalIds: [value] }).length > 0,
  );
  const all = [...distinctive, ...fragments].flatMap(spelled);
  return [...new Map(all.map((each) => [Buffer.from(each.bytes).toString("latin1"), each])).values()];
};
