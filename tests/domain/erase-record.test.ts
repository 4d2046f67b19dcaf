import { describe, expect, test } from "bun:test";
import { eraseComment, redactComment } from "../../src/domain/anonymization/erase-comment.ts";
import { EMPTY, erasedFields, eraseRecord } from "../../src/domain/anonymization/erase-record.ts";
import { CATALOGUE } from "../../src/domain/personal-data/catalogue.ts";
import { type Collection, keyField } from "../../src/domain/personal-data/records.ts";
import { newGdprRecord } from "../../src/domain/shared/gdpr-record.ts";
import type {
  CommentReportId,
  IdentityId,
  KeyedHash,
  Sealed,
  SubjectId,
} from "../../src/domain/shared/ids.ts";
import { ADA, BOB, comment, hash, id, T0 } from "./given.ts";

const NOBODY = id<SubjectId>(0x0);
const severance = { subject: ADA, anonymous: NOBODY };

describe("erasing a record by the catalogue", () => {
  test("there is an empty value for every field that is emptied and does not go with its record", () => {
    const missing = Object.entries(CATALOGUE).flatMap(([collection, rule]) =>
      collection === "audit_entries" || rule.erasure === "delete"
        ? []
        : Object.entries(rule.fields)
            .filter(([field]) => field !== keyField(collection as Collection))
            .filter(([, { erasure }]) => erasure === "delete" || erasure === "blank")
            .filter(([field]) => !(field in (EMPTY[collection as Collection] ?? {})))
            .map(([field]) => `${collection}.${field}`),
    );
    // Keys of the store and of programs speak of no person.
    expect(missing).toEqual([
      "webhooks.secret",
      "webhooks.previous_secret",
      "service_credentials.token_hash",
      "keys.wrapped",
    ]);
  });

  test("deletes a line of the vault", () => {
    const line = {
      ...newGdprRecord(id<IdentityId>(1), T0, null),
      subject_id: ADA,
      kind: "name",
      blind_index: null,
      ciphertext: "v1.x" as Sealed,
    } as const;
    expect(eraseRecord("identities", line, severance)).toEqual({
      op: "delete",
      from: "identities",
      id: line.id,
      version: 1,
    });
  });

  test("empties what a report says and forgets who reported, and is done then", () => {
    const report = {
      ...newGdprRecord(id<CommentReportId>(1), T0, null),
      comment_id: comment().id,
      subject_id: ADA,
      reason: "she insulted me",
    };
    const set = { subject_id: null, reason: "", anonymized: true };
    expect(erasedFields("comment_reports", report, severance)).toEqual(set);
    expect(eraseRecord("comment_reports", { ...report, ...set }, severance)).toBeNull();
  });

  test("never touches the name of another person", () => {
    const consent = { subject_id: BOB, ip_hash: hash<KeyedHash>("a"), anonymized: true };
    expect(erasedFields("consents", consent as never, severance)).toEqual({
      audit_entry_id: null,
      ip_hash: null,
      user_agent_hash: null,
    });
  });
});

describe("erasing a comment", () => {
  const needles = [["ada", "lovelace"]];
  const hers = comment({
    content: "<p>Ada Lovelace was here</p>",
    moderation_note: "known to us",
    source: "wxr",
    source_id: "7",
  });
  const severed = {
    subject_id: NOBODY,
    moderation_note: null,
    edit_token_hash: null,
    source_id: null,
    anonymized: true,
  };

  test("keeps the text without its author, and without her name in it", () => {
    expect(eraseComment(hers, severance, "keep_text", needles)).toEqual({
      op: "update",
      in: "comments",
      id: hers.id,
      version: 1,
      set: { ...severed, content: "<p>[…] was here</p>" },
    });
  });

  test("removes the text and keeps its place", () => {
    expect(eraseComment(hers, severance, "remove_text", needles)).toMatchObject({
      set: { ...severed, content: "", status: "removed" },
    });
  });

  test.each(["pending", "rejected", "removed"] as const)("keeps no text that nobody reads: %s", (status) => {
    expect(eraseComment({ ...hers, status }, severance, "keep_text", needles)).toMatchObject({
      set: { content: "" },
    });
  });

  test.each(["keep_text", "remove_text"] as const)("twice is once: %s", (choice) => {
    const write = eraseComment(hers, severance, choice, needles);
    const after = { ...hers, ...(write?.op === "update" ? write.set : {}) } as typeof hers;
    expect(eraseComment(after, severance, choice, needles)).toBeNull();
  });

  test("another's comment loses what it says of her; one that said nothing else is an empty place", () => {
    expect(redactComment(hers, hers.content)).toBeNull();
    expect(redactComment(hers, "<p>[…] was here</p>")).toMatchObject({
      set: { content: "<p>[…] was here</p>" },
    });
    expect(redactComment(hers, "<p>[…]</p>")).toMatchObject({ set: { content: "", status: "removed" } });
  });
});
