import { beforeAll, describe, expect, test } from "bun:test";
import type {
  PrivacyRequest,
  RequestState,
  RequestType,
} from "../../../src/domain/privacy-requests/privacy-request.ts";
import type { Instant } from "../../../src/domain/shared/instant.ts";
import { DAY, plus } from "../../../src/domain/shared/instant.ts";
import { id, ids, NOON, record } from "../../support/records.ts";
import { harness } from "../harness.ts";
import type { StoreKind } from "../stores.ts";

const at = (days: number): Instant => plus(NOON, days * DAY);

const idsOf = (rows: readonly PrivacyRequest[]): readonly string[] => rows.map((row) => row.id);

export const privacyRequestReaderLaws = (kind: StoreKind): void => {
  const h = harness(kind);
  describe("privacy request reader", () => {
    const [ada, grace] = [record("subjects"), record("subjects")];
    const request = (over: Partial<PrivacyRequest>) =>
      record("privacy_requests", { wakes_at: null, ...over });
    const access = request({ subject_id: ada.id, due_at: at(30), wakes_at: at(23) });
    const erasure = request({
      subject_id: ada.id,
      type: "erasure",
      state: "scheduled",
      due_at: at(20),
      effective_at: at(19),
      wakes_at: at(20),
    });
    const running = request({
      subject_id: grace.id,
      type: "erasure",
      state: "running",
      due_at: at(10),
      effective_at: at(9),
    });
    const sameDay = request({ subject_id: grace.id, type: "objection", due_at: at(20) });
    const answered = request({
      subject_id: ada.id,
      type: "erasure",
      state: "completed",
      due_at: at(1),
      effective_at: at(1),
      closed_at: at(0),
    });
    const unknown = request({
      state: "awaiting_identity",
      channel: "operator",
      due_at: at(25),
      suspended_since: at(1),
    });
    const all = [access, erasure, running, sameDay, answered, unknown];
    beforeAll(() =>
      h.given(
        ...[ada, grace].map((row) => ({ op: "insert", into: "subjects", row }) as const),
        ...all.map((row) => ({ op: "insert", into: "privacy_requests", row }) as const),
      ),
    );
    const inbox = async (
      state: RequestState | null,
      type: RequestType | null,
      after: PrivacyRequest | null = null,
      limit = 10,
    ) => idsOf(await h.readers().privacyRequests.inbox({ state, type }, after, limit));

    test("finds one by id", async () => {
      expect(await h.readers().privacyRequests.byId(erasure.id)).toEqual(erasure);
      expect(await h.readers().privacyRequests.byId(unknown.id)).toEqual(unknown);
      expect(await h.readers().privacyRequests.byId(id())).toBeNull();
    });
    test("finds a person's, answered or not, oldest first and page by page", async () => {
      const { privacyRequests } = h.readers();
      expect(idsOf(await privacyRequests.ofSubject(ada.id, null, 10))).toEqual([
        access.id,
        erasure.id,
        answered.id,
      ]);
      expect(idsOf(await privacyRequests.ofSubject(ada.id, access.id, 1))).toEqual([erasure.id]);
      expect(await privacyRequests.ofSubject(ids.subject(), null, 10)).toEqual([]);
    });
    test("shows the inbox by date due, equal dates by id, without what is answered", async () => {
      const order = [running, erasure, sameDay, unknown, access].map((row) => row.id);
      expect(await inbox(null, null)).toEqual(order);
      expect(await inbox(null, null, null, 2)).toEqual(order.slice(0, 2));
      expect(await inbox(null, null, erasure, 2)).toEqual(order.slice(2, 4));
      expect(await inbox(null, null, access)).toEqual([]);
    });
    test("shows one state, one type, or both; answered ones where their state is asked for", async () => {
      expect(await inbox(null, "erasure")).toEqual([running.id, erasure.id]);
      expect(await inbox("open", null)).toEqual([sameDay.id, access.id]);
      expect(await inbox("open", "access", sameDay)).toEqual([access.id]);
      expect(await inbox("completed", "erasure")).toEqual([answered.id]);
      expect(await inbox("refused", null)).toEqual([]);
    });
    test("finds what has to be looked at, at its moment and not before", async () => {
      const { privacyRequests } = h.readers();
      expect(await privacyRequests.waking(plus(at(20), -1), 10)).toEqual([]);
      expect(await privacyRequests.waking(at(20), 10)).toEqual([erasure]);
      expect(await privacyRequests.waking(at(99), 10)).toEqual([erasure, access]);
      expect(await privacyRequests.waking(at(99), 1)).toEqual([erasure]);
    });
    test("counts what is late, and neither what is answered nor what waits for its person", async () => {
      const { privacyRequests } = h.readers();
      const [first, ...later] = [9, 10, 20, 25, 30].map((day) => privacyRequests.late(plus(at(day), 1), 10));
      expect([await first, ...(await Promise.all(later))]).toEqual([0, 1, 3, 3, 4]);
      expect(await privacyRequests.late(at(10), 10)).toBe(0);
      expect(await privacyRequests.late(at(99), 2)).toBe(2);
    });
    test("finds erasures whose date has come, scheduled or running", async () => {
      const { privacyRequests } = h.readers();
      expect(await privacyRequests.dueErasures(plus(at(9), -1), 10)).toEqual([]);
      expect(await privacyRequests.dueErasures(at(9), 10)).toEqual([running]);
      expect(await privacyRequests.dueErasures(at(99), 10)).toEqual([running, erasure]);
      expect(await privacyRequests.dueErasures(at(99), 1)).toEqual([running]);
    });
  });
};
