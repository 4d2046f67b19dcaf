import { describe, expect, test } from "bun:test";
import { makeSealer } from "../../src/adapters/crypto/sealer.ts";
import { groupCommit } from "../../src/adapters/group-commit/group-commit.ts";
import { emptyContents } from "../../src/adapters/memory/contents.ts";
import { openMemory } from "../../src/adapters/memory/open-memory.ts";
import { ANONYMOUS, type Caller } from "../../src/app/caller.ts";
import { decideAndCommit } from "../../src/app/commit.ts";
import { openAnswer } from "../../src/app/idempotency/remember-answer.ts";
import { NO_ORIGIN } from "../../src/domain/anonymization/pseudonym.ts";
import type { IdempotencyId } from "../../src/domain/idempotency/idempotent-answer.ts";
import { ok } from "../../src/domain/shared/result.ts";
import { changes, insert, NOON, record } from "../support/records.ts";
import { fakeClock } from "./stage.ts";

const ID = "a".repeat(64) as IdempotencyId;

const setUp = (meanwhile: (contents: ReturnType<typeof emptyContents>) => void) => {
  const contents = emptyContents();
  const memory = openMemory(contents);
  const sealer = makeSealer({ current: "a secret key of at least thirty-two bytes", previous: null });
  const caller: Caller = {
    principal: ANONYMOUS,
    origin: NO_ORIGIN,
    gpc: false,
    idempotency: { id: ID, fingerprint: "f", replaces: 1, answerOf: () => "the answer" },
  };
  contents.tables.idempotent_answers.put(record("idempotent_answers", { id: ID, expires_at: NOON }));
  let decisions = 0;
  const outcome = decideAndCommit(
    { readers: memory.readers, unitOfWork: groupCommit(memory.groups), sealer, clock: fakeClock(NOON + 1) },
    caller,
    async () => {
      decisions += 1;
      if (decisions === 1) meanwhile(contents);
      return ok({ changes: changes([insert("keys")]), value: "done" });
    },
  );
  const stored = () => {
    const row = contents.tables.idempotent_answers.get(ID);
    return row?.answer === null || row === null ? null : openAnswer(sealer, ID, row.answer);
  };
  return { outcome, stored, effects: () => [...contents.tables.keys.values()].length };
};

describe("an answer that takes the place of an expired one", () => {
  test("is kept when that one was encrypted anew meanwhile", async () => {
    const { outcome, stored, effects } = setUp(({ tables }) => {
      const expired = tables.idempotent_answers.get(ID);
      if (expired !== null) tables.idempotent_answers.put({ ...expired, version: 2 });
    });
    expect(await outcome).toEqual(ok("done"));
    expect([stored(), effects()]).toEqual(["the answer", 1]);
  });

  test("is kept when that one was deleted meanwhile", async () => {
    const { outcome, stored, effects } = setUp(({ tables }) => tables.idempotent_answers.remove(ID));
    expect(await outcome).toEqual(ok("done"));
    expect([stored(), effects()]).toEqual(["the answer", 1]);
  });

  test("is refused, and its effect with it, when another instance has answered meanwhile", async () => {
    const { outcome, stored, effects } = setUp(({ tables }) => {
      const answered = record("idempotent_answers", { id: ID });
      tables.idempotent_answers.put({ ...answered, version: 2 });
    });
    expect(await outcome).toMatchObject({ ok: false, error: { type: "idempotency-key-in-flight" } });
    expect([stored(), effects()]).toEqual([null, 0]);
  });
});
