import { t } from "elysia";
import { DAY } from "../../../domain/shared/instant.ts";
import { ok } from "../../../domain/shared/result.ts";
import { JWKS_MAX_AGE_SECONDS } from "../../../ports/document-signer.ts";
import type { Service } from "../context.ts";
import { json, type Route, route } from "../route.ts";
import { integer, named, oneOf, record } from "../schemas/kinds.ts";

/** The day since which Sec-GPC has been honoured as it is now. */
const GPC_SINCE = "2026-11-22";

/** RFC 9116 wants a date less than a year ahead; it moves with every day the service runs. */
const SECURITY_TXT_DAYS = 180;

const A_DAY = "public, max-age=86400";

const GpcSupport = named(
  "GpcSupport",
  record({
    gpc: t.Boolean({ examples: [true] }),
    lastUpdate: t.String({ format: "date", examples: [GPC_SINCE] }),
  }),
);

const KEY = {
  kty: oneOf(["OKP"]),
  crv: oneOf(["Ed25519"]),
  x: t.String({ description: "The key, base64url" }),
  kid: t.String({ description: "RFC 7638 thumbprint: the `kid` in a document's header" }),
  alg: oneOf(["EdDSA"]),
  use: oneOf(["sig"]),
};

const PublicKeys = named(
  "PublicKeys",
  record(
    {
      keys: t.Array(record(KEY)),
      revoked: t.Array(
        record({
          ...KEY,
          revoked: record({
            revoked_at: integer({ description: "Seconds since 1970-01-01T00:00:00Z" }),
            reason: oneOf(["compromised"]),
          }),
        }),
        {
          description:
            "Keys that leaked, in the words of OpenID Federation 1.0: their signatures prove nothing. They are not in `keys`, so that whoever does not read this member refuses what they signed.",
        },
      ),
    },
    {
      description:
        "A JWK Set (RFC 7517), newest first. Retired keys stay, so that old documents can be checked.",
    },
  ),
);

export const wellKnownRoutes = ({ application, clock, settings }: Service): readonly Route[] => [
  route({
    method: "GET",
    path: "/.well-known/gpc.json",
    operationId: "readGpcSupport",
    tag: "service",
    summary: "Global Privacy Control is honoured",
    permission: ["none"],
    success: { status: 200, description: "The support resource", schema: GpcSupport },
    problems: [],
    cacheControl: A_DAY,
    handle: async () => ok(json({ gpc: true, lastUpdate: GPC_SINCE })),
  }),
  route({
    method: "GET",
    path: "/.well-known/security.txt",
    operationId: "readSecurityContact",
    tag: "service",
    summary: "Whom to tell of a vulnerability (RFC 9116)",
    permission: ["none"],
    success: { status: 200, description: "The contact", schema: null, contentType: "text/plain" },
    problems: [],
    cacheControl: A_DAY,
    handle: async () => {
      const day = Math.floor(clock.now() / DAY);
      const value = [
        // The mailbox that RFC 2142 reserves for this at every domain.
        `Contact: mailto:security@${new URL(settings.publicUrl).hostname}`,
        `Expires: ${new Date((day + SECURITY_TXT_DAYS) * DAY).toISOString()}`,
        `Canonical: ${settings.publicUrl}/.well-known/security.txt`,
        "Preferred-Languages: en",
        "",
      ].join("\n");
      return ok({ content: { type: "text/plain", value } });
    },
  }),
  route({
    method: "GET",
    path: "/.well-known/jwks.json",
    operationId: "readPublicKeys",
    tag: "service",
    summary: "The public keys of receipts and signed reports",
    permission: ["none"],
    success: { status: 200, description: "The keys", schema: PublicKeys },
    problems: ["service-unavailable"],
    cacheControl: `public, max-age=${JWKS_MAX_AGE_SECONDS}`,
    handle: async () => {
      const found = await application.documents.publicKeys();
      return found.ok ? ok(json(found.value)) : found;
    },
  }),
];
