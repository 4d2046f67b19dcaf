const QUOTED_PRINTABLE = /=([0-9A-F]{2})/gi;
const BASE64_BLOCK = /(?:^[A-Za-z0-9+/=]{1,76}\r?$\n?){1,}/gm;
const ENCODED_WORD = /=\?utf-8\?([bq])\?([^?]*)\?=/gi;

const printable = (text: string): string => {
  const bytes = text
    .replaceAll(/=\r?\n/g, "")
    .replaceAll(QUOTED_PRINTABLE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
};

/** Everything that a mail (RFC 5322, MIME) says, however its parts and headers are encoded. */
export const mailText = (raw: string): string => {
  const words = raw.replaceAll(ENCODED_WORD, (_, kind: string, text: string) =>
    kind.toLowerCase() === "b"
      ? Buffer.from(text, "base64").toString("utf8")
      : printable(text.replaceAll("_", " ")),
  );
  const blocks = [...raw.matchAll(BASE64_BLOCK)].map(([block]) =>
    Buffer.from(block, "base64").toString("utf8"),
  );
  return [words, printable(words), ...blocks].join("\n");
};
