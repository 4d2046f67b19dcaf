import { and, asc, eq, gt, inArray, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { CommentReader, CommentWithAuthor } from "../../../ports/comment-reader.ts";
import { first, param, prepared, preparedForMany, type Source } from "../portable.ts";

/** Greater than every id. */
const AFTER_IDS = sql.raw("'g'");

const inOrder = (a: CommentWithAuthor, b: CommentWithAuthor): number =>
  a.comment.id < b.comment.id ? -1 : 1;

export const commentReader = (source: Source): CommentReader => {
  const { db, schema } = source;
  const { comments, subjects } = schema;
  const withAuthor = (where: SQL | undefined) =>
    db
      .select({ comment: comments, author: subjects })
      .from(comments)
      .innerJoin(subjects, eq(subjects.id, comments.subject_id))
      .where(where);
  const page = (where: SQL) =>
    withAuthor(and(where, gt(comments.id, param("after"))))
      .orderBy(asc(comments.id))
      .limit(param("limit"));

  const byId = prepared<CommentWithAuthor>(source, "comments.byId", () =>
    withAuthor(eq(comments.id, param("id"))),
  );
  const byEditTokenHash = prepared<CommentWithAuthor>(source, "comments.byEditTokenHash", () =>
    withAuthor(eq(comments.edit_token_hash, param("hash"))),
  );

  // The conditions of the partial indexes, word for word and unbound: that is how the databases recognise them.
  const root = sql`${comments.depth} = 0 and ${comments.status} in ('approved', 'removed')`;
  const reply = sql`${comments.depth} > 0 and ${comments.status} in ('approved', 'removed')`;
  const publicRoots = prepared<CommentWithAuthor>(source, "comments.publicRoots", () => {
    const replies = alias(comments, "reply");
    const repliers = alias(subjects, "replier");
    const seen = sql`${comments.status} = 'approved' and ${subjects.status} <> 'restricted'`;
    const answered = sql`exists (
      select 1 from ${comments} as ${sql.identifier("reply")}
      join ${subjects} as ${sql.identifier("replier")} on ${repliers.id} = ${replies.subject_id}
      where ${replies.root_id} = ${comments.id} and ${replies.depth} > 0 and ${replies.status} in ('approved', 'removed')
        and ${replies.status} = 'approved' and ${repliers.status} <> 'restricted')`;
    return page(sql`${comments.thread} = ${param("thread")} and ${root} and ((${seen}) or ${answered})`);
  });
  const publicReplies = prepared<CommentWithAuthor>(source, "comments.publicReplies", () =>
    page(sql`${comments.root_id} = ${param("root")} and ${reply}`),
  );
  // How far the first replies of each root go is found before they are read: so none is read that is not wanted, however
  // many there are. The limit that limits nothing keeps PostgreSQL from asking it again for each reply.
  const firstReplies = preparedForMany<CommentWithAuthor>(source, "comments.firstReplies", (roots) => {
    const among = alias(comments, "among");
    const lastWanted = sql`(
      select ${among.id} from ${comments} as ${sql.identifier("among")}
      where ${among.root_id} = ${comments.id} and ${among.depth} > 0 and ${among.status} in ('approved', 'removed')
      order by ${among.id} limit 1 offset ${param("others")})`;
    return db
      .select({ comment: comments, author: subjects })
      .from(
        sql`(select ${comments.id} as root, ${lastWanted} as last from ${comments}
          where ${inArray(comments.id, [...roots])} limit 1000 offset 0) as asked`,
      )
      .innerJoin(
        comments,
        sql`${comments.root_id} = asked.root and ${reply} and ${comments.id} <= coalesce(asked.last, ${AFTER_IDS})`,
      )
      .innerJoin(subjects, eq(subjects.id, comments.subject_id));
  });
  // An approved root, which most comments are, is in the index of public roots and not in that of threads by status: a
  // comment posted or deleted changes one page less, and only moderators ask twice.
  const inThread = prepared<CommentWithAuthor>(source, "comments.inThread", () =>
    page(
      sql`${comments.thread} = ${param("thread")} and ${comments.status} = ${param("status")}
        and (${comments.depth} > 0 or ${comments.status} <> 'approved') and ${subjects.status} <> 'restricted'`,
    ),
  );
  const approvedRoots = prepared<CommentWithAuthor>(source, "comments.approvedRoots", () =>
    page(
      sql`${comments.thread} = ${param("thread")} and ${root} and ${comments.status} = 'approved'
        and ${subjects.status} <> 'restricted'`,
    ),
  );
  const queue = prepared<CommentWithAuthor>(source, "comments.queue", () =>
    withAuthor(
      sql`${comments.queued_at} is not null
        and (${comments.queued_at}, ${comments.id}) > (${param("queued_at")}, ${param("id")})
        and ${subjects.status} <> 'restricted'`,
    )
      .orderBy(asc(comments.queued_at), asc(comments.id))
      .limit(param("limit")),
  );
  const imported = preparedForMany(source, "comments.imported", (sourceIds) =>
    db
      .select()
      .from(comments)
      .where(and(eq(comments.source, param("source")), inArray(comments.source_id, [...sourceIds]))),
  );

  const repliesTo = prepared(source, "comments.repliesTo", () =>
    db
      .select()
      .from(comments)
      .where(and(eq(comments.parent_id, param("parent")), gt(comments.id, param("after"))))
      .orderBy(asc(comments.id))
      .limit(param("limit")),
  );

  return {
    repliesTo: (parent, after, limit) => repliesTo({ parent, after: after ?? "", limit }),
    byId: async (id) => first(await byId({ id })),
    byEditTokenHash: async (hash) => first(await byEditTokenHash({ hash })),
    publicRoots: (thread, after, limit) => publicRoots({ thread, after: after ?? "", limit }),
    publicReplies: (rootId, after, limit) => publicReplies({ root: rootId, after: after ?? "", limit }),
    firstReplies: async (roots, limit) => {
      const found = (await firstReplies(roots, { others: limit - 1 })).toSorted(inOrder);
      return Map.groupBy(found, ({ comment }) => comment.root_id);
    },
    inThread: async (thread, status, after, limit) => {
      const asked = { thread, after: after ?? "", limit };
      const others = inThread({ ...asked, status });
      if (status !== "approved") return others;
      const [roots, replies] = await Promise.all([approvedRoots(asked), others]);
      return [...roots, ...replies].toSorted(inOrder).slice(0, limit);
    },
    queue: (after, limit) =>
      queue({ queued_at: after?.queued_at ?? Number.MIN_SAFE_INTEGER, id: after?.id ?? "", limit }),
    imported: (from, sourceIds) => imported(sourceIds, { source: from }),
  };
};
