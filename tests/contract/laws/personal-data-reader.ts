import { describe, expect, test } from "bun:test";
import { type BreachRisk, isOpen } from "../../../src/domain/breaches/breach.ts";
import { plus } from "../../../src/domain/shared/instant.ts";
import { WALKED_COLLECTIONS } from "../../../src/ports/personal-data-reader.ts";
import { asWrite, id, insert, NOON, record } from "../../support/records.ts";
import { harness } from "../harness.ts";
import type { StoreKind } from "../stores.ts";

export const personalDataReaderLaws = (kind: StoreKind): void => {
  describe("personal data reader", () => {
    const h = harness(kind);

    test.each([...WALKED_COLLECTIONS])(
      "walks through a person's %s and nobody else's",
      async (collection) => {
        const [ada, bob] = [record("subjects"), record("subjects")];
        const of = (subject_id: typeof ada.id) => record(collection, { subject_id });
        const hers = Array.from({ length: 5 }, () => of(ada.id));
        await h.given(
          { op: "insert", into: "subjects", row: ada },
          { op: "insert", into: "subjects", row: bob },
          ...[hers[3], of(bob.id), hers[0], hers[4], hers[1], of(bob.id), hers[2]].map((row) =>
            asWrite({ op: "insert", into: collection, row: row ?? {} }),
          ),
        );
        const ordered = hers.toSorted((a, b) => (a.id < b.id ? -1 : 1));
        const { personalData } = h.readers();
        expect(await personalData.ofSubject(collection, ada.id, null, 100)).toEqual(ordered);
        expect(await personalData.ofSubject(collection, ada.id, ordered[1]?.id ?? "", 2)).toEqual(
          ordered.slice(2, 4),
        );
        expect(await personalData.ofSubject(collection, record("subjects").id, null, 100)).toEqual([]);
      },
    );
  });

  describe("signed report reader", () => {
    const h = harness(kind);
    test("lists one kind, newest first", async () => {
      const reports = [1, 2, 3].map(() => record("signed_reports"));
      const drill = record("signed_reports", { kind: "drill" });
      await h.given(
        ...[...reports, drill].map((row) => ({ op: "insert", into: "signed_reports", row }) as const),
      );
      const newest = reports.toReversed();
      const { signedReports } = h.readers();
      expect(await signedReports.list("erasure", null, 10)).toEqual(newest);
      expect(await signedReports.list("erasure", newest[0]?.id ?? null, 1)).toEqual(newest.slice(1, 2));
      expect(await signedReports.list("drill", null, 10)).toEqual([drill]);
    });
  });

  describe("breach reader", () => {
    const h = harness(kind);
    test("lists the newest first, page by page", async () => {
      const rows = [1, 2, 3].map(() => record("breaches", { risk: "high", persons: 1_000_000_000 }));
      await h.given(...rows.map((row) => ({ op: "insert", into: "breaches", row }) as const));
      const newest = rows.toReversed();
      const { breaches } = h.readers();
      expect(await breaches.list(null, 10)).toEqual(newest);
      expect(await breaches.list(newest[0]?.id ?? null, 1)).toEqual(newest.slice(1, 2));
      expect(await breaches.byId(newest[0]?.id ?? id())).toEqual(newest[0] ?? null);
      expect(await breaches.byId(id())).toBeNull();
    });
    test("finds what is open as the domain judges it, the one known for longest first", async () => {
      const { breaches } = h.readers();
      const before = (await breaches.list(null, 100)).map((row) => row.id);
      const rows = [null, "unlikely", "risk", "high"].flatMap((risk, a) =>
        [null, NOON].flatMap((notified_at, b) =>
          [null, NOON].flatMap((persons_told_at, c) =>
            [false, true].flatMap((data_unintelligible, d) =>
              ([null, "risk_removed", "disproportionate"] as const).map((persons_exemption, e) =>
                record("breaches", {
                  risk: risk as BreachRisk | null,
                  notified_at,
                  persons_told_at,
                  data_unintelligible,
                  persons_exemption,
                  aware_at: plus(NOON, -(((((a * 2 + b) * 2 + c) * 2 + d) * 3 + e) % 7)),
                }),
              ),
            ),
          ),
        ),
      );
      await h.given(...rows.map((row) => ({ op: "insert", into: "breaches", row }) as const));
      const open = rows
        .filter(isOpen)
        .toSorted((one, other) => one.aware_at - other.aware_at || (one.id < other.id ? -1 : 1));
      const found = (await breaches.open(1_000)).filter((row) => !before.includes(row.id));
      expect(found).toEqual(open);
      expect(open.length).toBeGreaterThan(20);
      expect(await breaches.open(2)).toEqual((await breaches.open(1_000)).slice(0, 2));
    });
  });

  describe("legal hold reader", () => {
    const h = harness(kind);
    test("tells what stands, of whom, and what was lifted only where all are listed", async () => {
      const people = [record("subjects"), record("subjects")] as const;
      const [ada, bob] = [people[0].id, people[1].id];
      await h.given(...people.map((row) => ({ op: "insert", into: "subjects", row }) as const));
      const hers = record("legal_holds", { subject_id: ada });
      const lifted = record("legal_holds", { subject_id: ada, lifted_at: NOON });
      const ofRecord = record("legal_holds", { subject_id: null, record_id: id<never>() });
      await h.given(
        ...[hers, lifted, ofRecord].map((row) => ({ op: "insert", into: "legal_holds", row }) as const),
      );
      const { legalHolds } = h.readers();
      expect(await legalHolds.standing()).toEqual([hers, ofRecord]);
      expect(await legalHolds.ofSubject(ada)).toEqual([hers]);
      expect(await legalHolds.ofSubject(bob)).toEqual([]);
      const keeping = (subjects: readonly (typeof ada)[], records: readonly string[]) =>
        legalHolds.keeping({ subjects, records });
      expect(await keeping([ada, bob], [])).toEqual([hers]);
      expect(await keeping([bob], [id(), ofRecord.record_id ?? ""])).toEqual([ofRecord]);
      expect(await keeping([bob], [])).toEqual([]);
      const comment = record("comments", { subject_id: bob });
      const session = record("sessions", { subject_id: bob });
      const his = [comment.id, session.id].map((record_id) =>
        record("legal_holds", { subject_id: null, record_id }),
      );
      await h.given(
        { op: "insert", into: "comments", row: comment },
        { op: "insert", into: "sessions", row: session },
        ...his.map((row) => ({ op: "insert", into: "legal_holds", row }) as const),
      );
      expect(await legalHolds.onRecordsOf(bob)).toEqual(his);
      expect(await legalHolds.onRecordsOf(ada)).toEqual([]);
      expect(await legalHolds.guardVersion()).toBe(0);
      await h.given(insert("guards", { id: "holds" }));
      expect(await legalHolds.guardVersion()).toBe(1);
      expect((await legalHolds.list(null, 10)).slice(0, 3)).toEqual([hers, lifted, ofRecord]);
      expect(await legalHolds.list(hers.id, 1)).toEqual([lifted]);
    });
  });
};
