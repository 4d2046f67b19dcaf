// The audit trail, and the log over it.
import { sequence, tell } from "./audit-log.ts";
import { type Asker, GENERAL, ID, JSON_200, type Row } from "./header-rows.ts";
import type { TestServer } from "./http.ts";

/** The path of something that is there only once the log has begun. */
export const onceLogged =
  (path: string) =>
  async ({ server }: { readonly server: TestServer }): Promise<string> => {
    await tell(server, 1);
    await sequence(server);
    return path;
  };

export const anEntryProved = async ({ server }: { readonly server: TestServer }): Promise<string> => {
  await tell(server, 1);
  await sequence(server);
  const [first] = await server.store.auditLog.entries(0, 1);
  return `/v1/admin/audit-entries/${first?.entry.id}/proof`;
};

export const AUDIT_ROWS: readonly Row[] = [
  {
    operation: "GET /v1/admin/audit-entries",
    as: "admin",
    limits: GENERAL,
    success: JSON_200,
    invalid: { query: "?limit=0" },
    fails: true,
  },
  {
    operation: "GET /v1/admin/audit-entries/{id}/proof",
    as: "admin",
    limits: GENERAL,
    path: (asker: Asker) => anEntryProved(asker),
    success: JSON_200,
    nowhere: `/v1/admin/audit-entries/${ID}/proof`,
    fails: true,
  },
  {
    operation: "GET /audit/checkpoint",
    as: "nobody",
    limits: [],
    path: onceLogged("/audit/checkpoint"),
    success: { status: 200, kind: "text", headers: { "cache-control": "public, max-age=2" } },
    fails: true,
  },
  {
    operation: "GET /audit/keys",
    as: "nobody",
    limits: [],
    success: { status: 200, kind: "text", headers: { "cache-control": "public, max-age=300" } },
    fails: true,
  },
  {
    operation: "GET /audit/tile/{tile}",
    as: "nobody",
    limits: [],
    path: onceLogged("/audit/tile/0/000.p/1"),
    success: {
      status: 200,
      kind: "bytes",
      headers: { "cache-control": "public, max-age=31536000, immutable" },
    },
    nowhere: "/audit/tile/5/000",
    fails: true,
  },
];
