/** An invented person: nothing of hers is found anywhere but where a test put it. */
export const CANARY = {
  name: "Quendolina Zwiebelfisch",
  email: "quendolina.zwiebelfisch@kanarienvogel-post.example",
  ip: "203.0.113.77",
  userAgent: "Kanarienbrowser/77.3 (Zwiebelfisch)",
  externalId: "platform-zwiebelfisch-4711",
  text: "Mein Kanarienvogel heisst Hansi-Zwiebelfisch.",
} as const;

/** Parts that give her away. */
const PARTS = ["Quendolina", "Zwiebelfisch", "kanarienvogel", "Kanarienbrowser", "Hansi", CANARY.ip];
const WHOLE: readonly string[] = Object.values(CANARY);
const PLAIN = [...PARTS, ...WHOLE].map((text) => text.toLowerCase());

/** As JSON may write any character. */
const escaped = (text: string): string =>
  [...text].map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");

/** The spellings in which she could be written. */
const spellings = (): string[] => {
  const [parts, whole] = [PARTS, WHOLE];
  // A base64 text holds a part at one of three offsets; the characters at its edges depend on the neighbours.
  const base64 = (text: string): string[] =>
    [0, 1, 2].flatMap((offset) => {
      const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
      return (["base64", "base64url"] as const).map((kind) =>
        bytes.toString(kind).slice(offset === 0 ? 0 : offset + 1, -4),
      );
    });
  return [
    ...PLAIN,
    ...whole.map((text) => encodeURIComponent(text).toLowerCase()),
    ...[...parts, ...parts.map((part) => part.toLowerCase())].map(escaped),
    ...[...parts, ...whole]
      .filter((text) => text.length > 6)
      .flatMap(base64)
      .map((text) => text.toLowerCase()),
    ...[...parts, ...whole].map((text) => Buffer.from(text).toString("hex")),
    ...[...parts, ...whole].map((text) => new Bun.CryptoHasher("sha256").update(text).digest("hex")),
    ...[...parts, ...whole].map((text) =>
      new Bun.CryptoHasher("sha256").update(text.toLowerCase()).digest("hex"),
    ),
  ];
};

/** Spellings found in a text, whatever its case. */
const SPELLINGS = [...new Set(spellings())];

export const betrayals = (text: string): string[] => {
  const lower = text.toLowerCase();
  return SPELLINGS.filter((each) => lower.includes(each));
};

interface Needle {
  readonly spelling: string;
  readonly bytes: Buffer;
}

const lowered = (bytes: Buffer): Uint8Array =>
  bytes.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));

/** In UTF-16 every other byte is zero; without the last one a text of either order has it. */
const NEEDLES: readonly Needle[] = [
  ...SPELLINGS.map((spelling) => ({ spelling, bytes: Buffer.from(spelling, "latin1") })),
  ...PLAIN.map((spelling) => ({ spelling, bytes: Buffer.from(spelling, "utf16le").subarray(0, -1) })),
];

const keyAt = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);

/** By their first three bytes, so that a large file is gone through once. */
const BEGINNINGS = Map.groupBy(NEEDLES, ({ bytes }) => keyAt(bytes, 0));
const BEGINS = new Uint8Array(1 << 24);
for (const key of BEGINNINGS.keys()) BEGINS[key] = 1;

/** The same in bytes: as they are, lower-cased, in base64, in hexadecimal and as UTF-16 of either order. */
export const inBytes = (bytes: Buffer): string[] => {
  const lower = lowered(bytes);
  const text = Buffer.from(lower.buffer, lower.byteOffset, lower.byteLength);
  const found = new Set<string>();
  for (let at = 0; at < lower.length - 2; at += 1) {
    const key = keyAt(lower, at);
    if (BEGINS[key] === 0) continue;
    for (const { spelling, bytes: needle } of BEGINNINGS.get(key) ?? []) {
      if (text.compare(needle, 0, needle.length, at, Math.min(at + needle.length, text.length)) === 0)
        found.add(spelling);
    }
  }
  return [...found];
};
