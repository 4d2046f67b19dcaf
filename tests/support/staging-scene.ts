// Production as a staging copy meets it: invented people who wrote in many scripts, and what must not leave.
import { makeSealer } from "../../src/adapters/crypto/sealer.ts";
import { auditEntry } from "../../src/domain/audit/audit-entry.ts";
import { SEAL_CONTEXTS } from "../../src/domain/personal-data/sealed-fields.ts";
import type { Changes, Write } from "../../src/domain/shared/changes.ts";
import { DAY, type Instant, plus } from "../../src/domain/shared/instant.ts";
import type { Store } from "../../src/ports/store.ts";
import { changes, insert, json, NOON, occasion, record, reply } from "./records.ts";

export const SOURCE_SECRET = "the secret key of production, long enough";

export const PEOPLE = 60;

const TEXTS = [
  "<p>Die Brücke über den Fluss war gestern noch gesperrt.</p>",
  "<p>Мост через реку вчера ещё был закрыт для всех.</p>",
  "<p>橋は昨日まだ閉鎖されていましたが、今日は開いています。</p>",
  "<p>كان الجسر فوق النهر لا يزال مغلقا بالأمس</p><p>واليوم مفتوح</p>",
  "<p>Η γέφυρα πάνω από το ποτάμι ήταν ακόμα κλειστή.</p>",
];

/** Everything that a copy must not hold, of each person. */
export const secretsOfPerson = (index: number) => ({
  email: `person-${index}-unmistakable@example.org`,
  name: `Unmistakable Person Number ${index}`,
  comment: `<p>only person ${index} could have written this</p>`,
});

/** Fills a store; answers the ids of its people. */
export const fillProduction = async (store: Store, people = PEOPLE): Promise<readonly string[]> => {
  const sealer = makeSealer({ current: SOURCE_SECRET, previous: null });
  const commit = async (writes: readonly Write[], audit?: Changes["audit"]): Promise<void> => {
    const [verdict] = await store.groups.commitGroup([changes(writes, [], audit)]);
    if (verdict?.type !== "stored") throw new Error(`production was not filled: ${verdict?.type}`);
  };
  const ids: string[] = [];
  const policy = record("consent_policies", {
    content: json({ texts: { en: "kept as it is, word by word" } }),
  });
  // The trail tells of the policy by its id, as it does where a service publishes one.
  const told = { policy_version: 1, material: true };
  await commit(
    [{ op: "insert", into: "consent_policies", row: policy }],
    [auditEntry("consent_policy.published", policy.id, told, occasion())],
  );
  for (let index = 0; index < people; index += 1) {
    const created = plus(NOON, -(index * 17) * DAY);
    const subject = record("subjects", {
      created_at: created,
      updated_at: created,
      role: index === 0 ? "admin" : "commenter",
    });
    ids.push(subject.id);
    const mine = { subject_id: subject.id };
    const { email, name, comment } = secretsOfPerson(index);
    const sealed = (kind: "email" | "name", value: string) => ({
      ...mine,
      kind,
      ciphertext: sealer.seal(value, SEAL_CONTEXTS.identities.ciphertext({ kind, subject_id: subject.id })),
      ...(kind === "name" ? { blind_index: null } : {}),
    });
    const thread = `/posts/${index % 6}-a-page-of-production`;
    const root = record("comments", { ...mine, thread, content: comment });
    await commit([
      { op: "insert", into: "subjects", row: subject },
      insert("identities", sealed("email", email)),
      insert("identities", sealed("name", name)),
      ...[1, 2].map((sequence) =>
        insert("consents", {
          ...mine,
          sequence,
          gpc: index === 1,
          purpose_states: json({
            functional: {
              granted: index % 2 === 0,
              withdrawn: false,
              decided_at: (created + index) as Instant,
              policy_version: 1,
              expires_at: plus(created, 365 * DAY),
              gpc: false,
            },
          }),
        }),
      ),
      { op: "insert", into: "comments", row: root },
      {
        op: "insert",
        into: "comments",
        row: reply(root, {
          ...mine,
          content: TEXTS[index % TEXTS.length] ?? "",
          moderation_note: index === 3 ? "a note by a moderator" : null,
          source: index === 4 ? "disqus" : null,
          source_id: index === 4 ? "unmistakable-id-of-disqus" : null,
        }),
      },
      insert("comment_reports", {
        comment_id: root.id,
        ...mine,
        reason: `reported by person number ${index}`,
      }),
      insert("mail_preferences", mine),
      insert("sessions", mine),
    ] as readonly Write[]);
  }
  return ids;
};
