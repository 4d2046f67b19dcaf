import {
  type RectifiedIdentity,
  replayRectification,
  replayRestriction,
  replayWithdrawal,
} from "../../domain/restoration/replay.ts";
import { NOTHING_REPLAYED, type Replayed } from "../../domain/restoration/restore-point.ts";
import type { Subject } from "../../domain/roles/subject.ts";
import type { Changes } from "../../domain/shared/changes.ts";
import type { IdentityId, SubjectId } from "../../domain/shared/ids.ts";
import type { LedgerEntry } from "../../ports/erasure-ledger.ts";
import { StorageFailure } from "../../ports/unit-of-work.ts";
import { SYSTEM_CALLER } from "../caller.ts";
import { occasionOf } from "../commit.ts";
import { consentSituation } from "../consent/situation.ts";
import type { Deps } from "../deps.ts";
import { sealIdentity } from "../vault.ts";

/** Erases a person whom a copy brought back: all of her, to the end. Rejects when it could not. */
export type EraseAgain = (subject: SubjectId, comments: "keep_text" | "remove_text") => Promise<void>;

const PAGE = 1_000;
const ATTEMPTS = 5;

const COUNTED = {
  erasure: "erasures",
  withdrawal: "withdrawals",
  objection: "objections",
  restriction: "restrictions",
  unrestriction: "unrestrictions",
  rectification: "rectifications",
} as const satisfies Record<LedgerEntry["kind"], keyof Replayed>;

type Told<K extends LedgerEntry["kind"]> = Extract<LedgerEntry, { readonly kind: K }>;

const withdrawn = async (deps: Deps, subject: Subject, told: Told<"withdrawal"> | Told<"objection">) => {
  const [latest, policy] = await Promise.all([
    deps.readers.consents.latest(subject.id),
    deps.readers.consentPolicies.current(),
  ]);
  if (policy === null) return null;
  const situation = { ...consentSituation(deps, subject, latest, policy), subject };
  return replayWithdrawal(situation, told, deps.ids.next(), await occasionOf(deps, SYSTEM_CALLER));
};

const rectified = async (deps: Deps, subject: Subject, told: Told<"rectification">) => {
  const sealed = await Promise.all(
    told.identities.map(async ({ kind, value }): Promise<RectifiedIdentity> => {
      const index = kind === "name" ? null : await deps.blindIndexer.index(kind, value);
      const line = sealIdentity(deps, subject.id, kind, value, index);
      return { kind, ...line, id: line.id as IdentityId };
    }),
  );
  const comments = await Promise.all(told.comments.map(({ id }) => deps.readers.comments.byId(id)));
  return replayRectification(
    {
      subject,
      identities: await deps.readers.identities.ofSubject(subject.id),
      comments: comments.flatMap((found) => found?.comment ?? []),
    },
    { at: told.at, identities: sealed, comments: told.comments },
    await occasionOf(deps, SYSTEM_CALLER),
  );
};

/** Of one that was told without its ground it is taken that she contests what is kept of her. */
const restricted = async (
  deps: Deps,
  subject: Subject,
  told: Told<"restriction"> | Told<"unrestriction">,
) => {
  const { readers, ids, policies } = deps;
  const ground = told.kind === "restriction" ? (told.ground ?? "accuracy_contested") : "accuracy_contested";
  return replayRestriction(
    { subject, requests: await readers.privacyRequests.ofSubject(subject.id, null, PAGE) },
    { kind: told.kind, at: told.at, ground },
    { id: ids.next(), calendar: policies.calendar },
    await occasionOf(deps, SYSTEM_CALLER),
  );
};

const changesFor = async (
  deps: Deps,
  subject: Subject,
  told: Exclude<LedgerEntry, { readonly kind: "erasure" }>,
): Promise<Changes | null> => {
  switch (told.kind) {
    case "withdrawal":
    case "objection":
      return withdrawn(deps, subject, told);
    case "restriction":
    case "unrestriction":
      return restricted(deps, subject, told);
    case "rectification":
      return rectified(deps, subject, told);
  }
};

/** Decides and commits; whoever else works on the same person comes first and it is decided again. */
const redo = async (deps: Deps, id: SubjectId, told: LedgerEntry, erase: EraseAgain): Promise<boolean> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const subject = await deps.readers.subjects.byId(id);
    if (subject === null || subject.status === "erased") return false;
    if (told.kind === "erasure") {
      await erase(id, told.comments);
      return true;
    }
    const changes = await changesFor(deps, subject, told);
    if (changes === null) return false;
    if ((await deps.unitOfWork.commit(changes)).ok) return true;
  }
  throw new StorageFailure("lost", "no", "replay the erasure ledger");
};

/**
 * What of one person's facts has still to be done, oldest first: of restrictions the last one; of everything, when she was
 * erased, the erasure alone.
 */
const outstanding = (facts: readonly LedgerEntry[]): readonly LedgerEntry[] => {
  const erasure = facts.findLast(({ kind }) => kind === "erasure");
  if (erasure !== undefined) return [erasure];
  const isRestriction = ({ kind }: LedgerEntry) => kind === "restriction" || kind === "unrestriction";
  const restriction = facts.findLast(isRestriction);
  return facts.filter((fact) => !isRestriction(fact) || fact === restriction);
};

/**
 * Does again what a database has not heard of. Everybody is looked at once, since the ledger knows no ids. Doing it twice
 * does no harm, so that it may be cut short and begun anew.
 */
export const replayLedger = async (
  deps: Deps,
  entries: readonly LedgerEntry[],
  erase: EraseAgain,
): Promise<Replayed> => {
  const replayed: Record<keyof Replayed, number> = { ...NOTHING_REPLAYED };
  if (entries.length === 0) return replayed;
  const ofPerson = Map.groupBy(entries, ({ pseudonym }) => pseudonym);
  const pseudonymOf = await deps.ledger.pseudonyms();
  let after: SubjectId | null = null;
  for (;;) {
    const page: readonly Subject[] = await deps.readers.records.walk("subjects", after, PAGE);
    for (const { id } of page) {
      for (const told of outstanding(ofPerson.get(pseudonymOf(id)) ?? [])) {
        if (await redo(deps, id, told, erase)) replayed[COUNTED[told.kind]] += 1;
      }
    }
    after = page.at(-1)?.id ?? null;
    if (page.length < PAGE) return replayed;
  }
};
