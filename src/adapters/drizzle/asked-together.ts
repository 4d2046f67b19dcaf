/** Statements are prepared by the power of two of what they ask for. */
const TOGETHER_MAX = 64;

interface Questions<Answer> {
  readonly keys: string[];
  readonly answers: Promise<ReadonlyMap<string, Answer>>;
}

/**
 * Questions that come in one turn of the event loop are one question to the database. It is asked at the end of the
 * turn, so that no answer is older than its question, and nothing of it is kept. Null: there is no such key. What makes
 * the one question fail makes all of them fail: keys are only bound, so that no key of one can spoil another's.
 */
export const askedTogether = <Answer>(
  ask: (keys: readonly string[]) => Promise<ReadonlyMap<string, Answer>>,
): ((key: string) => Promise<Answer | null>) => {
  let open: Questions<Answer> | null = null;

  const begin = (): Questions<Answer> => {
    const keys: string[] = [];
    const { promise, resolve } = Promise.withResolvers<ReadonlyMap<string, Answer>>();
    const questions: Questions<Answer> = { keys, answers: promise };
    setImmediate(() => {
      if (open === questions) open = null;
      resolve(ask(keys));
    });
    return questions;
  };

  return async (key) => {
    if (open === null || open.keys.length === TOGETHER_MAX) open = begin();
    open.keys.push(key);
    return (await open.answers).get(key) ?? null;
  };
};
