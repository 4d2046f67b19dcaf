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

/** The same in bytes: as they are, lower-cased, in base64, in hexadecimal and as UTF-16 of either order. */
export const inBytes = (bytes: Buffer): string[] => {
  const text = betrayals(bytes.toString("latin1"));
  const wide = [0, 1].flatMap((offset) => {
    const even = bytes.subarray(offset, bytes.length - ((bytes.length - offset) % 2));
    const lower = even.toString("utf16le").toLowerCase();
    return PLAIN.filter((each) => lower.includes(each));
  });
  return [...new Set([...text, ...wide])];
};
