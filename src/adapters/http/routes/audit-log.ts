import { t } from "elysia";
import { parseTilePath } from "../../../domain/audit/tiles.ts";
import { err, ok } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { type Route, route } from "../route.ts";

/** A tile never changes: a partial one has its width in its name. */
const FOR_EVER = "public, max-age=31536000, immutable";

export const auditLogRoutes = ({ application }: Service): readonly Route[] => [
  route({
    method: "GET",
    path: "/audit/checkpoint",
    operationId: "readCheckpoint",
    tag: "audit",
    summary: "The newest signed checkpoint of the audit log (C2SP tlog-checkpoint)",
    description:
      "Size and root of the tree over the audit trail, signed with Ed25519. Nothing about persons.",
    permission: ["none"],
    success: { status: 200, description: "A signed note", schema: null, contentType: "text/plain" },
    problems: ["not-found", "service-unavailable"],
    cacheControl: "public, max-age=2",
    handle: async () => {
      const found = await application.audit.checkpoint();
      return found.ok ? ok({ content: { type: "text/plain", value: found.value } }) : found;
    },
  }),
  route({
    method: "GET",
    path: "/audit/keys",
    operationId: "readLogKeys",
    tag: "audit",
    summary: "The public keys of the audit log",
    description:
      "One verifier key a line (C2SP signed-note), oldest first. Keep them: what a former key signed is checked with that key.",
    permission: ["none"],
    success: { status: 200, description: "Verifier keys", schema: null, contentType: "text/plain" },
    problems: ["service-unavailable"],
    cacheControl: "public, max-age=300",
    handle: async () => {
      const found = await application.audit.keys();
      if (!found.ok) return found;
      return ok({ content: { type: "text/plain", value: found.value.map((key) => `${key}\n`).join("") } });
    },
  }),
  route({
    method: "GET",
    path: "/audit/tile/:tile",
    rest: true,
    operationId: "readTile",
    tag: "audit",
    summary: "A tile of the audit log's tree (C2SP tlog-tiles)",
    description:
      "Up to 256 hashes of 32 bytes, such as `/audit/tile/0/x001/x234/067` or, not full, `/audit/tile/0/000.p/112`. Hashes only: entries are not served.",
    permission: ["none"],
    params: {
      tile: t.String({
        description: "Level, number and width, as tlog-tiles writes them; its slashes may stand as they are",
        examples: ["0/000.p/1"],
      }),
    },
    success: {
      status: 200,
      description: "The hashes",
      schema: null,
      contentType: "application/octet-stream",
    },
    problems: ["not-found", "service-unavailable"],
    cacheControl: FOR_EVER,
    handle: async ({ params }) => {
      const place = parseTilePath(params.tile);
      const found =
        place === null ? err({ type: "not-found" } as const) : await application.audit.tile(place);
      return found.ok
        ? ok({ content: { type: "application/octet-stream", value: Uint8Array.from(found.value) } })
        : found;
    },
  }),
];
