import { and, asc, eq, gt, lt, lte, type SQL, sql } from "drizzle-orm";
import type { PrivacyRequest } from "../../../domain/privacy-requests/privacy-request.ts";
import type { PrivacyRequestReader } from "../../../ports/privacy-request-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

export const privacyRequestReader = (source: Source): PrivacyRequestReader => {
  const { db, schema } = source;
  const { privacy_requests: requests } = schema;
  const byId = prepared(source, "privacy_requests.byId", () =>
    db
      .select()
      .from(requests)
      .where(eq(requests.id, param("id"))),
  );
  const ofSubject = prepared(source, "privacy_requests.ofSubject", () =>
    db
      .select()
      .from(requests)
      .where(and(eq(requests.subject_id, param("subject")), gt(requests.id, param("after"))))
      .orderBy(asc(requests.id))
      .limit(param("limit")),
  );
  const page = (name: string, where: SQL, ofType: boolean) =>
    prepared<PrivacyRequest>(source, `privacy_requests.inbox ${name}`, () =>
      db
        .select()
        .from(requests)
        .where(
          and(
            where,
            sql`(${requests.due_at}, ${requests.id}) > (${param("due_at")}, ${param("id")})`,
            ofType ? eq(requests.type, param("type")) : undefined,
          ),
        )
        .orderBy(asc(requests.due_at), asc(requests.id))
        .limit(param("limit")),
    );
  // The conditions of the partial indexes, word for word and unbound: that is how the databases recognise them.
  const live = sql`${requests.closed_at} is null`;
  const inState = eq(requests.state, param("state"));
  const pages = {
    live: page("live", live, false),
    liveOfType: page("live of type", live, true),
    inState: page("in state", inState, false),
    inStateOfType: page("in state of type", inState, true),
  };
  const late = prepared(source, "privacy_requests.late", () => {
    const found = db
      .select({ id: requests.id })
      .from(requests)
      .where(and(live, lt(requests.due_at, param("now")), sql`${requests.suspended_since} is null`))
      .limit(param("atMost"))
      .as("found");
    return db.select({ count: sql<number>`count(*)` }).from(found);
  });
  const waking = prepared(source, "privacy_requests.waking", () =>
    db
      .select()
      .from(requests)
      .where(and(sql`${requests.wakes_at} is not null`, lte(requests.wakes_at, param("now"))))
      .orderBy(asc(requests.wakes_at), asc(requests.id))
      .limit(param("limit")),
  );
  const dueErasures = prepared(source, "privacy_requests.dueErasures", () =>
    db
      .select()
      .from(requests)
      .where(
        and(
          sql`${requests.effective_at} is not null and ${requests.closed_at} is null`,
          sql`(${requests.hindrance} is null or ${requests.hindrance} <> 'legal_hold')`,
          lte(requests.effective_at, param("now")),
        ),
      )
      .orderBy(asc(requests.effective_at), asc(requests.id))
      .limit(param("limit")),
  );
  return {
    byId: async (id) => first(await byId({ id })),
    ofSubject: (subject, after, limit) => ofSubject({ subject, after: after ?? "", limit }),
    inbox: ({ state, type }, after, limit) => {
      const position = { due_at: after?.due_at ?? Number.MIN_SAFE_INTEGER, id: after?.id ?? "", limit };
      const ofType = type === null ? {} : { type };
      if (state === null) return (type === null ? pages.live : pages.liveOfType)({ ...position, ...ofType });
      return (type === null ? pages.inState : pages.inStateOfType)({ ...position, ...ofType, state });
    },
    late: async (now, atMost) => Number(first(await late({ now, atMost }))?.count ?? 0),
    waking: (now, limit) => waking({ now, limit }),
    dueErasures: (now, limit) => dueErasures({ now, limit }),
  };
};
