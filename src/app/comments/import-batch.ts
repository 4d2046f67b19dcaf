import { type Occasion, SYSTEM } from "../../domain/audit/audit-entry.ts";
import type { Comment } from "../../domain/comments/comment.ts";
import { importComments, importedComment } from "../../domain/comments/import-comments.ts";
import type { CommentId } from "../../domain/shared/ids.ts";
import { ok, type Result } from "../../domain/shared/result.ts";
import { SYSTEM_CALLER } from "../caller.ts";
import { decideAndCommit } from "../commit.ts";
import type { Deps } from "../deps.ts";
import type { AppError } from "../errors.ts";
import { type AuthorDeps, importAuthors } from "./import-authors.ts";
import type { ImportDraft } from "./import-draft.ts";

export type BatchDeps = AuthorDeps & Pick<Deps, "unitOfWork" | "clock">;

/** What became of a batch. */
export interface BatchOutcome {
  readonly placed: readonly ImportDraft[];
  /** Those of `placed` that are replies and became roots. */
  readonly rooted: readonly ImportDraft[];
  /** Replies whose parent is not here (yet). */
  readonly waiting: readonly ImportDraft[];
  /** Stored already, by an earlier run or an earlier line. */
  readonly already: readonly ImportDraft[];
  /** Another comment is stored under their id. */
  readonly taken: readonly ImportDraft[];
}

interface Placed {
  readonly draft: ImportDraft;
  readonly parent: ImportDraft | Comment | null;
}

/** Sorts a batch so that parents come before their replies. `never`: whether this parent is known to come no more. */
const place = (
  drafts: readonly ImportDraft[],
  stored: ReadonlyMap<string, Comment>,
  never: (parent: string) => boolean,
) => {
  const here = new Map<string, ImportDraft>();
  const order: Placed[] = [];
  const rooted: ImportDraft[] = [];
  const take = (draft: ImportDraft, parent: Placed["parent"]): void => {
    // A parent on another page would take the reply with it.
    const sound = parent === null || parent.thread === draft.thread;
    if (!sound) rooted.push(draft);
    order.push({ draft, parent: sound ? parent : null });
    here.set(draft.source_id, draft);
  };
  let left = drafts;
  for (let before = -1; before !== left.length; ) {
    before = left.length;
    left = left.filter((draft) => {
      const id = draft.parent_source_id;
      const parent = id === null ? null : (stored.get(id) ?? here.get(id));
      if (parent === undefined) return true;
      take(draft, parent);
      return false;
    });
    if (before !== left.length) continue;
    const orphan = left.find(({ parent_source_id }) => parent_source_id !== null && never(parent_source_id));
    if (orphan === undefined) break;
    rooted.push(orphan);
    take(orphan, null);
    left = left.filter((draft) => draft !== orphan);
  }
  return { order, rooted, waiting: left };
};

/** The same comment, or another under the same id? Its date tells: it is stored as it came. */
const isSame = (one: { readonly created_at: number }, other: { readonly created_at: number }): boolean =>
  one.created_at === other.created_at;

/** Parts what is new from what is here, in the store or on an earlier line of the batch. */
const part = (drafts: readonly ImportDraft[], stored: ReadonlyMap<string, Comment>) => {
  const fresh = new Map<string, ImportDraft>();
  const already: ImportDraft[] = [];
  const taken: ImportDraft[] = [];
  for (const draft of drafts) {
    const other = stored.get(draft.source_id) ?? fresh.get(draft.source_id);
    if (other === undefined) fresh.set(draft.source_id, draft);
    else (isSame(other, draft) ? already : taken).push(draft);
  }
  return { fresh: [...fresh.values()], already, taken };
};

/** Imports up to 100 comments in one commit, or none of them. */
export const importBatch = (
  deps: BatchDeps,
  source: string,
  drafts: readonly ImportDraft[],
  never: (parent: string) => boolean,
): Promise<Result<BatchOutcome, AppError>> =>
  decideAndCommit(deps, SYSTEM_CALLER, async () => {
    const ids = new Set(
      drafts.flatMap(({ source_id, parent_source_id }) =>
        parent_source_id === null ? [source_id] : [source_id, parent_source_id],
      ),
    );
    const found = await deps.readers.comments.imported(source, [...ids]);
    const stored = new Map(found.map((comment) => [comment.source_id ?? "", comment]));
    const { fresh, already, taken } = part(drafts, stored);
    const { order, rooted, waiting } = place(fresh, stored, never);
    const placed = order.map(({ draft }) => draft);
    const value: BatchOutcome = { placed, rooted, waiting, already, taken };
    if (placed.length === 0) return ok({ changes: null, value });

    const now = deps.clock.now();
    const occasion: Occasion = {
      now,
      actor: SYSTEM,
      audit_id: deps.ids.next(),
      retention: deps.policies.retention,
    };
    const authors = await importAuthors(deps, placed, now);
    const comments = new Map<ImportDraft, Comment>();
    const parents = new Map<CommentId, Comment>();
    for (const { draft, parent } of order) {
      const author = authors.get(draft);
      if (author === undefined) throw new Error("a comment without an author");
      const above = parent === null ? null : "id" in parent ? parent : (comments.get(parent) ?? null);
      if (parent !== null && "id" in parent) parents.set(parent.id, parent);
      const { source_id, thread, content, status, created_at } = draft;
      const id = deps.ids.at<CommentId>(created_at);
      comments.set(
        draft,
        importedComment(
          { id, source, source_id, thread, author, parent: above, content, status, created_at },
          occasion,
        ),
      );
    }
    const changes = importComments(
      {
        source,
        authors: [...new Set(authors.values())],
        parents: [...parents.values()],
        comments: [...comments.values()],
      },
      occasion,
    );
    return ok({ changes, value });
  });
