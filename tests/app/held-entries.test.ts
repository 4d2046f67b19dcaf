import { expect, test } from "bun:test";
import { pruneIdentities, prunePayloads } from "../../src/app/audit/prune-log.ts";
import { verifyLog } from "../../src/app/audit/verify-log.ts";
import { subjectOf } from "../../src/app/caller.ts";
import { destroyExpiredKeys } from "../../src/app/keys/destroy-expired-keys.ts";
import { NO_ORIGIN } from "../../src/domain/anonymization/pseudonym.ts";
import type { AuditEntry } from "../../src/domain/audit/audit-entry.ts";
import { DAY } from "../../src/domain/shared/instant.ts";
import { sequence } from "../support/audit-log.ts";
import { asking } from "../support/privacy-requests.ts";
import { record } from "../support/records.ts";
import { accepted, NOON, testService } from "../support/service.ts";

test("a hold on a person keeps what tells of her records and what she did, and nothing of others", async () => {
  const service = await testService({ settings: { moderation: "post" } });
  const { deps, application } = service;
  const { comments, consent, privacyRequests, access } = application;
  const lives = async (name: string) => {
    const { caller } = await service.signIn(`${name}@example.org`);
    const posted = await comments.postComment(caller, {
      thread: "/posts/1",
      parent_id: null,
      content: "Hello",
      author_name: name,
      author_email: null,
      gdpr_consent: true,
      notify_replies: false,
    });
    accepted(await consent.recordConsent(caller, { decisions: {}, notice_token: null, method: "api" }));
    accepted(await privacyRequests.file(caller, asking("access")));
    access.denied({ principal: caller.principal, origin: NO_ORIGIN }, "permission-missing");
    await access.flush();
    return { subject: subjectOf(caller.principal)?.id ?? null, comment: accepted(posted).comment };
  };
  const [ada, bob] = [await lives("ada"), await lives("bob")];
  const moderator = (await service.signIn("mod@example.org", "moderator")).caller;
  for (const { comment } of [ada, bob]) {
    accepted(await comments.moderateComment(moderator, { id: comment.id, decision: "reject", reason: null }));
  }
  await sequence(service);
  const entries = await deps.auditLog.entries(0, 1_000);
  const kept = async (isKept: (entry: AuditEntry) => boolean) =>
    (await deps.auditLog.entries(0, entries.length))
      .map(({ entry }) => entry)
      .filter(isKept)
      .map(({ action }) => action);
  const holds = [
    record("legal_holds", { subject_id: ada.subject, record_id: null, since: NOON, lifted_at: null }),
  ];
  const prune = async (kind: typeof pruneIdentities) =>
    kind(deps)({ now: deps.clock.now(), limit: 1_000, holds, after: 0 });

  service.pass(366 * DAY);
  const { held, pruned } = await prune(pruneIdentities);
  expect(held + pruned).toBe(entries.length);
  expect(await kept((entry) => entry.user_id_hash !== null || entry.resource_id !== null)).toEqual([
    "session.created",
    "comment.posted",
    "consent.recorded",
    "privacy_request.received",
    "access.denied",
    "comment.moderated",
  ]);

  // The keys of those times are gone, and what only a hash led to is nobody's: what tells of her records is kept still.
  service.pass((2_556 - 366) * DAY);
  await destroyExpiredKeys(deps);
  await prune(pruneIdentities);
  await prune(prunePayloads);
  expect(await kept((entry) => entry.details !== null)).toEqual([
    "session.created",
    "comment.posted",
    "consent.recorded",
    "privacy_request.received",
    "comment.moderated",
  ]);
  await sequence(service);
  expect((await verifyLog(deps)({ from: null })).fault).toBeNull();
});
