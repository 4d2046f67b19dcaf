import { describe, expect, test } from "bun:test";
import { openMemoryLedger } from "../../src/adapters/memory/memory-ledger.ts";
import { catchUp } from "../../src/app/restoration/catch-up.ts";
import { openIdentity } from "../../src/app/vault.ts";
import type { Records } from "../../src/domain/personal-data/records.ts";
import { canonicalJson, type Json } from "../../src/domain/shared/canonical-json.ts";
import type { SubjectId } from "../../src/domain/shared/ids.ts";
import { DAY, MINUTE, plus } from "../../src/domain/shared/instant.ts";
import { LedgerBroken, type LedgerFact } from "../../src/ports/erasure-ledger.ts";
import { asking } from "../support/privacy-requests.ts";
import { changes, record } from "../support/records.ts";
import { accepted, NOON, type TestService, testService } from "../support/service.ts";

const BEFORE = plus(NOON, -DAY);
const TOLD = plus(NOON, -MINUTE * 10);

const state = (granted: boolean, decided_at = BEFORE): Json => ({
  granted,
  withdrawn: false,
  decided_at,
  policy_version: 1,
  expires_at: plus(NOON, 100 * DAY),
  gpc: false,
});

/** A person with a consent, a name and a comment, all of yesterday. */
const person = async (service: TestService, decidedAt = BEFORE) => {
  const old = { created_at: BEFORE, updated_at: BEFORE };
  const subject = record("subjects", old);
  const mine = { ...old, subject_id: subject.id };
  const name = record("identities", { ...mine, kind: "name", blind_index: null });
  const comment = record("comments", { ...mine, content: "as it was" });
  const consent = record("consents", {
    ...mine,
    purpose_states: canonicalJson({ analytics: state(true, decidedAt), marketing: state(true, decidedAt) }),
  });
  const committed = await service.deps.unitOfWork.commit(
    changes([
      { op: "insert", into: "subjects", row: subject },
      { op: "insert", into: "identities", row: name },
      { op: "insert", into: "comments", row: comment },
      { op: "insert", into: "consents", row: consent },
    ]),
  );
  expect(committed.ok).toBe(true);
  return { id: subject.id, comment };
};

const everyEntry = (service: TestService) => service.deps.readers.audit.list(null, 1_000);
const entriesOf = async (service: TestService, action: string) =>
  (await everyEntry(service)).filter((entry) => entry.action === action);

const replaying = async (service: TestService) => {
  const erased: { readonly subject: SubjectId; readonly comments: string }[] = [];
  const caughtUp = await catchUp(service.deps, async (subject, comments) => {
    erased.push({ subject, comments });
  });
  return { caughtUp, erased };
};

const tell = (service: TestService, ...facts: [LedgerFact, ...LedgerFact[]]) =>
  service.deps.ledger.append(facts);

describe("catching up with the ledger", () => {
  test("begins the ledger on a new database, and finds nothing to do afterwards", async () => {
    const service = await testService();
    expect((await replaying(service)).caughtUp).toBeNull();
    expect(await service.deps.readers.restorePoints.current()).not.toBeNull();
    expect((await replaying(service)).caughtUp).toBeNull();
    expect(await entriesOf(service, "restore_point.moved")).toHaveLength(1);
  });

  test("does again what the database has not heard of, for those concerned, and says so", async () => {
    const service = await testService();
    await replaying(service);
    const [erased, withdrew, objected, restricted, freed, rectified, other] = (await Promise.all(
      Array.from({ length: 7 }, () => person(service)),
    )) as [P, P, P, P, P, P, P];
    await tell(
      service,
      { kind: "restriction", subject: erased.id, at: TOLD },
      { kind: "erasure", subject: erased.id, at: TOLD, comments: "remove_text" },
      { kind: "withdrawal", subject: withdrew.id, at: TOLD, purposes: ["analytics"] },
      { kind: "objection", subject: objected.id, at: TOLD, purposes: ["marketing"] },
      { kind: "restriction", subject: restricted.id, at: TOLD },
      { kind: "restriction", subject: freed.id, at: TOLD },
      { kind: "unrestriction", subject: freed.id, at: TOLD },
      {
        kind: "rectification",
        subject: rectified.id,
        at: TOLD,
        identities: [{ kind: "name", value: "Ada King" }],
        comments: [{ id: rectified.comment.id, content: "as it is" }],
      },
    );
    const bystander = await service.deps.readers.comments.byId(other.comment.id);
    const first = await replaying(service);
    expect(first.erased).toEqual([{ subject: erased.id, comments: "remove_text" }]);
    expect(first.caughtUp).toEqual({
      told: 8,
      erasures: 1,
      withdrawals: 1,
      objections: 1,
      restrictions: 1,
      unrestrictions: 0,
      rectifications: 1,
    });
    const { readers, sealer } = service.deps;
    const latest = await readers.consents.latest(withdrew.id);
    expect(latest).toMatchObject({ event: "withdrawn", sequence: 2, timestamp: TOLD });
    expect(JSON.parse(latest?.purpose_states ?? "{}")).toMatchObject({
      analytics: { granted: false, withdrawn: true },
      marketing: { granted: true },
    });
    expect((await readers.subjects.byId(restricted.id))?.status).toBe("restricted");
    expect((await readers.subjects.byId(freed.id))?.status).toBe("active");
    const [name] = await readers.identities.ofSubject(rectified.id);
    expect(openIdentity(sealer, name as Records["identities"])).toBe("Ada King");
    expect((await readers.comments.byId(rectified.comment.id))?.comment.content).toBe("as it is");
    expect(await readers.comments.byId(other.comment.id)).toEqual(bystander);
    expect(await entriesOf(service, "ledger.replayed")).toHaveLength(4);
    const [told] = await entriesOf(service, "restore.replayed");
    expect(JSON.parse(told?.details ?? "{}")).toMatchObject({ told: 8, erasures: 1, withdrawals: 1 });
  });

  test("brings a restriction back with a request that she can lift, and lifts it with its request", async () => {
    const service = await testService();
    await replaying(service);
    const { caller } = await service.signIn("ada@example.org");
    if (caller.principal.kind !== "session") throw new Error("who signed in has a session");
    const { id } = caller.principal.subject;
    await tell(service, { kind: "restriction", subject: id, at: TOLD, ground: "processing_unlawful" });
    await replaying(service);
    const { privacyRequests } = service.application;
    const page = { limit: 10, cursor: null };
    const { items } = accepted(await privacyRequests.list(caller, page));
    expect(items).toMatchObject([
      { type: "restriction", state: "completed", restriction_ground: "processing_unlawful", closed_at: TOLD },
    ]);
    accepted(await privacyRequests.cancel(caller, items[0]?.id ?? service.deps.ids.next()));
    expect((await service.deps.readers.subjects.byId(id))?.status).toBe("active");

    // A copy in which she is restricted, and that has not heard that she no longer is.
    const asked = accepted(await privacyRequests.file(caller, asking("restriction")));
    await tell(service, { kind: "unrestriction", subject: id, at: NOON });
    await replaying(service);
    expect((await service.deps.readers.subjects.byId(id))?.status).toBe("active");
    expect(await service.deps.readers.privacyRequests.byId(asked.id)).toMatchObject({ lifted_at: NOON });
  });

  test("done twice it changes nothing more", async () => {
    const service = await testService();
    await replaying(service);
    const ada = await person(service);
    await tell(service, { kind: "withdrawal", subject: ada.id, at: NOON, purposes: ["analytics"] });
    await tell(service, { kind: "restriction", subject: ada.id, at: NOON });
    expect((await replaying(service)).caughtUp).toMatchObject({ withdrawals: 1, restrictions: 1 });
    // Facts of the last moments may be on their way, so they are looked at again.
    expect((await replaying(service)).caughtUp).toMatchObject({ told: 2, withdrawals: 0, restrictions: 0 });
  });

  test("leaves what she decided, and what was rectified, after the fact", async () => {
    const service = await testService();
    await replaying(service);
    const ada = await person(service, plus(TOLD, 1));
    const [before] = await service.deps.readers.identities.ofSubject(ada.id);
    await tell(
      service,
      { kind: "withdrawal", subject: ada.id, at: TOLD, purposes: ["analytics"] },
      {
        kind: "rectification",
        subject: ada.id,
        at: plus(BEFORE, -1),
        identities: [{ kind: "name", value: "an older name" }],
        comments: [{ id: ada.comment.id, content: "an older text" }],
      },
    );
    expect((await replaying(service)).caughtUp).toMatchObject({ told: 2, withdrawals: 0, rectifications: 0 });
    expect((await service.deps.readers.identities.ofSubject(ada.id))[0]).toEqual(
      before as Records["identities"],
    );
  });

  test("refuses a database whose ledger is not here", async () => {
    const service = await testService();
    await replaying(service);
    const elsewhere = { ...service, deps: { ...service.deps, ledger: openMemoryLedger() } };
    const failure = await replaying(elsewhere).catch((each: unknown) => each);
    expect(failure).toBeInstanceOf(LedgerBroken);
    await elsewhere.deps.ledger.append([{ kind: "restriction", subject: record("subjects").id, at: NOON }]);
    expect(await replaying(elsewhere).catch((each: unknown) => (each as LedgerBroken).problem)).toBe(
      "foreign",
    );
  });
});

type P = Awaited<ReturnType<typeof person>>;
