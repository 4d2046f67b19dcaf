import { describe, expect, test } from "bun:test";
import { eraseSubject } from "../../src/app/erasure/erase-subject.ts";
import { DataRetentionPeriod } from "../../src/domain/retention/retention-period.ts";
import type { Changes } from "../../src/domain/shared/changes.ts";
import { type Instant, plusDays } from "../../src/domain/shared/instant.ts";
import { betrayals, CANARY } from "../support/canary.ts";
import { makeScene } from "../support/erasable.ts";
import { accepted, refused, testService } from "../support/service.ts";

describe("legal holds", () => {
  test("are placed and lifted by admins alone, and stay on the list", async () => {
    const service = await testService();
    const { legalHolds } = service.application;
    const admin = await service.signIn("root@example.org", "admin");
    const somebody = await service.signIn("somebody@example.org");
    const on = service.deps.ids.subject();
    const input = { scope: "subject", on, reason: "a claim" } as const;
    expect(refused(await legalHolds.place(somebody.caller, input))).toBe("permission-missing");
    expect(refused(await legalHolds.place(admin.caller, { ...input, reason: " " }))).toBe("invalid-input");
    const hold = accepted(await legalHolds.place(admin.caller, input));
    expect(hold).toMatchObject({ subject_id: on, record_id: null, lifted_at: null });
    expect(refused(await legalHolds.lift(somebody.caller, hold.id))).toBe("permission-missing");
    accepted(await legalHolds.lift(admin.caller, hold.id));
    accepted(await legalHolds.lift(admin.caller, hold.id));
    expect(refused(await legalHolds.lift(admin.caller, service.deps.ids.next()))).toBe("not-found");
    const { items } = accepted(await legalHolds.list(admin.caller, { limit: 20, cursor: null }));
    expect(items.map(({ id }) => id)).toEqual([hold.id]);
    expect(items[0]?.lifted_at).not.toBeNull();
    const kept = await service.deps.readers.legalHolds.byId(hold.id);
    expect(kept?.retention_until).toBe(plusDays(kept?.lifted_at as Instant, DataRetentionPeriod.USER_DATA));
  });

  test("on any record of hers, placed between the question and the commit, stops the batch", async () => {
    const service = await testService();
    const { her } = await makeScene(service);
    const admin = await service.signIn("root@example.org", "admin");
    const { readers, unitOfWork } = service.deps;
    for (const collection of ["sessions", "comment_reports"] as const) {
      const [record] = await readers.personalData.ofSubject(collection, her, null, 1);
      let placed = false;
      const deps = {
        ...service.deps,
        unitOfWork: {
          ...unitOfWork,
          commit: async (changes: Changes) => {
            if (!placed && changes.writes.some((write) => "id" in write && write.id === record?.id)) {
              placed = true;
              const input = { scope: "record", on: record?.id ?? "", reason: "a claim" } as const;
              accepted(await service.application.legalHolds.place(admin.caller, input));
            }
            return unitOfWork.commit(changes);
          },
        },
      };
      const outcome = await eraseSubject(deps)({ subject: her, comments: "remove_text" });
      expect([collection, placed, outcome.type]).toEqual([collection, true, "held"]);
      const left = await readers.personalData.ofSubject(collection, her, null, 10);
      expect(left.map(({ id }) => id)).toContain(record?.id as never);
      const [hold] = await readers.legalHolds.standing();
      if (hold !== undefined) accepted(await service.application.legalHolds.lift(admin.caller, hold.id));
    }
  });

  test.each([1, 2, 4, 6])(
    "placed while an erasure runs stops it before batch %i is stored",
    async (batch) => {
      const service = await testService();
      const { her } = await makeScene(service);
      const admin = await service.signIn("root@example.org", "admin");
      let asked = 0;
      const place = async (): Promise<boolean> => {
        asked += 1;
        if (asked === batch) {
          const input = { scope: "subject", on: her, reason: "a claim" } as const;
          accepted(await service.application.legalHolds.place(admin.caller, input));
        }
        return true;
      };
      const outcome = await eraseSubject(service.deps)({ subject: her, comments: "remove_text" }, place);
      expect(outcome.type).toBe("held");
      const comments = await service.deps.readers.personalData.ofSubject("comments", her, null, 10);
      const left = JSON.stringify(comments);
      expect(betrayals(left).length > 0).toBe(left.includes(CANARY.text));
      if (batch <= 4) expect(left).toContain(CANARY.text);
    },
  );
});
