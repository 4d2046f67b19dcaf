import { asc, gt } from "drizzle-orm";
import type { Records } from "../../../domain/personal-data/records.ts";
import type { SealedCollection } from "../../../domain/personal-data/sealed-fields.ts";
import type { SealedFieldReader } from "../../../ports/sealed-field-reader.ts";
import { param, prepared, type Source } from "../portable.ts";

type Walks = {
  readonly [C in SealedCollection]: (values: {
    readonly after: string;
    readonly limit: number;
  }) => Promise<readonly Records[C][]>;
};

export const sealedFieldReader = (source: Source): SealedFieldReader => {
  const { db, schema } = source;
  const { identities, sign_in_links, outgoing_mails, idempotent_answers, system_config, keys } = schema;
  const [after, limit] = [param("after"), param("limit")];
  const walks: Walks = {
    identities: prepared(source, "identities.walk", () =>
      db.select().from(identities).where(gt(identities.id, after)).orderBy(asc(identities.id)).limit(limit),
    ),
    sign_in_links: prepared(source, "sign_in_links.walk", () =>
      db
        .select()
        .from(sign_in_links)
        .where(gt(sign_in_links.id, after))
        .orderBy(asc(sign_in_links.id))
        .limit(limit),
    ),
    outgoing_mails: prepared(source, "outgoing_mails.walk", () =>
      db
        .select()
        .from(outgoing_mails)
        .where(gt(outgoing_mails.id, after))
        .orderBy(asc(outgoing_mails.id))
        .limit(limit),
    ),
    idempotent_answers: prepared(source, "idempotent_answers.walk", () =>
      db
        .select()
        .from(idempotent_answers)
        .where(gt(idempotent_answers.id, after))
        .orderBy(asc(idempotent_answers.id))
        .limit(limit),
    ),
    system_config: prepared(source, "system_config.walk", () =>
      db
        .select()
        .from(system_config)
        .where(gt(system_config.key, after))
        .orderBy(asc(system_config.key))
        .limit(limit),
    ),
    keys: prepared(source, "keys.walk", () =>
      db.select().from(keys).where(gt(keys.id, after)).orderBy(asc(keys.id)).limit(limit),
    ),
  };
  return {
    walk: (collection, from, most) => walks[collection]({ after: from ?? "", limit: most }),
  };
};
