/** A turn of the event loop that took no longer had no work for anybody. */
const QUIET_MS = 0.2;
const QUIET_TURNS = 3;

/**
 * Rests while others have work in this process, for so many milliseconds at most: a request that takes several turns of
 * the event loop would else meet a batch in each.
 */
export const giveWay = async (most: number): Promise<void> => {
  const until = performance.now() + most;
  await Bun.sleep(0);
  for (let quiet = 0; quiet < QUIET_TURNS && performance.now() < until; ) {
    const began = performance.now();
    await new Promise((resume) => setImmediate(resume));
    quiet = performance.now() - began < QUIET_MS ? quiet + 1 : 0;
  }
};
