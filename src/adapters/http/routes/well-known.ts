import { t } from "elysia";
import { DAY } from "../../../domain/shared/instant.ts";
import { ok } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { json, type Route, route } from "../route.ts";
import { named, record } from "../schemas/kinds.ts";

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

export const wellKnownRoutes = ({ clock, settings }: Service): readonly Route[] => [
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
];
