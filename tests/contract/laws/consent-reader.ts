import { beforeAll, describe, expect, test } from "bun:test";
import type { SubjectId } from "../../../src/domain/shared/ids.ts";
import { id, ids, insert, json, NOON, record } from "../../support/records.ts";
import { harness } from "../harness.ts";
import type { StoreKind } from "../stores.ts";

export const consentReaderLaws = (kind: StoreKind): void => {
  const h = harness(kind);
  describe("consent reader", () => {
    const [ada, grace] = [record("subjects"), record("subjects")];
    const ofAda = [3, 1, 12, 2].map((sequence) => record("consents", { subject_id: ada.id, sequence }));
    const ofGrace = record("consents", { subject_id: grace.id, sequence: 40, gpc: true });
    beforeAll(() =>
      h.given(
        ...[ada, grace].map((row) => ({ op: "insert", into: "subjects", row }) as const),
        ...[...ofAda, ofGrace].map((row) => ({ op: "insert", into: "consents", row }) as const),
      ),
    );
    test("finds the latest, which is the highest sequence and not the last stored", async () => {
      expect(await h.readers().consents.latest(ada.id)).toEqual(ofAda[2] as (typeof ofAda)[0]);
      expect(await h.readers().consents.latest(grace.id)).toEqual(ofGrace);
      expect(await h.readers().consents.latest(ids.subject())).toBeNull();
    });
    test("finds one by id", async () => {
      expect(await h.readers().consents.byId(ofGrace.id)).toEqual(ofGrace);
      expect(await h.readers().consents.byId(id())).toBeNull();
    });
    test("tells the history newest first, page by page", async () => {
      const { consents } = h.readers();
      const sequences = async (before: number | null, limit: number) =>
        (await consents.history(ada.id, before, limit)).map((each) => each.sequence);
      expect(await sequences(null, 10)).toEqual([12, 3, 2, 1]);
      expect(await sequences(null, 2)).toEqual([12, 3]);
      expect(await sequences(3, 2)).toEqual([2, 1]);
      expect(await sequences(1, 2)).toEqual([]);
    });
  });

  describe("what a check rests on", () => {
    const [ada, grace, silent] = [record("subjects"), record("subjects"), record("subjects")];
    const state = (granted: boolean) => json({ marketing: { granted } });
    const basisOf = (subject: SubjectId) => h.readers().consents.basis(subject);
    const publish = (policy_version: number, material_version: number, status: "draft" | "published") =>
      h.given(insert("consent_policies", { policy_version, material_version, status }));

    test("is the newest record, what sets her aside and the published policy, together", async () => {
      await h.given(
        ...[ada, grace, silent].map((row) => ({ op: "insert", into: "subjects", row }) as const),
        ...[3, 12, 7].map((sequence) =>
          insert("consents", { subject_id: ada.id, sequence, purpose_states: state(sequence === 12) }),
        ),
        insert("consents", { subject_id: grace.id, sequence: 99, gpc: true, purpose_states: state(false) }),
      );
      const ofAda = { purpose_states: state(true), gpc: false };
      expect(await basisOf(ada.id)).toEqual({ set_aside: null, latest: ofAda, material_version: null });
      expect(await basisOf(grace.id)).toMatchObject({ latest: { purpose_states: state(false), gpc: true } });
      const nothing = { set_aside: null, latest: null, material_version: null };
      expect(await basisOf(silent.id)).toEqual(nothing);
      expect(await basisOf(ids.subject())).toEqual(nothing);
    });

    test("asked of many at once, each is answered for herself", async () => {
      const many = Array.from({ length: 70 }, () => record("subjects"));
      await h.given(
        ...many.map((row) => insert("subjects", row)),
        ...many.map(({ id: subject_id }, number) =>
          insert("consents", {
            subject_id,
            sequence: 1,
            gpc: number % 3 === 0,
            purpose_states: state(number % 2 === 0),
          }),
        ),
      );
      const asked = [
        ...many.map((row) => row.id),
        ids.subject(),
        "no\0id" as SubjectId,
        ...many.slice(0, 5).map((row) => row.id),
      ];
      const latest = (await Promise.all(asked.map(basisOf))).map(({ latest }) => latest);
      const expected = many.map((_, number) => ({
        purpose_states: state(number % 2 === 0),
        gpc: number % 3 === 0,
      }));
      expect(latest).toEqual([...expected, null, null, ...expected.slice(0, 5)]);
    });

    test("asked after a commit was answered, it is seen, also while an older question waits", async () => {
      const row = record("subjects");
      await h.given(insert("subjects", row));
      const older = basisOf(row.id);
      await h.given(insert("consents", { subject_id: row.id, sequence: 1, purpose_states: state(true) }));
      expect((await basisOf(row.id)).latest).toEqual({ purpose_states: state(true), gpc: false });
      expect((await older).set_aside).toBeNull();
    });

    test("moves with the next record, the status and the next publication, and not with a draft", async () => {
      await publish(1, 1, "published");
      await publish(2, 1, "published");
      await publish(3, 3, "draft");
      expect(await basisOf(ada.id)).toMatchObject({ material_version: 1 });
      await publish(10, 7, "published");
      await publish(9, 9, "published");
      await h.given(
        insert("consents", { subject_id: ada.id, sequence: 13, purpose_states: state(false) }),
        { op: "update", in: "subjects", id: ada.id, version: 1, set: { status: "restricted" } },
        { op: "update", in: "subjects", id: silent.id, version: 1, set: { status: "erased" } },
      );
      expect(await basisOf(ada.id)).toEqual({
        set_aside: "restricted",
        latest: { purpose_states: state(false), gpc: false },
        material_version: 7,
      });
      expect(await basisOf(silent.id)).toEqual({ set_aside: "erased", latest: null, material_version: 7 });
    });
  });

  describe("consent policy reader", () => {
    const h = harness(kind);
    test("finds the published policy with the highest version, and drafts by version only", async () => {
      const { consentPolicies } = h.readers();
      const policy = (policy_version: number, status: "draft" | "published") =>
        record("consent_policies", {
          policy_version,
          status,
          published_at: status === "draft" ? null : NOON,
        });
      const draft = policy(31, "draft");
      await h.given({ op: "insert", into: "consent_policies", row: draft });
      expect(await consentPolicies.current()).toBeNull();
      const rows = [policy(30, "published"), policy(29, "published"), policy(22, "published")];
      await h.given(...rows.map((row) => ({ op: "insert", into: "consent_policies", row }) as const));
      expect(await consentPolicies.current()).toEqual(rows[0] as (typeof rows)[0]);
      expect(await consentPolicies.byVersion(31)).toEqual(draft);
      expect(await consentPolicies.byVersion(23)).toBeNull();
      await h.given({
        op: "update",
        in: "consent_policies",
        id: draft.id,
        version: 1,
        set: { status: "published" },
      });
      expect((await consentPolicies.current())?.policy_version).toBe(31);
    });
    test("lists drafts and published ones, newest first, page by page", async () => {
      const { consentPolicies } = h.readers();
      await h.given(insert("consent_policies", { policy_version: 100, status: "draft" }));
      const versions = async (before: number | null, limit: number) =>
        (await consentPolicies.list(before, limit)).map((each) => each.policy_version);
      expect(await versions(null, 10)).toEqual([100, 31, 30, 29, 22]);
      expect(await versions(null, 2)).toEqual([100, 31]);
      expect(await versions(31, 2)).toEqual([30, 29]);
      expect(await versions(22, 2)).toEqual([]);
    });
  });
};
