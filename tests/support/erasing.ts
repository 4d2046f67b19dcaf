// The canary as somebody who was here for years: what she left in every collection, and what others wrote to her and of
// her, stored at once, with an erasure that she asked for and whose date has come.
import { publishDefaultPolicy } from "../../src/app/consent/publish-default-policy.ts";
import { outgoingMail } from "../../src/app/mail/outgoing-mail.ts";
import { catchUp } from "../../src/app/restoration/catch-up.ts";
import { eraseAgain } from "../../src/app/restoration/erase-again.ts";
import { sealIdentity } from "../../src/app/vault.ts";
import { type IdentityKind, newIdentity } from "../../src/domain/personal-data/identity.ts";
import { SEAL_CONTEXTS } from "../../src/domain/personal-data/sealed-fields.ts";
import type { PrivacyRequestId, SubjectId } from "../../src/domain/shared/ids.ts";
import { DAY, plus } from "../../src/domain/shared/instant.ts";
import { CANARY } from "./canary.ts";
import type { Environment } from "./process.ts";
import { asWrite, changes, id, insert, NOON, record, reply } from "./records.ts";
import { onService } from "./restoring.ts";

const COMMENTS = 220;
const MENTIONS = 60;
const CONSENTS = 40;
const MAILS = 40;
const SESSIONS = 30;

export interface LongLife {
  readonly her: SubjectId;
  readonly other: SubjectId;
  readonly request: PrivacyRequestId;
}

export const makeLongLife = (environment: Environment): Promise<LongLife> =>
  onService(environment, async ({ store, deps }) => {
    await store.migrator.up();
    await publishDefaultPolicy(deps);
    await catchUp(deps, eraseAgain(deps));
    const [she, he] = [record("subjects"), record("subjects")];
    const identity = async (of: SubjectId, kind: IdentityKind, value: string) => {
      const index = kind === "email" ? await deps.blindIndexer.index("email", value) : null;
      const line = sealIdentity(deps, of, kind, value, index);
      return asWrite({
        op: "insert",
        into: "identities",
        row: newIdentity(line.id, of, kind, line, NOON),
      });
    };
    const mail = (to: string, subject_id: SubjectId | null, text: string) => {
      const until = plus(deps.clock.now(), 30 * DAY);
      const about = { kind: "sign_in", subject_id, now: NOON, until } as const;
      const row = outgoingMail(deps, about, { to, subject: "News", text, html: `<p>${text}</p>` });
      return { op: "insert", into: "outgoing_mails", row } as const;
    };
    const many = <T>(count: number, make: (index: number) => T): readonly T[] =>
      Array.from({ length: count }, (_, index) => make(index));
    const by = (subject: SubjectId) => ({ subject_id: subject });
    const hers = many(COMMENTS, (index) =>
      record("comments", {
        ...by(she.id),
        content: `<p>${CANARY.text} Das war mein Satz Nummer ${index} dazu.</p>`,
        moderation_note: index % 4 === 0 ? `${CANARY.name} schreibt oft` : null,
      }),
    );
    const replies = hers.map((comment, index) =>
      reply(comment, {
        ...by(he.id),
        content: `<p>&gt; ${CANARY.text}</p><p>Liebe Quendolina, ${index} mal ja.</p>`,
      }),
    );
    const asked = id<PrivacyRequestId>();
    const request = record("privacy_requests", {
      id: asked,
      ...by(she.id),
      type: "erasure",
      state: "scheduled",
      comments: "remove_text",
      effective_at: NOON,
      statement: deps.sealer.seal(
        `${CANARY.name} was here`,
        SEAL_CONTEXTS.privacy_requests.statement({ id: asked }),
      ),
    });
    const writes = [
      { op: "insert", into: "subjects", row: she } as const,
      { op: "insert", into: "subjects", row: he } as const,
      await identity(she.id, "name", CANARY.name),
      await identity(she.id, "email", CANARY.email),
      await identity(she.id, "external_user_id", CANARY.externalId),
      await identity(he.id, "name", "Otto Nachbar"),
      ...[...hers, ...replies].map((row) => ({ op: "insert", into: "comments", row }) as const),
      ...many(MENTIONS, (index) =>
        insert("comments", {
          ...by(he.id),
          content: `<p>Anderswo, zum ${index}.: ${CANARY.name.toUpperCase()} weiss das.</p>`,
        }),
      ),
      ...many(MENTIONS, () => insert("comments", { ...by(he.id), content: "<p>Von ganz anderem.</p>" })),
      ...hers
        .filter((_, index) => index % 8 === 0)
        .map(({ id: comment_id }) =>
          insert("comment_reports", { ...by(he.id), comment_id, reason: `${CANARY.name} stört` }),
        ),
      ...many(CONSENTS, (index) => insert("consents", { ...by(she.id), sequence: index + 1 })),
      insert("consents", by(he.id)),
      ...many(SESSIONS, () => insert("sessions", by(she.id))),
      insert("sessions", by(he.id)),
      ...many(MAILS, () => mail(CANARY.email, she.id, `Dear ${CANARY.name}`)),
      ...many(MAILS, (index) => mail("otto@example.org", he.id, `${index}: ${CANARY.name} replied`)),
      mail("otto@example.org", he.id, "Of something else"),
      { op: "insert", into: "privacy_requests", row: request } as const,
    ];
    for (let from = 0; from < writes.length; from += 500) {
      const [verdict] = await store.groups.commitGroup([changes(writes.slice(from, from + 500))]);
      if (verdict?.type !== "stored") throw new Error("a long life was not stored");
    }
    return { her: she.id, other: he.id, request: asked };
  });
