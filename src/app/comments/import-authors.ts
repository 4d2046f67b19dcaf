import type { ImportedAuthor } from "../../domain/comments/import-comments.ts";
import { newSubject } from "../../domain/roles/subject.ts";
import type { EmailAddress } from "../../domain/shared/email.ts";
import type { KeyedHash } from "../../domain/shared/ids.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import type { Deps } from "../deps.ts";
import { sealIdentity } from "../vault.ts";
import type { ImportDraft } from "./import-draft.ts";

export type AuthorDeps = Pick<Deps, "readers" | "ids" | "sealer" | "blindIndexer"> & {
  readonly policies: Pick<Deps["policies"], "retention">;
};

/** Comments of one person: those with one address. A name joins nobody, so every comment without an address has an author of its own. */
const byPerson = (drafts: readonly ImportDraft[]): readonly (readonly ImportDraft[])[] => {
  const people = new Map<EmailAddress | ImportDraft, ImportDraft[]>();
  for (const draft of drafts) {
    const key = draft.email ?? draft;
    const same = people.get(key);
    if (same === undefined) people.set(key, [draft]);
    else same.push(draft);
  }
  return [...people.values()];
};

/** The authors of these comments: found in the vault by their address, or new to it. */
export const importAuthors = async (
  deps: AuthorDeps,
  drafts: readonly ImportDraft[],
  now: Instant,
): Promise<ReadonlyMap<ImportDraft, ImportedAuthor>> => {
  const { subjects, identities } = deps.readers;
  const people = byPerson(drafts);
  const emails = [...new Set(drafts.flatMap(({ email }) => (email === null ? [] : [email])))];
  const indexes = new Map<EmailAddress, KeyedHash>();
  for (const email of emails) indexes.set(email, await deps.blindIndexer.index("email", email));

  const lines = emails.length === 0 ? [] : await identities.findMany("email", [...indexes.values()]);
  const known = new Map(lines.map((line) => [line.blind_index, line.subject_id]));
  const ids = [...new Set(known.values())];
  const stored = new Map(
    (await Promise.all(ids.map((id) => subjects.byId(id)))).map((found, at) => [ids[at], found]),
  );
  const named = new Set(
    (ids.length === 0 ? [] : await identities.namesOf(ids)).map((line) => line.subject_id),
  );

  const authors = new Map<ImportDraft, ImportedAuthor>();
  for (const comments of people) {
    const email = comments[0]?.email ?? null;
    const index = email === null ? null : (indexes.get(email) ?? null);
    const found = index === null ? null : (stored.get(known.get(index)) ?? null);
    const subject = found ?? newSubject(deps.ids.subject(), "commenter", now, deps.policies.retention);
    const name = comments.find((comment) => comment.name !== null)?.name ?? null;
    const author: ImportedAuthor = {
      subject,
      fresh: found === null,
      email: found === null && email !== null ? sealIdentity(deps, subject.id, "email", email, index) : null,
      name:
        name !== null && !named.has(subject.id) ? sealIdentity(deps, subject.id, "name", name, null) : null,
    };
    for (const comment of comments) authors.set(comment, author);
  }
  return authors;
};
