import { Database } from "bun:sqlite";

/** One comment that the service said it had stored. */
export interface Acknowledged {
  readonly id: string;
  readonly marker: string;
}

export interface Writers {
  readonly acknowledged: Acknowledged[];
  /** Markers of every attempt, whatever became of it. */
  readonly attempted: Set<string>;
  /** Answers other than 201 by status, and `lost` for those that never came. */
  readonly others: Map<string, number>;
  /** Ends every writer after the attempt it is in. */
  stop(): Promise<void>;
}

/** What is posted: a text with its marker, by somebody. */
export const commentOf = (marker: string, author: number) => ({
  content: marker,
  author_name: "Load Writer",
  author_email: `writer-${author}@example.org`,
  gdpr_consent: true,
});

/**
 * Writers that post comments as fast as they are answered, each text with a marker of its own, and note which were
 * acknowledged. An attempt that fails is never sent again, so that a marker stored twice is the service's doing.
 */
export const startWriters = (count: number, urlOf: () => string, tokens: readonly string[]): Writers => {
  const acknowledged: Acknowledged[] = [];
  const attempted = new Set<string>();
  const others = new Map<string, number>();
  let stopped = false;
  const note = (what: string): void => void others.set(what, (others.get(what) ?? 0) + 1);

  const write = async (writer: number): Promise<void> => {
    for (let turn = 0; !stopped; turn += 1) {
      const marker = `mark-${writer}-${turn}-`;
      attempted.add(marker);
      try {
        const response = await fetch(`${urlOf()}/v1/threads/load-${writer % 10}/comments`, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            authorization: `Bearer ${tokens[writer % tokens.length]}`,
          },
          body: JSON.stringify(commentOf(marker, writer % tokens.length)),
          signal: AbortSignal.timeout(10_000),
        });
        const body = (await response.json()) as { comment?: { id: string }; id?: string };
        const id = body.id ?? body.comment?.id;
        if (response.status === 201 && id !== undefined) acknowledged.push({ id, marker });
        else note(String(response.status));
        if (response.status >= 500) await Bun.sleep(50);
      } catch {
        // The connection broke: whether it was stored is unknown, which is just what is looked into afterwards.
        note("lost");
        await Bun.sleep(50);
      }
    }
  };
  const running = Promise.all(Array.from({ length: count }, (_, writer) => write(writer)));
  return {
    acknowledged,
    attempted,
    others,
    stop: async () => {
      stopped = true;
      await running;
    },
  };
};

/** Opens sessions for as many invented users of a platform, through a service credential. */
export const openSessions = (url: string, credential: string, count: number): Promise<readonly string[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const response = await fetch(`${url}/v1/sessions`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${credential}` },
        body: JSON.stringify({ external_user_id: `load-user-${at}` }),
      });
      if (response.status !== 201) throw new Error(`no session: ${response.status}`);
      return ((await response.json()) as { token: string }).token;
    }),
  );

/** What the store holds, read behind the service's back. */
export interface Stored {
  readonly comments: readonly { readonly id: string; readonly content: string }[];
  readonly audited: readonly string[];
}

export const COMMENTS = "select id, content from comments";
export const AUDITED = "select resource_id as id from audit_entries where action = 'comment.posted'";

export const storedInSqlite = (path: string): Stored => {
  const database = new Database(path, { readonly: true });
  try {
    return {
      comments: database.query<{ id: string; content: string }, []>(COMMENTS).all(),
      audited: database
        .query<{ id: string }, []>(AUDITED)
        .all()
        .map(({ id }) => id),
    };
  } finally {
    database.close();
  }
};

/** What is wrong between what was answered and what is stored; empty when nothing is. */
export const discrepancies = (
  writers: Pick<Writers, "acknowledged" | "attempted">,
  stored: Stored,
): readonly string[] => {
  const markers = new Map<string, number>();
  for (const { content } of stored.comments) {
    const marker = content.match(/mark-\d+-\d+-/)?.[0];
    if (marker !== undefined) markers.set(marker, (markers.get(marker) ?? 0) + 1);
  }
  const ids = new Set(stored.comments.map(({ id }) => id));
  const audits = new Map<string, number>();
  for (const id of stored.audited) audits.set(id, (audits.get(id) ?? 0) + 1);
  return [
    ...writers.acknowledged
      .filter(({ id }) => !ids.has(id))
      .map(({ marker }) => `acknowledged and gone: ${marker}`),
    ...[...markers].filter(([, times]) => times > 1).map(([marker]) => `stored twice: ${marker}`),
    ...[...markers.keys()]
      .filter((marker) => !writers.attempted.has(marker))
      .map((marker) => `from nowhere: ${marker}`),
    ...stored.comments
      .filter(({ id }) => audits.get(id) !== 1)
      .map(({ id }) => `not audited just once: ${id}`),
    ...[...audits.keys()].filter((id) => !ids.has(id)).map((id) => `audited and not there: ${id}`),
  ];
};
