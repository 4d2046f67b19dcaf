import { asc, gt } from "drizzle-orm";
import {
  COLLECTIONS,
  type Collection,
  keyField,
  type Records,
} from "../../../domain/personal-data/records.ts";
import type { RecordReader } from "../../../ports/record-reader.ts";
import { param, prepared, type Source } from "../portable.ts";

type Walk<R> = (values: { readonly after: string; readonly limit: number }) => Promise<readonly R[]>;

export const recordReader = (source: Source): RecordReader => {
  const { db, schema } = source;
  const walk = <C extends Collection>(collection: C): Walk<Records[C]> =>
    prepared<Records[C]>(source, `${collection}.walk`, () => {
      // Every table has its key, which the union of their types does not show.
      const table = schema[collection] as typeof schema.keys;
      const key = keyField(collection) === "key" ? schema.system_config.key : table.id;
      const rows = db
        .select()
        .from(table)
        .where(gt(key, param("after")))
        .orderBy(asc(key))
        .limit(param("limit"));
      return rows as unknown as { prepare(name: string): { execute(values: object): Promise<Records[C][]> } };
    });
  const walks = Object.fromEntries(COLLECTIONS.map((each) => [each, walk(each)])) as {
    readonly [C in Collection]: Walk<Records[C]>;
  };
  return {
    walk: (collection, after, limit) => walks[collection]({ after: after ?? "", limit }),
  };
};
