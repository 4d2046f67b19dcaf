import { describe, expect, test } from "bun:test";
import { BEFORE_ALL, type DuePosition } from "../../../src/domain/retention/due-records.ts";
import { NO_COUNTS } from "../../../src/domain/retention/due-tally.ts";
import { DAY, type Instant, plus } from "../../../src/domain/shared/instant.ts";
import type { BatchOutcome } from "../../../src/ports/retention-store.ts";
import { changes, NOON, record, reply } from "../../support/records.ts";
import { isThere } from "../finders.ts";
import { harness } from "../harness.ts";
import type { StoreKind } from "../stores.ts";
import { batch, DUE, goThrough, put } from "./due-batches.ts";

const LATER = plus(DUE, 1);

export const retentionStoreLaws = (kind: StoreKind): void => {
  describe("retention store", () => {
    describe("what is due", () => {
      const h = harness(kind);
      test("goes: at the date itself, whatever else it says, and nothing that is not due", async () => {
        const owner = record("subjects", { retention_until: null });
        const mine = { subject_id: owner.id };
        const due = [plus(NOON, -DAY), NOON, NOON, DUE].map((retention_until) =>
          record("sessions", { ...mine, retention_until }),
        );
        const kept = [LATER, null].map((retention_until) => record("sessions", { ...mine, retention_until }));
        await h.given(put("subjects", owner), ...[...kept, ...due].map((row) => put("sessions", row)));
        const counts = await goThrough(h, "sessions", 2);
        expect(counts).toEqual({ ...NO_COUNTS, deleted: 4 });
        for (const row of due) expect(await h.readers().sessions.byId(row.id)).toBeNull();
        for (const row of kept) expect((await h.readers().sessions.byId(row.id))?.session).toEqual(row);
        expect(await goThrough(h, "sessions")).toEqual(NO_COUNTS);
      });

      test("goes by date, then by id, a batch at a time, and tells where the next one begins", async () => {
        const links = [3, 1, 2, 1, 3].map((day) =>
          record("sign_in_links", { retention_until: plus(NOON, day) }),
        );
        await h.given(...links.map((row) => put("sign_in_links", row)));
        const ordered = links.toSorted(
          (a, b) => (a.retention_until ?? 0) - (b.retention_until ?? 0) || (a.id < b.id ? -1 : 1),
        );
        const first = await h
          .store()
          .retention.apply(batch("sign_in_links", { limit: 2 }), () => changes([]));
        expect(first).toMatchObject({ ok: true, value: { outcome: { counts: { deleted: 2 } } } });
        const gone = await Promise.all(ordered.map((row) => isThere(h, "sign_in_links", row.id)));
        expect(gone).toEqual([false, false, true, true, true]);
        const position = first.ok ? first.value.outcome.after : null;
        expect(position).toEqual({
          retention_until: ordered[1]?.retention_until ?? NOON,
          id: ordered[1]?.id ?? "",
        });
        // What is behind that place, and not what is before it.
        const early = record("sign_in_links", { retention_until: plus(NOON, 0) });
        await h.given(put("sign_in_links", early));
        await h.store().retention.apply(batch("sign_in_links", { after: position }), () => changes([]));
        expect(await isThere(h, "sign_in_links", early.id)).toBe(true);
        expect(await goThrough(h, "sign_in_links")).toEqual({ ...NO_COUNTS, deleted: 1 });
      });

      test("goes together with what tells of it, or not at all", async () => {
        const mail = record("outgoing_mails", { retention_until: NOON });
        const key = record("system_config");
        await h.given(put("outgoing_mails", mail));
        const told: BatchOutcome[] = [];
        const refused = await h.store().retention.apply(batch("outgoing_mails"), (outcome) => {
          told.push(outcome);
          return changes([
            put("system_config", key),
            { op: "delete", from: "keys", id: "not there", version: 1 },
          ]);
        });
        expect(refused).toEqual({ ok: false, error: { type: "conflict" } });
        expect(told).toEqual([{ counts: { ...NO_COUNTS, deleted: 1 }, busy: 0, after: null }]);
        expect(await h.readers().outgoingMails.byId(mail.id)).toEqual(mail);
        expect(await h.readers().configuration.byKey(key.key)).toBeNull();
        const written = changes([put("system_config", key)]);
        expect((await h.store().retention.apply(batch("outgoing_mails"), () => written)).ok).toBe(true);
        expect(await h.readers().outgoingMails.byId(mail.id)).toBeNull();
        expect(await h.readers().configuration.byKey(key.key)).toEqual(key);
        expect(await h.readers().audit.byId(written.audit[0].id)).toMatchObject({ id: written.audit[0].id });
        const moved = changes([], [{ in: "system_config", id: key.key, version: 2 }]);
        expect((await h.store().retention.apply(batch("outgoing_mails"), () => moved)).ok).toBe(false);
      });

      test("leaves a conflict to whoever decided on it", async () => {
        const mail = record("outgoing_mails", { retention_until: NOON });
        await h.given(put("outgoing_mails", mail));
        await goThrough(h, "outgoing_mails");
        const late = changes([
          { op: "update", in: "outgoing_mails", id: mail.id, version: 1, set: { attempts: 1 } },
        ]);
        expect(await h.commit(late)).toBe("conflict");
        expect(await h.commit(changes([], [{ in: "outgoing_mails", id: mail.id, version: 1 }]))).toBe(
          "conflict",
        );
      });
    });

    describe("what is held or restricted", () => {
      const h = harness(kind);
      test("stays, and is counted by why; what was released goes", async () => {
        const [free, held, restricted] = [
          record("subjects", { retention_until: null }),
          record("subjects", { retention_until: null }),
          record("subjects", { retention_until: null, status: "restricted" }),
        ] as const;
        const consentOf = (subject: typeof free, sequence = 1) =>
          record("consents", { subject_id: subject.id, sequence, retention_until: NOON });
        const [goes, stays, named] = [consentOf(free), consentOf(held), consentOf(free, 2)] as const;
        const stored = consentOf(restricted);
        const holds = [
          record("legal_holds", { subject_id: held.id }),
          record("legal_holds", { subject_id: null, record_id: named.id }),
          record("legal_holds", { subject_id: free.id, lifted_at: NOON }),
        ];
        await h.given(
          ...[free, held, restricted].map((row) => put("subjects", row)),
          ...[goes, stays, named, stored].map((row) => put("consents", row)),
          ...holds.map((row) => put("legal_holds", row)),
        );
        expect(await goThrough(h, "consents", 1)).toEqual({
          ...NO_COUNTS,
          deleted: 1,
          kept: { ...NO_COUNTS.kept, held: 2, restricted: 1 },
        });
        for (const row of [stays, named, stored])
          expect(await h.readers().consents.byId(row.id)).toEqual(row);
        expect(await h.readers().consents.byId(goes.id)).toBeNull();
        await h.given(
          ...holds.slice(0, 2).map(
            (row) =>
              ({
                op: "update",
                in: "legal_holds",
                id: row.id,
                version: 1,
                set: { lifted_at: NOON },
              }) as const,
          ),
          { op: "update", in: "subjects", id: restricted.id, version: 1, set: { status: "active" } },
        );
        expect(await goThrough(h, "consents")).toEqual({ ...NO_COUNTS, deleted: 3 });
      });
    });

    describe("foreseeing and counting", () => {
      const h = harness(kind);
      test("says what would go, changes nothing, and counts out of the index, page by page", async () => {
        const owner = record("subjects", { retention_until: null });
        const root = record("comments", { subject_id: owner.id, retention_until: NOON });
        const rows = [
          root,
          reply(root, { subject_id: owner.id, retention_until: plus(DUE, 7) }),
          ...[1, 1, 1, 2].map((at) =>
            record("comments", { subject_id: owner.id, retention_until: plus(NOON, at) }),
          ),
        ];
        await h.given(put("subjects", owner), ...rows.map((row) => put("comments", row)));
        const { outcome } = await h.store().retention.rehearse(batch("comments"));
        expect(outcome).toEqual({ counts: { ...NO_COUNTS, deleted: 4, blanked: 1 }, busy: 0, after: null });
        for (const row of rows) expect((await h.readers().comments.byId(row.id))?.comment).toEqual(row);
        const countTo = async (until: Instant, limit: number) => {
          let after: DuePosition | null = BEFORE_ALL;
          let records = 0;
          while (after !== null) {
            const page = await h.store().retention.count("comments", after, until, limit);
            records += page.records;
            after = page.after;
          }
          return records;
        };
        for (const limit of [1, 2, 3, 5, 100]) {
          expect(await countTo(DUE, limit)).toBe(5);
          expect(await countTo(plus(NOON, 1), limit)).toBe(4);
          expect(await countTo(plus(DUE, 7), limit)).toBe(6);
          expect(await countTo(plus(NOON, -1), limit)).toBe(0);
        }
      });
    });
  });
};
