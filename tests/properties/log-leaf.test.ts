// Leaves of entries are written without the general writer of canonical JSON: this holds them to it.
import { expect, test } from "bun:test";
import fc from "fast-check";
import type { AuditEntry } from "../../src/domain/audit/audit-entry.ts";
import { commitmentsOf, leafData } from "../../src/domain/audit/log-leaf.ts";
import { canonicalJson } from "../../src/domain/shared/canonical-json.ts";
import { sha256 } from "../support/merkle.ts";
import { anEntry } from "../support/records.ts";

const text = fc.string({ unit: "binary" });
const trace = fc.option(text);

const entries = fc
  .record({
    created_at: fc.maxSafeNat(),
    retention_until: fc.option(fc.maxSafeNat()),
    action: text,
    resource_type: text,
    resource_id: trace,
    user_id_hash: trace,
    ip_address_hash: trace,
    user_agent_hash: trace,
    details: trace,
  })
  .map(
    (fields): AuditEntry => ({ ...anEntry(), salts: "one.two", commitments: null, ...fields }) as AuditEntry,
  );

const committed = (salt: string, value: string): string =>
  Buffer.from(sha256(new TextEncoder().encode(salt + value))).toString("base64url");

test("a leaf and what it commits to are canonical JSON, whatever an entry holds", () => {
  fc.assert(
    fc.property(entries, (entry) => {
      const { user_id_hash, ip_address_hash, user_agent_hash, resource_id, details } = entry;
      const identity = committed(
        "one",
        canonicalJson({ user_id_hash, ip_address_hash, user_agent_hash, resource_id }),
      );
      const payload = committed("two", canonicalJson({ details }));
      const { id, created_at, action, resource_type, retention_until } = entry;
      const said = { v: 1, id, created_at, action, resource_type, retention_until };
      expect(commitmentsOf(sha256, entry)).toEqual({ identity, payload });
      expect(leafData(entry, { identity, payload })).toBe(canonicalJson({ ...said, identity, payload }));
      expect(leafData(entry, null)).toBe(canonicalJson({ ...said, identity: null, payload: null }));
    }),
    { numRuns: 1_000 },
  );
});
