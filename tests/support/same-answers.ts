// Whether two stores answer the same to every question that can be asked of a store, about records that are there.
import { COLLECTIONS } from "../../src/domain/personal-data/records.ts";
import type { Readers } from "../../src/ports/store.ts";
import { EVERY_QUERY } from "../contract/queries.ts";

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const HASH = /^[\da-f]{64}$/;

/** Ids and hashes of records that are stored, `each` of every collection. */
const valuesIn = async (readers: Readers, each: number) => {
  const found = new Set<string>();
  for (const collection of COLLECTIONS) {
    for (const row of await readers.records.walk(collection, null, each)) {
      for (const value of Object.values(row)) if (typeof value === "string") found.add(value);
    }
  }
  return {
    uuids: [...found].filter((value) => UUID.test(value)),
    hashes: [...found].filter((value) => HASH.test(value)),
  };
};

const replaced = (value: unknown, uuid: string, hash: string): unknown => {
  if (typeof value === "string") return UUID.test(value) ? uuid : HASH.test(value) ? hash : value;
  if (Array.isArray(value)) return value.map((each) => replaced(each, uuid, hash));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, replaced(each, uuid, hash)]));
};

/** The readers, which put these values into every question. */
const asking = (readers: Readers, uuid: string, hash: string, onReplaced: () => void): Readers =>
  Object.fromEntries(
    Object.entries(readers).map(([name, reader]) => [
      name,
      new Proxy(reader, {
        get: (target, method) => {
          const ask = Reflect.get(target, method) as (...words: readonly unknown[]) => unknown;
          return (...words: readonly unknown[]) =>
            ask.apply(
              target,
              words.map((word) => {
                const put = replaced(word, uuid, hash);
                if (!Bun.deepEquals(put, word)) onReplaced();
                return put;
              }),
            );
        },
      }),
    ]),
  ) as unknown as Readers;

export interface Answers {
  readonly questions: number;
  /** Those that found something in the first store. */
  readonly found: number;
  /** Names of questions that the stores answered differently. */
  readonly different: readonly string[];
}

const isSomething = (answer: unknown): boolean =>
  answer !== null && answer !== undefined && !(Array.isArray(answer) && answer.length === 0);

/** Asks both everything, about `each` records of every collection, and walks every record of both. */
export const sameAnswers = async (one: Readers, other: Readers, each: number): Promise<Answers> => {
  const { uuids, hashes } = await valuesIn(one, each);
  const different = new Set<string>();
  const asks = new Set<string>();
  let [questions, found] = [0, 0];
  const compare = async (name: string, ask: (readers: Readers) => Promise<unknown>): Promise<void> => {
    const [first, second] = await Promise.all([ask(one), ask(other)]);
    questions += 1;
    if (isSomething(first)) found += 1;
    if (!Bun.deepEquals(first, second, true)) different.add(name);
  };
  for (let index = 0; index < Math.max(uuids.length, hashes.length); index += 1) {
    const uuid = uuids[index % uuids.length] ?? "";
    const hash = hashes[index % Math.max(1, hashes.length)] ?? "";
    for (const [reader, methods] of Object.entries(EVERY_QUERY)) {
      for (const [method, ask] of Object.entries<(readers: Readers) => Promise<unknown>>(methods)) {
        const name = `${reader}.${method}`;
        // Asking again without another value would be the same question.
        if (index > 0 && !asks.has(name)) continue;
        await compare(name, (readers) => ask(asking(readers, uuid, hash, () => asks.add(name))));
      }
    }
  }
  for (const collection of COLLECTIONS) {
    for (let after: string | null = null, more = true; more; ) {
      const from: string | null = after;
      const rows: readonly object[] = await one.records.walk(collection, from, 500);
      await compare(`walk ${collection}`, (readers) => readers.records.walk(collection, from, 500));
      const last = rows.at(-1) as { readonly id?: string; readonly key?: string } | undefined;
      after = last?.id ?? last?.key ?? null;
      more = rows.length === 500;
    }
  }
  return { questions, found, different: [...different].toSorted() };
};
