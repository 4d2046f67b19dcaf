/** An invented person: nothing of hers is found anywhere but where a test put it. */
export const CANARY = {
  name: "Quendolina Zwiebelfisch",
  email: "quendolina.zwiebelfisch@kanarienvogel-post.example",
  ip: "203.0.113.77",
  userAgent: "Kanarienbrowser/77.3 (Zwiebelfisch)",
  externalId: "platform-zwiebelfisch-4711",
  text: "Mein Kanarienvogel heisst Hansi-Zwiebelfisch.",
} as const;

/** Parts that give her away, and the spellings in which they could be written. */
const spellings = (): string[] => {
  const parts = ["Quendolina", "Zwiebelfisch", "kanarienvogel", "Kanarienbrowser", "Hansi", CANARY.ip];
  const whole: string[] = Object.values(CANARY);
  // A base64 text holds a part at one of three offsets; the characters at its edges depend on the neighbours.
  const base64 = (text: string): string[] =>
    [0, 1, 2].flatMap((offset) => {
      const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
      return (["base64", "base64url"] as const).map((kind) =>
        bytes.toString(kind).slice(offset === 0 ? 0 : offset + 1, -4),
      );
    });
  return [
    ...parts.map((part) => part.toLowerCase()),
    ...whole.map((text) => text.toLowerCase()),
    ...whole.map((text) => encodeURIComponent(text).toLowerCase()),
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
    return betrayals(even.toString("utf16le"));
  });
  return [...new Set([...text, ...wide])];
};
