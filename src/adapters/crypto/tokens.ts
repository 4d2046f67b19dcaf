import { randomBytes } from "node:crypto";
import type { TokenHash } from "../../domain/shared/ids.ts";
import type { TokenKind, Tokens } from "../../ports/secrets.ts";

// 256 bits are 43 characters of base64url; the last carries four bits, so that only 16 letters can stand there.
const TOKEN = /^(gns|gnk|gne|gnl|gnp)_[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

const hashOf = (token: string): TokenHash => Bun.SHA256.hash(token, "hex") as TokenHash;

export const makeTokens = (): Tokens => ({
  issue: (kind: TokenKind) => {
    const token = `${kind}_${randomBytes(32).toString("base64url")}`;
    return { token, hash: hashOf(token) };
  },
  hash: (kind, token) => (TOKEN.exec(token)?.[1] === kind ? hashOf(token) : null),
});
