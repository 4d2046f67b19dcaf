import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  COMMENT_CHOICES,
  eraseComment,
  redactComment,
} from "../../src/domain/anonymization/erase-comment.ts";
import { distinctiveNeedles, speaksOf, withoutMentions } from "../../src/domain/anonymization/mentions.ts";
import { passagesOf, withoutQuotations } from "../../src/domain/anonymization/quotations.ts";
import { moderateComment, removeComment, reportComment } from "../../src/domain/comments/change-comment.ts";
import { COMMENT_STATUSES, type Comment, MODERATION_DECISIONS } from "../../src/domain/comments/comment.ts";
import type { Write } from "../../src/domain/shared/changes.ts";
import type { CommentReportId, SubjectId } from "../../src/domain/shared/ids.ts";
import { ADA, BOB, comment, id, occasion, subject } from "../domain/given.ts";

const RUNS = { numRuns: 500 };
const NOBODY = id<SubjectId>(0xabc);
const severance = { subject: ADA, anonymous: NOBODY };
const needles = distinctiveNeedles({
  names: ["Ada Lovelace"],
  addresses: ["ada@engine.example"],
  externalIds: [],
});

const after = (before: Comment, write: Write | null): Comment =>
  write?.op === "update" && write.in === "comments"
    ? ({ ...before, ...write.set, version: before.version + 1 } as Comment)
    : before;

const word = fc.constantFrom(
  "Ada",
  "LOVELACE",
  "ada@engine.example",
  "engine",
  "<strong>",
  "</strong>",
  "&amp;",
  ".",
  "s",
);
const text = fc.array(word, { maxLength: 12 }).map((words) => `<p>${words.join(" ")}</p>`);
const hers = fc
  .record({
    content: text,
    status: fc.constantFrom(...COMMENT_STATUSES),
    moderation_note: fc.option(text),
    source_id: fc.option(fc.string({ minLength: 1 })),
  })
  .map((fields) => comment(fields));

describe("an anonymised comment", () => {
  test("never becomes personal again, whatever is done with it", () => {
    const act = fc.constantFrom("erase", "redact", "report", "remove", ...MODERATION_DECISIONS);
    fc.assert(
      fc.property(hers, fc.constantFrom(...COMMENT_CHOICES), fc.array(act), (before, choice, acts) => {
        let now = after(before, eraseComment(before, severance, choice, needles));
        for (const each of acts) {
          if (each === "erase") now = after(now, eraseComment(now, severance, "keep_text", needles));
          else if (each === "redact")
            now = after(now, redactComment(now, withoutMentions(now.content, needles)));
          else if (each === "report") {
            const report = { id: id<CommentReportId>(1), reason: "x", by: BOB };
            for (const write of reportComment(now, report, occasion()).writes) now = after(now, write);
          } else {
            const done =
              each === "remove"
                ? removeComment(
                    { comment: now, author: subject() },
                    { kind: "subject", subject: BOB, moderator: true },
                    occasion(),
                  )
                : moderateComment(now, each, "Ada Lovelace wrote this", occasion());
            if (done.ok) now = done.value.comment;
          }
          expect(now.anonymized).toBe(true);
          expect(now.subject_id).toBe(NOBODY);
          expect(now.edit_token_hash).toBeNull();
          expect(now.moderation_note).toBeNull();
          expect(speaksOf(now.content, needles)).toBe(false);
        }
      }),
      RUNS,
    );
  });

  test("erased twice is erased once", () => {
    fc.assert(
      fc.property(hers, fc.constantFrom(...COMMENT_CHOICES), (before, choice) => {
        const once = after(before, eraseComment(before, severance, choice, needles));
        expect(eraseComment(once, severance, choice, needles)).toBeNull();
      }),
      RUNS,
    );
  });
});

describe("taking a person out of a text", () => {
  test("leaves nothing of her name, and nothing more to take out", () => {
    fc.assert(
      fc.property(text, (html) => {
        const done = withoutMentions(html, needles);
        expect(speaksOf(done, needles)).toBe(false);
        expect(withoutMentions(done, needles)).toBe(done);
      }),
      RUNS,
    );
  });

  test("takes out a passage that comes about where another was, and does not grow slow with many in each other", () => {
    const passages = passagesOf("one two three four five");
    expect(withoutQuotations("one two one two three four five three four five. Mine", passages)).toBe(
      "[…] […] […]. Mine",
    );
    const depth = 2_000;
    const nested = `${"one two ".repeat(depth)}${"three four five ".repeat(depth)}`;
    expect(passagesOf(withoutQuotations(nested, passages)).size).toBe(0);
  });

  test("leaves no passage of her text, and other texts as they are", () => {
    const words = fc.array(fc.constantFrom("one", "two", "three", "four"), { minLength: 5, maxLength: 20 });
    fc.assert(
      fc.property(words, words, (quoted, around) => {
        const passages = passagesOf(quoted.join(" "));
        const done = withoutQuotations(`${around.join(" ")} ${quoted.join(" ")}`, passages);
        for (const passage of passagesOf(done)) expect(passages.has(passage)).toBe(false);
        expect(withoutQuotations("nothing of hers is in this", passages)).toBe("nothing of hers is in this");
      }),
      RUNS,
    );
  });
});
