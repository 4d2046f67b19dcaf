import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { moderateComment, removeComment } from "../../src/domain/comments/change-comment.ts";
import { type Comment, isPublic, MODERATION_DECISIONS } from "../../src/domain/comments/comment.ts";
import { holdOn, type LegalHold } from "../../src/domain/retention/legal-hold.ts";
import {
  DEFAULT_RETENTION,
  isDue,
  type RetentionCategory,
  retentionUntil,
} from "../../src/domain/retention/retention-period.ts";
import { canonicalJson, type Json } from "../../src/domain/shared/canonical-json.ts";
import { parseEmail } from "../../src/domain/shared/email.ts";
import { newGdprRecord } from "../../src/domain/shared/gdpr-record.ts";
import type { LegalHoldId, SubjectId } from "../../src/domain/shared/ids.ts";
import type { Instant } from "../../src/domain/shared/instant.ts";
import { codePoints, parseText, storableText } from "../../src/domain/shared/text.ts";
import { ADA, after, BOB, comment, id, occasion, subject } from "../domain/given.ts";

const RUNS = { numRuns: 1_000 };

describe("canonical JSON", () => {
  const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

  test("means what was written: parsing gives it back", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      RUNS,
    );
  });

  test("is one text for one value: written again, and from any order of keys", () => {
    const shuffled = (value: Json): Json => {
      if (value === null || typeof value !== "object") return value;
      if (Array.isArray(value)) return value.map(shuffled);
      return Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([key, member]) => [key, shuffled(member)]),
      );
    };
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text) as Json)).toBe(text);
        expect(canonicalJson(shuffled(value))).toBe(text);
      }),
      RUNS,
    );
  });

  test("sorts keys by UTF-16 unit and writes no space", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.constant(0)), (value) => {
        const text = canonicalJson(value);
        const keys = [...text.matchAll(/"((?:[^"\\]|\\.)*)":0/g)].map(
          ([, key]) => JSON.parse(`"${key}"`) as string,
        );
        const units = (key: string): readonly number[] =>
          Array.from({ length: key.length }, (_, at) => key.charCodeAt(at));
        const inOrder = (a: readonly number[], b: readonly number[]): number => {
          for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
            const difference = (a[at] ?? 0) - (b[at] ?? 0);
            if (difference !== 0) return difference;
          }
          return a.length - b.length;
        };
        expect(keys).toEqual(Object.keys(value).toSorted((a, b) => inOrder(units(a), units(b))));
        expect(text).toHaveLength(
          2 +
            keys.reduce((sum, key) => sum + JSON.stringify(key).length + 2, 0) +
            Math.max(0, keys.length - 1),
        );
      }),
      RUNS,
    );
  });
});

describe("texts from outside", () => {
  const wild = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: "grapheme" }),
    fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  );

  test("that are taken are storable, trimmed, within the limit, and the same when taken again", () => {
    fc.assert(
      fc.property(wild, fc.integer({ min: 1, max: 40 }), (text, max) => {
        const parsed = parseText(text, max);
        if (!parsed.ok) return;
        expect(storableText(parsed.value)).toBeNull();
        expect(parsed.value.isWellFormed()).toBe(true);
        expect(parsed.value).toBe(text.trim());
        expect(codePoints(parsed.value)).toBeLessThanOrEqual(max);
        expect(parseText(parsed.value, max)).toEqual(parsed);
      }),
      RUNS,
    );
  });

  test("that are no UTF-16 or hold NUL are never storable, everything else is", () => {
    fc.assert(
      fc.property(wild, (text) => {
        expect(storableText(text) === null).toBe(text.isWellFormed() && !text.includes("\0"));
      }),
      RUNS,
    );
  });

  test("that are e-mail addresses are one identity however they are spelled", () => {
    fc.assert(
      fc.property(fc.emailAddress(), (address) => {
        const parsed = parseEmail(address);
        if (parsed === null) return;
        expect(parseEmail(parsed)).toBe(parsed);
        expect(parseEmail(` ${address.toUpperCase()}\n`)).toBe(parsed);
        expect(parseEmail(address.normalize("NFD"))).toBe(parsed);
      }),
      RUNS,
    );
  });

  test("that are addresses of many alphabets stay the same when parsed again", () => {
    const letter = fc.constantFrom(..."aZ0éÉßẞİıſKΣςǅﬁ한ｱÅ");
    const label = fc.array(letter, { minLength: 1, maxLength: 6 }).map((letters) => letters.join(""));
    fc.assert(
      fc.property(label, label, label, (local, name, top) => {
        const parsed = parseEmail(`${local}@${name}.${top}`);
        if (parsed !== null) expect(parseEmail(parsed)).toBe(parsed);
      }),
      RUNS,
    );
  });
});

describe("what is held", () => {
  const moment = fc.integer({ min: -100, max: 100 }).map((at): Instant => after(at));
  const hold: fc.Arbitrary<LegalHold> = fc
    .record({
      subject_id: fc.option(fc.constantFrom<SubjectId>(ADA, BOB)),
      record_id: fc.option(fc.constantFrom("r1", "r2")),
      since: moment,
      lifted_at: fc.option(moment),
    })
    .map((fields) => ({
      ...newGdprRecord(id<LegalHoldId>(1), after(0), null),
      reason: "claim",
      ...fields,
    }));
  const record = fc.record({
    id: fc.constantFrom("r1", "r2"),
    subject_id: fc.option(fc.constantFrom<SubjectId>(ADA, BOB)),
  });

  test("is held by whatever stands now and names it or its person, and by nothing else", () => {
    fc.assert(
      fc.property(fc.array(hold, { maxLength: 5 }), record, moment, (holds, held, now) => {
        const named = holds.filter(
          (each) => each.record_id === held.id || (each.subject_id ?? "nobody") === held.subject_id,
        );
        const first = named.find(({ since, lifted_at }) => since <= now && (lifted_at ?? now + 1) > now);
        expect(holdOn(holds, held, now)).toBe(first ?? null);
      }),
      RUNS,
    );
  });

  test("is not let go by one hold more, nor kept by one that is lifted", () => {
    fc.assert(
      fc.property(fc.array(hold, { maxLength: 5 }), hold, record, moment, (holds, more, held, now) => {
        const keeping = holdOn(holds, held, now);
        expect(holdOn([...holds, more], held, now)).toBe(keeping ?? holdOn([more], held, now));
        const lifted = { ...more, lifted_at: now };
        expect(holdOn([lifted, ...holds], held, now)).toBe(keeping);
      }),
      RUNS,
    );
  });

  test("is due from one moment on, and for ever after it", () => {
    const category = fc.constantFrom<RetentionCategory>("logs", "user_data", "comments", "audit_trail");
    fc.assert(
      fc.property(category, moment, fc.nat(), (of, from, more) => {
        const retention_until = retentionUntil(of, from, DEFAULT_RETENTION);
        expect(isDue({ retention_until }, (retention_until - 1) as Instant)).toBe(false);
        expect(isDue({ retention_until }, (retention_until + more) as Instant)).toBe(true);
      }),
      RUNS,
    );
  });
});

describe("a comment", () => {
  test("that was removed is never seen again, whatever moderators and its author do", () => {
    const step = fc.constantFrom(...MODERATION_DECISIONS, "remove-own");
    fc.assert(
      fc.property(fc.array(step, { maxLength: 10 }), (steps) => {
        let current: Comment = comment({ status: "pending" });
        let removed = false;
        for (const each of steps) {
          const changed =
            each === "remove-own"
              ? removeComment(
                  { comment: current, author: subject() },
                  { kind: "subject", subject: ADA, moderator: false },
                  occasion(),
                )
              : moderateComment(current, each, null, occasion());
          if (removed) expect(changed.ok).toBe(false);
          if (!changed.ok) continue;
          expect(changed.value.comment.version).toBe(current.version + 1);
          current = changed.value.comment;
          removed = current.status === "removed";
          expect(current.queued_at).toBeNull();
        }
        if (removed) expect(isPublic(current)).toBe(false);
      }),
      RUNS,
    );
  });
});
