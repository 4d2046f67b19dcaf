import { describe, expect, test } from "bun:test";
import { NOBODY } from "../../../src/domain/anonymization/nobody.ts";
import type { Records } from "../../../src/domain/personal-data/records.ts";
import { NO_COUNTS } from "../../../src/domain/retention/due-tally.ts";
import { DAY, plus } from "../../../src/domain/shared/instant.ts";
import { changes, insert, NOON, record, reply } from "../../support/records.ts";
import { isThere } from "../finders.ts";
import { harness } from "../harness.ts";
import type { StoreKind } from "../stores.ts";
import { batch, DUE, goThrough, put } from "./due-batches.ts";

/** Records that others speak of: comments and subjects. */
export const retentionRecordLaws = (kind: StoreKind): void => {
  describe("retention of records that others speak of", () => {
    describe("a comment", () => {
      const h = harness(kind);
      test("that was replied to becomes an empty place-holder of nobody's, and goes after the last reply", async () => {
        const author = record("subjects", { retention_until: null });
        const mine = { subject_id: author.id };
        const root = record("comments", {
          ...mine,
          retention_until: NOON,
          moderation_note: "rude",
          queued_at: NOON,
          notify_replies: true,
          source: "isso",
          source_id: "7",
          consent_given: true,
          consent_timestamp: NOON,
        });
        const answer = reply(root, { ...mine, retention_until: plus(NOON, 5) });
        const late = reply(root, { ...mine, retention_until: plus(DUE, 9) });
        const leaf = record("comments", { ...mine, retention_until: NOON });
        await h.given(
          put("subjects", author),
          ...[root, answer, late, leaf].map((row) => put("comments", row)),
        );
        expect(await goThrough(h, "comments", 2)).toEqual({ ...NO_COUNTS, deleted: 2, blanked: 1 });
        expect((await h.readers().comments.byId(root.id))?.comment).toEqual({
          ...root,
          subject_id: NOBODY,
          content: "",
          status: "removed",
          queued_at: null,
          moderated_at: null,
          moderation_note: null,
          edit_token_hash: null,
          notify_replies: false,
          source: null,
          source_id: null,
          consent_given: false,
          consent_timestamp: null,
          anonymized: true,
          retention_until: plus(DUE, 10),
          updated_at: DUE,
          version: 2,
        });
        expect(await isThere(h, "subjects", NOBODY)).toBe(true);
        const last = { due: plus(DUE, 20), now: plus(DUE, 20) };
        const applied = await h.store().retention.apply(batch("comments", last), () => changes([]));
        expect(applied.ok && applied.value.outcome.counts.deleted).toBe(1);
        const rest = await h.store().retention.apply(batch("comments", last), () => changes([]));
        const cleared = [applied, rest].map((each) => (each.ok ? each.value.outcome.counts.cleared : 0));
        expect(cleared.reduce((sum, count) => sum + count)).toBe(1);
        for (const row of [root, answer, late, leaf])
          expect(await h.readers().comments.byId(row.id)).toBeNull();
      });

      test("keeps its place while a reply is held, and is not written again for it", async () => {
        const author = record("subjects", { retention_until: null });
        const root = record("comments", { subject_id: author.id, retention_until: NOON });
        const answer = reply(root, { subject_id: author.id, retention_until: NOON });
        await h.given(
          put("subjects", author),
          put("comments", root),
          put("comments", answer),
          insert("legal_holds", { subject_id: null, record_id: answer.id }),
        );
        await goThrough(h, "comments", 1);
        const empty = await h.readers().comments.byId(root.id);
        expect(empty?.comment).toMatchObject({ status: "removed", content: "" });
        await goThrough(h, "comments", 1);
        expect(await h.readers().comments.byId(root.id)).toEqual(empty);
        expect((await h.readers().comments.byId(answer.id))?.comment).toEqual(answer);
      });
    });

    describe("a subject", () => {
      const h = harness(kind);
      const due = (over: Partial<Records["subjects"]> = {}) =>
        record("subjects", { retention_until: NOON, ...over });
      const vaultOf = (subject: Records["subjects"]) => [
        insert("identities", { subject_id: subject.id }),
        insert("identities", { subject_id: subject.id, kind: "name", blind_index: null }),
        insert("mail_preferences", { subject_id: subject.id }),
      ];

      test("goes with her vault when nothing speaks of her any more", async () => {
        const gone = due();
        const speaking = due();
        const spoken = due();
        const comment = record("comments", { subject_id: speaking.id });
        await h.given(
          ...[gone, speaking, spoken].map((row) => put("subjects", row)),
          ...vaultOf(gone),
          ...vaultOf(speaking),
          put("comments", comment),
          insert("consents", { subject_id: spoken.id }),
        );
        const rehearsed = await h.store().retention.rehearse(batch("subjects"));
        const expected = {
          ...NO_COUNTS,
          deleted: 1,
          blanked: 1,
          alongside: 6,
          kept: { ...NO_COUNTS.kept, in_use: 1 },
        };
        expect(rehearsed.outcome.counts).toEqual(expected);
        expect(await h.readers().identities.ofSubject(gone.id)).toHaveLength(2);
        expect(await goThrough(h, "subjects", 1)).toEqual(expected);
        expect(await h.readers().subjects.byId(gone.id)).toBeNull();
        for (const subject of [gone, speaking]) {
          expect(await h.readers().identities.ofSubject(subject.id)).toEqual([]);
          expect(await h.readers().mailPreferences.ofSubject(subject.id)).toBeNull();
        }
        expect(await h.readers().subjects.byId(speaking.id)).toEqual({
          ...speaking,
          retention_until: plus(DUE, 30 * DAY),
          updated_at: DUE,
          version: 2,
        });
        expect((await h.readers().comments.byId(comment.id))?.comment).toEqual(comment);
      });

      test("in office, held or restricted keeps everything", async () => {
        const kept = [
          due({ role: "admin" }),
          due({ role: "moderator" }),
          due({ status: "restricted" }),
          due(),
        ];
        await h.given(
          ...kept.map((row) => put("subjects", row)),
          ...kept.flatMap(vaultOf),
          insert("legal_holds", { subject_id: kept[3]?.id ?? null }),
        );
        expect(await goThrough(h, "subjects")).toEqual({
          ...NO_COUNTS,
          kept: { held: 1, restricted: 1, in_office: 2, in_use: 0 },
        });
        for (const row of kept) {
          expect(await h.readers().subjects.byId(row.id)).toEqual(row);
          expect(await h.readers().identities.ofSubject(row.id)).toHaveLength(2);
        }
      });

      test("keeps the one line of her vault that is held, and her pseudonym with it", async () => {
        const subject = due();
        const name = record("identities", { subject_id: subject.id, kind: "name", blind_index: null });
        await h.given(
          put("subjects", subject),
          insert("identities", { subject_id: subject.id }),
          put("identities", name),
          insert("legal_holds", { subject_id: null, record_id: name.id }),
        );
        expect(await goThrough(h, "subjects")).toMatchObject({ blanked: 1, alongside: 1 });
        expect(await h.readers().identities.ofSubject(subject.id)).toEqual([name]);
      });
    });
  });
};
