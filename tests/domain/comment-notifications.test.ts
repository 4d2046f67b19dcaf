import { describe, expect, test } from "bun:test";
import type { Comment } from "../../src/domain/comments/comment.ts";
import {
  addresseeOf,
  type CommentTurn,
  concernedBy,
  withMails,
} from "../../src/domain/notifications/comment-notifications.ts";
import { type MailPreferences, stopNotifications } from "../../src/domain/notifications/mail-preferences.ts";
import { type Identity, newIdentity } from "../../src/domain/personal-data/identity.ts";
import type { OutgoingMail } from "../../src/domain/personal-data/records.ts";
import { newGdprRecord } from "../../src/domain/shared/gdpr-record.ts";
import type {
  CommentId,
  IdentityId,
  KeyedHash,
  MailId,
  MailPreferencesId,
  Sealed,
} from "../../src/domain/shared/ids.ts";
import { ADA, after, BOB, comment, days, hash, id, occasion, subject, T0 } from "./given.ts";

const ada = subject();
const bob = subject({ id: BOB });
const MODERATOR = id<typeof ADA>(0x3000);

const asked = comment({ notify_replies: true });
const reply = (fields: Partial<Comment> = {}): Comment =>
  comment({
    id: id<CommentId>(0xc1),
    subject_id: BOB,
    parent_id: asked.id,
    root_id: asked.id,
    depth: 1,
    ...fields,
  });

const turn = (fields: Partial<CommentTurn> = {}): CommentTurn => ({
  before: null,
  after: reply(),
  author: bob,
  parent: { comment: asked, author: ada },
  by: BOB,
  reason: null,
  ...fields,
});

const told = (fields: Partial<CommentTurn>): readonly string[] =>
  concernedBy(turn(fields)).map((each) => `${each.kind} ${each.subject.id === ADA ? "ada" : "bob"}`);

describe("who is told of a reply", () => {
  test.each<[string, Partial<CommentTurn>, readonly string[]]>([
    ["published at once", {}, ["reply ada"]],
    ["waiting for a moderator", { after: reply({ status: "pending" }) }, []],
    ["a root", { parent: null }, []],
    ["to who did not ask to be told", { parent: { comment: comment(), author: ada } }, []],
    ["to oneself", { author: ada, by: ADA }, []],
    [
      "to what was removed meanwhile",
      { parent: { comment: { ...asked, status: "removed" }, author: ada } },
      [],
    ],
    ["to what was rejected", { parent: { comment: { ...asked, status: "rejected" }, author: ada } }, []],
    [
      "to what its author edited and waits again",
      { parent: { comment: { ...asked, status: "pending" }, author: ada } },
      ["reply ada"],
    ],
    ["by a restricted person", { author: { ...bob, status: "restricted" } }, []],
    ["by an erased person", { author: { ...bob, status: "erased" } }, []],
  ])("%s", (_, fields, expected) => {
    expect(told(fields)).toEqual(expected);
  });

  test.each<[string, Comment, readonly string[]]>([
    ["approved by a moderator", reply({ status: "pending" }), ["moderation bob", "reply ada"]],
    ["approved after all", reply({ status: "rejected", moderated_at: T0 }), ["moderation bob", "reply ada"]],
    [
      "approved again after an edit: no news to others",
      reply({ status: "pending", moderated_at: T0, edited_at: T0 }),
      ["moderation bob"],
    ],
    ["approved as it was: a report is settled", reply({ queued_at: T0 }), []],
  ])("%s", (_, before, expected) => {
    const approved = { ...before, status: "approved", moderated_at: after(1) } as const;
    expect(told({ before, after: approved, by: MODERATOR })).toEqual(expected);
  });
});

describe("who is told of a moderator's decision", () => {
  const decided = (
    from: Comment["status"],
    to: Comment["status"],
    fields: Partial<CommentTurn> = {},
  ): readonly string[] =>
    told({ before: reply({ status: from }), after: reply({ status: to }), by: MODERATOR, ...fields });

  test("the author, of what was rejected and of what was removed", () => {
    expect(decided("pending", "rejected")).toEqual(["moderation bob"]);
    expect(decided("approved", "rejected")).toEqual(["moderation bob"]);
    expect(decided("approved", "removed")).toEqual(["moderation bob"]);
    expect(decided("rejected", "removed")).toEqual(["moderation bob"]);
  });

  test("not who did it herself, and nobody of an edit", () => {
    expect(decided("approved", "removed", { by: BOB })).toEqual([]);
    expect(decided("pending", "approved", { by: BOB, parent: null })).toEqual([]);
    expect(decided("approved", "pending")).toEqual([]);
  });

  test("nobody whose comment was imported: she never dealt with this service", () => {
    const imported = reply({ source: "disqus", source_id: "7" });
    const removed = { ...imported, status: "removed" } as const;
    expect(told({ before: imported, after: removed, by: MODERATOR })).toEqual([]);
  });
});

const email = (fields: Partial<Identity> = {}): Identity => ({
  ...newIdentity(
    id<IdentityId>(0xe1),
    ADA,
    "email",
    { blind_index: hash<KeyedHash>("a"), ciphertext: "sealed" as Sealed },
    T0,
  ),
  ...fields,
});

const preferences = (notifications: boolean): MailPreferences => ({
  ...newGdprRecord(id<MailPreferencesId>(0x9e), T0, null),
  subject_id: ADA,
  notifications,
});

describe("who may be written to", () => {
  test("who has shown that an address is hers, and did not unsubscribe", () => {
    expect(addresseeOf(ada, [email()], null)?.email).toEqual(email());
    expect(addresseeOf(ada, [email()], preferences(true))?.preferences?.notifications).toBe(true);
  });

  test.each<[string, Parameters<typeof addresseeOf>]>([
    ["no address", [ada, [], null]],
    ["an address that was only claimed in a post", [ada, [email({ blind_index: null })], null]],
    [
      "a name and an external id only",
      [ada, [email({ kind: "name" }), email({ kind: "external_user_id" })], null],
    ],
    ["unsubscribed", [ada, [email()], preferences(false)]],
    ["restricted", [{ ...ada, status: "restricted" }, [email()], null]],
    ["erased", [{ ...ada, status: "erased" }, [email()], null]],
  ])("not: %s", (_, given) => {
    expect(addresseeOf(...given)).toBeNull();
  });

  test("the mail is stored only while person, address and preferences are as they were read", () => {
    const to = addresseeOf({ ...ada, version: 4 }, [email({ version: 2 })], {
      ...preferences(true),
      version: 3,
    });
    if (to === null) throw new Error("she may be written to");
    const mail: OutgoingMail = {
      ...newGdprRecord(id<MailId>(0x3a), T0, days(3)),
      kind: "reply",
      subject_id: ADA,
      message: "sealed" as Sealed,
      message_id: "1@example.org",
      attempts: 0,
      next_attempt_at: T0,
    };
    const changes = stopNotifications(bob, null, id<MailPreferencesId>(1), occasion());
    if (changes === null) throw new Error("something changes");
    const both = withMails(changes, [{ mail, to }]);
    expect(both.expects.slice(changes.expects.length)).toEqual([
      { in: "subjects", id: ADA, version: 4 },
      { in: "identities", id: email().id, version: 2 },
      { in: "mail_preferences", id: preferences(true).id, version: 3 },
    ]);
    expect(both.writes).toEqual([...changes.writes, { op: "insert", into: "outgoing_mails", row: mail }]);
    expect(both.audit).toEqual(changes.audit);
  });
});

describe("unsubscribing", () => {
  const ID = id<MailPreferencesId>(0x77);

  test("is stored once, with an audit entry that does not name her", () => {
    const changes = stopNotifications(ada, null, ID, occasion(days(1)));
    expect(changes).toMatchObject({
      expects: [{ in: "subjects", id: ADA, version: 1 }],
      writes: [
        {
          op: "insert",
          into: "mail_preferences",
          row: { id: ID, subject_id: ADA, notifications: false, retention_until: null, created_at: days(1) },
        },
      ],
      audit: [{ action: "mail_preferences.changed", resource_id: ID, details: '{"notifications":false}' }],
    } as never);
    expect(JSON.stringify(changes?.audit)).not.toContain(ADA);
  });

  test("changes what she said before, and nothing where she said so already", () => {
    const before = { ...preferences(true), version: 5 };
    expect(stopNotifications(ada, before, ID, occasion())?.writes).toEqual([
      {
        op: "update",
        in: "mail_preferences",
        id: before.id,
        version: 5,
        set: { notifications: false, updated_at: T0 },
      },
    ]);
    expect(stopNotifications(ada, preferences(false), ID, occasion())).toBeNull();
  });

  test("a restricted person may; about an erased one nothing is stored", () => {
    expect(stopNotifications({ ...ada, status: "restricted" }, null, ID, occasion())).not.toBeNull();
    expect(stopNotifications({ ...ada, status: "erased" }, null, ID, occasion())).toBeNull();
  });
});
