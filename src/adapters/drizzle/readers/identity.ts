import { and, eq, inArray, sql } from "drizzle-orm";
import type { IdentityReader } from "../../../ports/identity-reader.ts";
import { first, param, prepared, preparedForMany, type Source } from "../portable.ts";

export const identityReader = (source: Source): IdentityReader => {
  const { db, schema } = source;
  const { identities } = schema;
  const find = prepared(source, "identities.find", () =>
    db
      .select()
      .from(identities)
      .where(and(eq(identities.kind, param("kind")), eq(identities.blind_index, param("blind_index")))),
  );
  const ofSubject = prepared(source, "identities.ofSubject", () =>
    db
      .select()
      .from(identities)
      .where(eq(identities.subject_id, param("subject"))),
  );
  const namesOf = preparedForMany(source, "identities.namesOf", (subjects) =>
    db
      .select()
      .from(identities)
      .where(and(inArray(identities.subject_id, [...subjects]), sql`${identities.kind} = 'name'`)),
  );
  const findMany = preparedForMany(source, "identities.findMany", (indexes) =>
    db
      .select()
      .from(identities)
      .where(and(eq(identities.kind, param("kind")), inArray(identities.blind_index, [...indexes]))),
  );
  return {
    find: async (kind, blindIndex) => first(await find({ kind, blind_index: blindIndex })),
    ofSubject: (subject) => ofSubject({ subject }),
    namesOf: (subjects) => namesOf(subjects),
    findMany: (kind, blindIndexes) => findMany(blindIndexes, { kind }),
  };
};
