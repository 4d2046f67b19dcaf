// Whatever people, operators, runs and time do in whatever order: what a legal hold is on stays as it is, and what has
// become anonymous stays so.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { sealedRetention } from "../../src/adapters/crypto/sealed-retention.ts";
import type { Caller } from "../../src/app/caller.ts";
import { runErasures } from "../../src/app/erasure/run-erasures.ts";
import { continueRun } from "../../src/app/retention/continue-run.ts";
import { startRetentionByCommand } from "../../src/app/retention/start-run.ts";
import { COMMENT_CHOICES } from "../../src/domain/anonymization/erase-comment.ts";
import { NOBODY } from "../../src/domain/anonymization/nobody.ts";
import { CATALOGUE } from "../../src/domain/personal-data/catalogue.ts";
import type { Collection } from "../../src/domain/personal-data/records.ts";
import { holdOn } from "../../src/domain/retention/legal-hold.ts";
import type { LegalHoldId, PrivacyRequestId, SubjectId } from "../../src/domain/shared/ids.ts";
import { DAY, HOUR, MINUTE } from "../../src/domain/shared/instant.ts";
import { SILENT } from "../support/audit-log.ts";
import { asking } from "../support/privacy-requests.ts";
import { accepted, type TestService, testService } from "../support/service.ts";

const PEOPLE = ["ada", "bob"] as const;

/** Where people are: what a hold can be on. */
const PLACES = [
  "subjects",
  "identities",
  "comments",
  "comment_reports",
  "consents",
  "sessions",
  "mail_preferences",
  "privacy_requests",
] as const satisfies readonly Collection[];

interface Kept {
  readonly place: (typeof PLACES)[number];
  readonly id: string;
  readonly subject: SubjectId | null;
  readonly anonymized: boolean;
  /** What erasure would empty, re-key or delete of it. */
  readonly personal: Readonly<Record<string, unknown>>;
}

const PROOFS = new Set(["token_hash", "edit_token_hash"]);

const everything = async ({ deps }: TestService): Promise<ReadonlyMap<string, Kept>> => {
  const all = new Map<string, Kept>();
  for (const place of PLACES) {
    const rules = CATALOGUE[place].fields as Readonly<Record<string, { readonly erasure: string }>>;
    for (const row of await deps.readers.records.walk(place, null, 10_000)) {
      const fields = Object.entries(row) as [string, unknown][];
      const personal = fields.filter(([name]) => rules[name]?.erasure !== "keep" && !PROOFS.has(name));
      const id = String(row.id);
      all.set(`${place} ${id}`, {
        place,
        id,
        subject:
          place === "subjects" ? (id as SubjectId) : ((row as { subject_id?: SubjectId }).subject_id ?? null),
        anonymized: "anonymized" in row && row.anonymized,
        personal: Object.fromEntries(personal),
      });
    }
  }
  return all;
};

interface Step {
  readonly do: string;
  readonly who?: number;
  readonly choice?: number;
  readonly at?: number;
  readonly days?: number;
}

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom("post", "reply", "decide", "report"), who: fc.nat(1) }),
  fc.record({ do: fc.constantFrom("erase", "erase", "restrict"), who: fc.nat(1), choice: fc.nat(1) }),
  fc.record({ do: fc.constant("take back"), at: fc.nat() }),
  fc.record({ do: fc.constantFrom("hold person", "hold record"), at: fc.nat() }),
  fc.record({ do: fc.constant("lift"), at: fc.nat() }),
  fc.record({ do: fc.constant("pass"), days: fc.constantFrom(1, 29, 31, 400, 1_100, 2_200) }),
  fc.record({ do: fc.constantFrom("run erasures", "run erasures", "run retention") }),
);

const openStage = async () => {
  const service = await testService({ settings: { moderation: "post" } });
  const { application, deps, store } = service;
  const admin = (await service.signIn("root@example.org", "admin")).caller;
  const people = await Promise.all(PEOPLE.map((name) => service.signIn(`${name}@example.org`)));
  const holds: LegalHoldId[] = [];
  const requests: { readonly id: PrivacyRequestId; readonly who: number }[] = [];
  const comments = async () => (await deps.readers.records.walk("comments", null, 1_000)).map(({ id }) => id);
  const pick = <T>(from: readonly T[], at: number): T | null => from[at % Math.max(1, from.length)] ?? null;
  const callerOf = (who = 0) => (people[who] ?? people[0] ?? { caller: admin }).caller;

  const subjectOf = ({ principal }: Caller): SubjectId => {
    if (principal.kind !== "session") throw new Error("everybody here has signed in");
    return principal.subject.id;
  };

  const post = async (who: number, parent_id: Awaited<ReturnType<typeof comments>>[number] | null) => {
    const other = PEOPLE[1 - who];
    await application.comments.postComment(callerOf(who), {
      ...{ thread: "/birds", content: `Dear ${other} Quartermain the ${who}th, hello.`, author_email: null },
      ...{ author_name: `${PEOPLE[who]} Quartermain the ${1 - who}th`, parent_id },
      ...{ notify_replies: false, gdpr_consent: true },
    });
  };

  const lift = async (hold: LegalHoldId): Promise<void> => {
    const lifted = await application.legalHolds.lift(admin, hold);
    // One that was lifted long ago went with its period.
    if (!lifted.ok) expect(await deps.readers.legalHolds.byId(hold)).toBeNull();
  };

  const act = async ({ do: what, who = 0, choice = 0, at = 0, days = 0 }: Step): Promise<void> => {
    // Whom retention took has no session any more to act by.
    if ((await deps.readers.subjects.byId(subjectOf(callerOf(who)))) === null) return;
    switch (what) {
      case "post":
        return post(who, null);
      case "reply":
        return post(who, pick(await comments(), at + who));
      case "decide":
        await application.consent.recordConsent(callerOf(who), {
          ...{ decisions: { marketing: true }, notice_token: null, method: "settings" as const },
        });
        return;
      case "report": {
        const id = pick(await comments(), who);
        if (id !== null) await application.comments.reportComment(callerOf(who), { id, reason: "off topic" });
        return;
      }
      case "erase":
      case "restrict": {
        const asked =
          what === "restrict"
            ? asking("restriction", { statement: "It is not right" })
            : asking("erasure", { comments: COMMENT_CHOICES[choice] ?? "keep_text", statement: "Forget me" });
        const filed = await application.privacyRequests.file(callerOf(who), asked);
        if (filed.ok) requests.push({ id: filed.value.id, who });
        return;
      }
      case "take back": {
        const request = pick(requests, at);
        if (request !== null) await application.privacyRequests.cancel(callerOf(request.who), request.id);
        return;
      }
      case "hold person":
      case "hold record": {
        const all = [...(await everything(service)).values()].filter(({ place }) =>
          what === "hold person" ? place === "subjects" : place !== "subjects",
        );
        const thing = pick(all, at);
        if (thing === null) return;
        const scope = what === "hold person" ? "subject" : "record";
        const placed = await application.legalHolds.place(admin, { scope, on: thing.id, reason: "a claim" });
        holds.push(accepted(placed).id);
        return;
      }
      case "lift": {
        const hold = pick(holds, at);
        if (hold !== null) await lift(hold);
        return;
      }
      case "pass":
        service.pass(days * DAY);
        return;
      case "run erasures":
        seen.held += (await erasures()).held;
        return;
      default:
        await retention();
    }
  };

  const seen = { held: 0 };
  const erasures = () => runErasures({ ...deps, logger: SILENT, leases: store.leases });
  const retention = async (): Promise<void> => {
    const runs = {
      ...deps,
      retention: sealedRetention(store.retention, deps.auditSeals),
      leases: store.leases,
    };
    accepted(await startRetentionByCommand(deps, false));
    await continueRun(runs, { holder: "the test" });
  };
  return { service, holds, lift, act, erasures, seen };
};

/** What is under a hold that stands, and what is a restricted person's. */
const protectedOf = async ({ deps }: TestService, all: ReadonlyMap<string, Kept>) => {
  const [standing, now] = [await deps.readers.legalHolds.standing(), deps.clock.now()];
  const restricted = new Set(
    (await deps.readers.records.walk("subjects", null, 1_000)).flatMap(({ id, status }) =>
      status === "restricted" ? [id] : [],
    ),
  );
  const held = new Set<string>();
  const stored = new Set<string>();
  for (const [key, { id, subject }] of all) {
    if (holdOn(standing, { id, subject_id: subject }, now) !== null) held.add(key);
    if (subject !== null && restricted.has(subject)) stored.add(key);
  }
  return { held, stored };
};

/** Chance alone rarely holds somebody between her request and its date. */
const HELD_WHEN_DUE: Step[] = [
  { do: "post", who: 0 },
  { do: "erase", who: 0, choice: 0 },
  ...[0, 1, 2].map((at) => ({ do: "hold person", at })),
  { do: "pass", days: 31 },
  { do: "run erasures" },
  { do: "run retention" },
];

test("held data are never erased, what is anonymous never becomes personal, and what was held ends once it is not", async () => {
  const seen = { held: 0, erased: 0, gone: 0, kept: 0, anonymous: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 24 }), async (plan) => {
      const stage = await openStage();
      const { service } = stage;
      let before = await everything(service);
      let guarded = await protectedOf(service, before);
      for (const each of plan) {
        await stage.act(each);
        const after = await everything(service);
        const now = await protectedOf(service, after);
        for (const [key, was] of before) {
          const is = after.get(key);
          if (is === undefined) seen.gone += 1;
          // A hold that is lifted by this very step keeps nothing any more; one that was placed by it did not keep it before.
          const stays = guarded.held.has(key) && each.do !== "lift";
          const isStored = each.do === "run retention" && guarded.stored.has(key);
          if (stays || isStored) {
            seen.kept += 1;
            expect([each.do, key, is?.personal]).toEqual([each.do, key, was.personal]);
          }
          if (was.anonymized && is !== undefined) {
            seen.anonymous += 1;
            // Due, and with a reply that is kept, it becomes an empty place: nobody's, and still no person's.
            const emptied =
              each.do === "run retention" && key.startsWith("comments ") && is.subject === NOBODY;
            const whose = emptied ? NOBODY : was.subject;
            expect([key, is.anonymized, is.subject]).toEqual([key, true, whose]);
          }
        }
        [before, guarded] = [after, now];
      }
      seen.held += stage.seen.held;

      // Once nothing is held, whatever was begun or asked for comes to its end.
      for (const hold of stage.holds) await stage.lift(hold);
      service.pass(40 * DAY);
      for (let turn = 0; turn < 3; turn += 1) {
        seen.erased += (await stage.erasures()).done;
        service.pass(HOUR + MINUTE);
      }
      const { readers, clock } = service.deps;
      expect(await readers.erasures.open(clock.now(), 10)).toEqual([]);
      expect(await readers.privacyRequests.dueErasures(clock.now(), 10)).toEqual([]);
    }),
    { numRuns: 100, examples: [[HELD_WHEN_DUE]] },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
}, 120_000);
