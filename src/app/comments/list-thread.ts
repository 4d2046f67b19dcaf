import { parseThread } from "../../domain/comments/comment.ts";
import { type CommentId, parseId } from "../../domain/shared/ids.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { CommentWithAuthor } from "../../ports/comment-reader.ts";
import type { Application, CommentView, Page, PageRequest, ThreadRoot } from "../application.ts";
import { requirePermission } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { badCursor, pageOf } from "../paging.ts";
import { fullViews, publicViews } from "./comment-view.ts";

/** How many replies come with each root at once. */
const FIRST_REPLIES = 10;

const idOf = ({ comment }: CommentWithAuthor): string => comment.id;

/** Comments of a thread: roots with their first replies; the replies of one root; or, for moderators, one status. */
export const listThread =
  (deps: Deps): Application["comments"]["listThread"] =>
  async (caller, input) => {
    const { limit, cursor } = input.page;
    const thread = parseThread(input.thread);
    if (thread === null) {
      return err({ type: "invalid-input", errors: [{ pointer: "/thread", reason: "not-a-thread" }] });
    }
    const after = cursor === null ? null : parseId<CommentId>(cursor);
    if (cursor !== null && after === null) return badCursor();
    const { comments } = deps.readers;

    if (input.status !== null) {
      const allowed = requirePermission(caller.principal, "comments:moderate");
      if (!allowed.ok) return allowed;
      const rows = await comments.inThread(thread, input.status, after, limit + 1);
      return ok(await viewed(rows, input.page, (shown) => fullViews(deps, shown)));
    }
    if (input.root !== null) {
      const root = await comments.byId(input.root);
      if (root === null || root.comment.thread !== thread) return err({ type: "not-found" });
      const rows = await comments.publicReplies(input.root, after, limit + 1);
      return ok(await viewed(rows, input.page, (shown) => publicViews(deps, shown)));
    }

    const roots = await comments.publicRoots(thread, after, limit + 1);
    const shown = roots.slice(0, limit);
    const firstReplies = await comments.firstReplies(
      shown.map(({ comment }) => comment.id),
      FIRST_REPLIES + 1,
    );
    const branches = shown.map((root) => ({ root, replies: firstReplies.get(root.comment.id) ?? [] }));
    const flat = branches.flatMap(({ root, replies }) => [root, ...replies.slice(0, FIRST_REPLIES)]);
    const views = new Map((await publicViews(deps, flat)).map((view) => [view.id, view]));
    const viewOf = (row: CommentWithAuthor): CommentView => {
      const view = views.get(row.comment.id);
      if (view === undefined) throw new Error("every comment of the page has a view");
      return view;
    };
    const threadRoots = new Map(
      branches.map(({ root, replies }): [string, ThreadRoot] => {
        const page = pageOf(replies, FIRST_REPLIES, idOf, viewOf);
        return [root.comment.id, { ...viewOf(root), replies: page.items, replies_cursor: page.next_cursor }];
      }),
    );
    return ok(
      pageOf(roots, limit, idOf, (row) => {
        const root = threadRoots.get(row.comment.id);
        if (root === undefined) throw new Error("every root of the page has its branch");
        return root;
      }),
    );
  };

/** A flat listing: each item stands for itself. */
const viewed = async (
  rows: readonly CommentWithAuthor[],
  { limit }: PageRequest,
  viewsOf: (rows: readonly CommentWithAuthor[]) => Promise<readonly CommentView[]>,
): Promise<Page<ThreadRoot>> => {
  const views = await viewsOf(rows.slice(0, limit));
  const { next_cursor } = pageOf(rows, limit, idOf, idOf);
  return { items: views.map((view) => ({ ...view, replies: [], replies_cursor: null })), next_cursor };
};
