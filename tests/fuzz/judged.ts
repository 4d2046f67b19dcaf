import type { Report } from "./run.ts";

export interface Demands {
  /** Answers of 2xx that each operation must have given at least. */
  readonly successes: number;
  /** Whether the server's memory must have stood still over the last half. */
  readonly flat: boolean;
}

const successesOf = (statuses: ReadonlyMap<string, number>): number =>
  [...statuses].filter(([status]) => status.startsWith("2")).reduce((sum, [, times]) => sum + times, 0);

/** How far the memory was from its mean over the last half of the run at most, as a share of it. */
export const swing = ({ rss }: Report): { readonly mean: number; readonly share: number } => {
  const half = rss.slice(Math.floor(rss.length / 2));
  const mean = half.reduce((sum, each) => sum + each, 0) / half.length;
  return { mean, share: Math.max(...half.map((each) => Math.abs(each - mean))) / mean };
};

/** What each operation answered, and what the run cost. */
export const table = (report: Report): string => {
  const { statuses, requests, seconds, rss } = report;
  const rows = [...statuses].map(([id, counts]) => {
    const each = [...counts]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([status, times]) => `${status}×${times}`);
    return `${id.padEnd(26)} ${String(successesOf(counts)).padStart(6)}   ${each.join(" ")}`;
  });
  const { mean, share } = swing(report);
  const mib = (kib: number): string => (kib / 1_024).toFixed(0);
  return [
    `${"operation".padEnd(26)} ${"2xx".padStart(6)}   statuses`,
    ...rows,
    `${requests} requests in ${seconds.toFixed(1)} s`,
    `RSS ${mib(rss[0] ?? 0)} MiB at first, ${mib(rss.at(-1) ?? 0)} MiB at last; over the last half ${mib(mean)} MiB ± ${(share * 100).toFixed(1)} %`,
  ].join("\n");
};

/** Everything that is not as demanded; empty when all is. */
export const judged = (report: Report, { successes, flat }: Demands): readonly string[] => {
  const { share } = swing(report);
  return [
    ...report.failures.map(
      ({ fault, times, curl, answer, seed }) =>
        `${fault} (${times} times, seed ${seed})\n  ${curl.length > 3_000 ? `${curl.slice(0, 3_000)} …` : curl}\n  answered ${answer}`,
    ),
    ...[...report.statuses]
      .filter(([, counts]) => successesOf(counts) < successes)
      .map(([id, counts]) => `${id}: only ${successesOf(counts)} answers of 2xx`),
    ...(flat && share > 0.2 ? [`the memory swings by ${(share * 100).toFixed(1)} % over the last half`] : []),
  ];
};
