import { t } from "elysia";
import type { AuditEntry } from "../../../domain/audit/audit-entry.ts";
import { type AuditEntryId, parseId } from "../../../domain/shared/ids.ts";
import { parseInstant } from "../../../domain/shared/instant.ts";
import { err, ok } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { json, type Route, route } from "../route.ts";
import { AuditProof } from "../schemas/audit-proof.ts";
import { named, nullable, PAGE_QUERY, page, pageRequest, record, time, uuid } from "../schemas/kinds.ts";
import { timeText, timeTextOrNull } from "../schemas/times.ts";

const PATH = "/v1/admin/audit-entries";

const keyedHash = (of: string) =>
  nullable(t.String(), {
    description: `Keyed hash of ${of}; blank after 365 days and for whoever was erased`,
  });

const AuditEntryBody = named(
  "AuditEntry",
  record({
    id: uuid(),
    created_at: time(),
    action: t.String({ examples: ["consent.recorded"] }),
    resource_type: t.String({ examples: ["consent"] }),
    resource_id: nullable(t.String()),
    user_id_hash: keyedHash("who did it"),
    ip_address_hash: keyedHash("the address"),
    user_agent_hash: keyedHash("the user agent"),
    details: nullable(t.Record(t.String(), t.Any()), {
      description: "By action; null once its time is over",
    }),
    retention_until: nullable(time()),
    anonymized: t.Boolean(),
  }),
);

const AuditEntryPage = page("AuditEntryPage", AuditEntryBody);

const entryBody = (entry: AuditEntry) => ({
  id: entry.id,
  created_at: timeText(entry.created_at),
  action: entry.action,
  resource_type: entry.resource_type,
  resource_id: entry.resource_id,
  user_id_hash: entry.user_id_hash,
  ip_address_hash: entry.ip_address_hash,
  user_agent_hash: entry.user_agent_hash,
  details: entry.details === null ? null : JSON.parse(entry.details),
  retention_until: timeTextOrNull(entry.retention_until),
  anonymized: entry.anonymized,
});

const momentOf = (text: string | undefined) => (text === undefined ? null : parseInstant(Date.parse(text)));

export const adminAuditEntryRoutes = ({ application }: Service): readonly Route[] => [
  route({
    method: "GET",
    path: PATH,
    operationId: "listAuditEntries",
    tag: "audit",
    summary: "The audit trail, newest first",
    description:
      "A page may hold less than its limit, or nothing, and still have a next one: go on until `next_cursor` is null.",
    permission: ["system:administer"],
    query: t.Object({
      ...PAGE_QUERY,
      action: t.Optional(t.String({ maxLength: 100, description: "Of this action only" })),
      resource: t.Optional(t.String({ maxLength: 100, description: "Of this type, or of this id, only" })),
      from: t.Optional(time("From this moment on")),
      to: t.Optional(time("Up to this moment")),
    }),
    success: { status: 200, description: "A page of entries", schema: AuditEntryPage },
    problems: [],
    handle: async ({ caller, query }) => {
      const filter = {
        action: query.action ?? null,
        resource: query.resource ?? null,
        from: momentOf(query.from),
        to: momentOf(query.to),
      };
      const found = await application.audit.list(caller, filter, pageRequest(query));
      if (!found.ok) return found;
      return ok(json({ items: found.value.items.map(entryBody), next_cursor: found.value.next_cursor }));
    },
  }),
  route({
    method: "GET",
    path: `${PATH}/:id/proof`,
    operationId: "proveAuditEntry",
    tag: "audit",
    summary: "Proof that an entry is in the audit log",
    description:
      "Checked with the verifier key alone, by anybody, for ever: also after what it tells of was pruned. Not found for the two seconds until a new entry is in the tree.",
    permission: ["system:administer"],
    params: { id: uuid() },
    success: { status: 200, description: "The proof", schema: AuditProof },
    problems: ["not-found"],
    handle: async ({ caller, params: { id } }) => {
      const entry = parseId<AuditEntryId>(id);
      if (entry === null) return err({ type: "not-found" });
      const proof = await application.audit.proof(caller, entry);
      return proof.ok ? ok(json(proof.value)) : proof;
    },
  }),
];
