const EVERY_MS = 50;

/** Tells again and again how much later than asked a timer came: what a request that arrives at any moment waits. */
export const sampleEventLoopLag = (observe: (seconds: number) => void): { stop(): void } => {
  let timer: NodeJS.Timeout;
  const next = (): void => {
    const asked = performance.now();
    timer = setTimeout(() => {
      observe(Math.max(0, performance.now() - asked - EVERY_MS) / 1_000);
      next();
    }, EVERY_MS).unref();
  };
  next();
  return { stop: () => clearTimeout(timer) };
};
