import { describe, expect, test } from "bun:test";
import { groundOf, judged, RETAINED, standingOf } from "../../src/domain/erasure/findings.ts";
import { CATALOGUE } from "../../src/domain/personal-data/catalogue.ts";
import { COLLECTIONS } from "../../src/domain/personal-data/records.ts";
import type { Instant } from "../../src/domain/shared/instant.ts";
import { comment } from "./given.ts";

const at = (moment: number) => moment as Instant;

describe("where an erased person may still be spoken of", () => {
  test("is decided of every field that erasure keeps and a log may never carry", () => {
    const undecided = COLLECTIONS.flatMap((collection) =>
      Object.entries(CATALOGUE[collection].fields)
        .filter(([, { erasure, neverLog }]) => erasure === "keep" && neverLog)
        .map(([field]) => ({ place: `${collection}.${field}`, standing: standingOf(collection, field) })),
    ).filter(({ standing }) => standing === null);
    // Ids of persons whose vault is empty.
    expect(undecided.map(({ place }) => place)).toEqual(["legal_holds.subject_id", "erasures.subject_id"]);
  });

  test("has a ground wherever it stays", () => {
    for (const [collection, fields] of Object.entries(RETAINED)) {
      for (const field of Object.keys(fields))
        expect(groundOf(`${collection}.${field}`)).toBe(fields[field as never]);
    }
    expect(groundOf("comments.content")).toContain("17(3)(a)");
  });

  test("is nothing that others wrote before her erasure began", () => {
    const standing = (field: string, fields: Parameters<typeof comment>[0]) =>
      judged({ collection: "comments", field, row: comment(fields), hers: false }, at(1_000));
    const old = { created_at: at(0), edited_at: null, moderated_at: null };
    expect(standing("content", old)).toBe("residue");
    expect(standing("content", { ...old, moderated_at: at(2_000) })).toBe("residue");
    expect(standing("content", { ...old, edited_at: at(1_000) })).toBe("retained");
    expect(standing("content", { ...old, created_at: at(1_000) })).toBe("retained");
    expect(standing("moderation_note", { ...old, moderated_at: at(1_000) })).toBe("retained");
    expect(standing("moderation_note", { ...old, edited_at: at(1_000) })).toBe("residue");
    expect(standing("thread", old)).toBe("retained");
    expect(standing("status", old)).toBe(null);
  });
});
