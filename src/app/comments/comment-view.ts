import type { CommentWithAuthor } from "../../ports/comment-reader.ts";
import type { CommentView } from "../application.ts";
import type { Deps } from "../deps.ts";
import { namesOf } from "../vault.ts";

type Reading = Pick<Deps, "readers" | "sealer">;

/** Comments with their authors' names, for somebody who may see all of them. */
export const fullViews = async (
  deps: Reading,
  rows: readonly CommentWithAuthor[],
): Promise<readonly CommentView[]> => {
  const names = await namesOf(
    { identities: deps.readers.identities, sealer: deps.sealer },
    rows.map(({ comment }) => comment.subject_id),
  );
  return rows.map((row) => view(row, names.get(row.comment.subject_id) ?? null));
};

/** As the public sees them: what is not approved, or whose author is restricted, keeps its place and says nothing. */
export const publicViews = async (
  deps: Reading,
  rows: readonly CommentWithAuthor[],
): Promise<readonly CommentView[]> => {
  const shown = rows.filter(isShown);
  const byId = new Map((await fullViews(deps, shown)).map((each) => [each.id, each]));
  return rows.map(
    (row) =>
      byId.get(row.comment.id) ?? {
        ...view(row, null),
        content: null,
        status: "removed",
        edited_at: null,
        source: null,
      },
  );
};

export const fullView = async (deps: Reading, row: CommentWithAuthor): Promise<CommentView> => {
  const [only] = await fullViews(deps, [row]);
  if (only === undefined) throw new Error("one comment has one view");
  return only;
};

/** What everybody may read of a comment. */
const isShown = ({ comment, author }: CommentWithAuthor): boolean =>
  comment.status === "approved" && author.status !== "restricted";

const view = ({ comment }: CommentWithAuthor, author_name: string | null): CommentView => ({
  id: comment.id,
  thread: comment.thread,
  parent_id: comment.parent_id,
  root_id: comment.root_id,
  depth: comment.depth,
  author_name,
  content: comment.content,
  status: comment.status,
  created_at: comment.created_at,
  edited_at: comment.edited_at,
  source: comment.source,
  version: comment.version,
});
