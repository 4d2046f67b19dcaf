import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SYSTEM } from "../../src/domain/audit/audit-entry.ts";
import {
  announceLift,
  cancelRequest,
  completeRequest,
  extendRequest,
  refuseRequest,
} from "../../src/domain/privacy-requests/answer-request.ts";
import {
  type Calendar,
  type Day,
  dayAt,
  dayOf,
  isWorkingDay,
} from "../../src/domain/privacy-requests/calendar.ts";
import { deadlineOf, erasureEffectiveAt } from "../../src/domain/privacy-requests/deadline.ts";
import { beginErasure, failErasure } from "../../src/domain/privacy-requests/erasure-request.ts";
import { newRequest } from "../../src/domain/privacy-requests/new-request.ts";
import {
  isFinal,
  isLate,
  type PrivacyRequest,
  REQUEST_TYPES,
  restricts,
} from "../../src/domain/privacy-requests/privacy-request.ts";
import {
  askIdentity,
  confirmIdentity,
  confirmRequest,
  receiveRequest,
} from "../../src/domain/privacy-requests/receive-request.ts";
import {
  giveUpRequest,
  lapseRequest,
  remindOf,
  wakeUpCall,
} from "../../src/domain/privacy-requests/wake-request.ts";
import { DEFAULT_RETENTION } from "../../src/domain/retention/retention-period.ts";
import { newSubject } from "../../src/domain/roles/subject.ts";
import type { PrivacyRequestId, Sealed, SubjectId, TokenHash } from "../../src/domain/shared/ids.ts";
import { DAY, type Instant, plus } from "../../src/domain/shared/instant.ts";

const T0 = (dayOf(2026, 1, 1) * DAY) as Instant;
const SUBJECT = "0b7f4a4e-5f0e-4f39-9d0a-6a2a2f3b1c11" as SubjectId;
const WORDS = "v1.x" as Sealed;

const calendars = fc
  .record({
    free: fc.uniqueArray(fc.nat(1_500), { maxLength: 60 }),
    hours: fc.integer({ min: -11, max: 14 }),
  })
  .map(
    ({ free, hours }): Calendar => ({
      holidays: new Set(free.map((each) => (dayOf(2026, 1, 1) + each) as Day)),
      offsetAt: () => hours * 60,
    }),
  );
const moments = fc.nat(1_200 * DAY).map((after) => plus(T0, after));

describe("deadlines", () => {
  test("end on a working day, not before the counted date, and never sooner for more time or a later receipt", () => {
    fc.assert(
      fc.property(
        calendars,
        moments,
        fc.nat(90 * DAY),
        fc.nat(40 * DAY),
        (calendar, received_at, suspended_ms, later) => {
          const clock = { received_at, extended: false, suspended_ms };
          const { target_at, due_at, unsuspended_due_at } = deadlineOf(clock, calendar);
          expect(isWorkingDay(dayAt(due_at, calendar), calendar)).toBe(true);
          expect(target_at).toBeLessThanOrEqual(due_at);
          expect(unsuspended_due_at).toBeLessThanOrEqual(due_at);
          expect(dayAt(plus(due_at, 1), calendar)).toBe((dayAt(due_at, calendar) + 1) as Day);
          expect(deadlineOf({ ...clock, extended: true }, calendar).due_at).toBeGreaterThan(due_at);
          const after = deadlineOf({ ...clock, received_at: plus(received_at, later) }, calendar);
          expect(after.due_at).toBeGreaterThanOrEqual(due_at);
        },
      ),
    );
  });
  test("are kept by every erasure that is not late already", () => {
    fc.assert(
      fc.property(
        calendars,
        moments,
        fc.nat(365),
        fc.nat(27 * DAY),
        (calendar, received_at, delay, passed) => {
          const { due_at } = deadlineOf({ received_at, extended: false, suspended_ms: 0 }, calendar);
          const now = plus(received_at, passed);
          const effective = erasureEffectiveAt({ received_at, due_at }, delay, now);
          expect(effective).toBeGreaterThanOrEqual(now);
          expect(effective).toBeLessThan(due_at);
        },
      ),
    );
  });
});

const steps = fc.array(
  fc.tuple(
    fc.constantFrom(
      "wait",
      "confirm",
      "ask",
      "identify",
      "extend",
      "refuse",
      "complete",
      "cancel",
      "announce",
      "begin",
      "fail",
    ),
    fc.nat(45 * DAY),
  ),
  { maxLength: 14 },
);

describe("a privacy request", () => {
  test("is never both late and unnoticed, whatever is done to it and whenever", () => {
    let late = 0;
    fc.assert(
      fc.property(
        calendars,
        fc.constantFrom(...REQUEST_TYPES.filter((type) => type !== "objection")),
        fc.boolean(),
        fc.nat(60 * DAY),
        steps,
        (calendar, type, awaited, before, plan) => {
          const subject = newSubject(SUBJECT, "commenter", T0, DEFAULT_RETENTION);
          const situation = { subject, delayDays: 30, consent: null, rectified: null };
          let now = T0;
          const occasion = () => ({
            now,
            actor: SYSTEM,
            audit_id: "a" as never,
            retention: DEFAULT_RETENTION,
          });
          const received = newRequest(
            {
              id: "r" as PrivacyRequestId,
              subject_id: SUBJECT,
              type,
              channel: "operator",
              comments: null,
              purpose: null,
              restriction_ground: type === "restriction" ? "needed_for_claims" : null,
              statement: null,
              rectification: null,
              contact: null,
              received_at: plus(T0, -before),
              token_hash: awaited ? ("h" as TokenHash) : null,
            },
            calendar,
            now,
          );
          let request: PrivacyRequest = receiveRequest(received, situation, occasion()).request;
          const act = (what: string) => {
            switch (what) {
              case "confirm":
                return confirmRequest(request, situation, calendar, occasion());
              case "ask":
                return askIdentity(request, occasion());
              case "identify":
                return confirmIdentity(request, situation, calendar, occasion());
              case "extend":
                return extendRequest(request, WORDS, calendar, occasion());
              case "refuse":
                return refuseRequest(request, { ground: "excessive", answer: WORDS }, occasion());
              case "complete":
                return completeRequest(request, "admin", WORDS, occasion());
              case "cancel":
                return cancelRequest(request, { subject, others: [request] }, occasion());
              case "announce":
                return announceLift(request, occasion());
              case "begin":
                return beginErasure(request, occasion());
              case "fail":
                return failErasure(request, "trouble", plus(now, DAY), occasion());
              default:
                return null;
            }
          };
          for (const [what, wait] of plan) {
            const done = act(what);
            const wasFinal = isFinal(request);
            if (done?.ok === true) {
              // What is answered for good is only ever lifted.
              if (wasFinal) expect(done.value.request.state).toBe(request.state);
              request = done.value.request;
            }
            now = plus(now, wait);
            if (isLate(request, now) && request.reminded !== "late") {
              late += 1;
              expect(wakeUpCall(request, now)).toBe("remind");
            }
            for (let turn = 0; turn < 3; turn += 1) {
              const call = wakeUpCall(request, now);
              if (call === "remind") request = remindOf(request, occasion()).request;
              if (call === "lapse") request = lapseRequest(request, occasion()).request;
              if (call === "give-up") request = giveUpRequest(request, occasion()).request;
            }
            expect(isLate(request, now) && request.reminded !== "late").toBe(false);
            // Nothing that waits for somebody waits for ever.
            if (!isFinal(request) && request.suspended_since !== null)
              expect(request.wakes_at).not.toBeNull();
            // Whatever is final, and restricts nothing, is kept for a time that has begun.
            if (isFinal(request)) expect(request.retention_until === null).toBe(restricts(request));
          }
        },
      ),
      { numRuns: 500 },
    );
    expect(late).toBeGreaterThan(20);
  });
});
