import { RUN_COLLECTIONS } from "../../domain/retention/due-records.ts";
import { addCounts, NO_COUNTS } from "../../domain/retention/due-tally.ts";
import {
  progressOf,
  type RetentionProgress,
  type RetentionRun,
} from "../../domain/retention/retention-run.ts";
import { TRAIL_PARTS } from "../../domain/retention/trail-pruning.ts";
import { compose } from "../compose.ts";
import { readSettings } from "../config.ts";
import { startRetentionByCommand } from "../retention/start-run.ts";
import { CommandRefused } from "./command-refused.ts";

const USAGE = "retention run | rehearse";

/** One line: rewritten in a terminal, elsewhere written anew with every collection. */
const progressTo = (stream: NodeJS.WriteStream) => {
  let shown = "";
  return {
    show(run: RetentionRun): void {
      const { counts, next, trail } = progressOf(run);
      const where = next?.collection ?? (trail?.next ? "audit_entries" : "the report");
      if (!stream.isTTY && where === shown) return;
      shown = where;
      const { deleted, blanked, cleared, alongside } = Object.values(counts).reduce(addCounts, NO_COUNTS);
      const text = `${deleted + cleared + alongside} deleted, ${blanked} emptied (${where})`;
      stream.write(stream.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
    },
    end(): void {
      if (stream.isTTY) stream.write("\n");
    },
  };
};

const trailLine = ({ trail }: RetentionProgress): string => {
  const told =
    trail === null
      ? ["not counted"]
      : TRAIL_PARTS.map((part) => {
          const { pruned, held } = trail.counts[part];
          return `${pruned} ${part} emptied${held > 0 ? `, ${held} kept (held)` : ""}`;
        });
  return `${"audit_entries".padEnd(20)}${told.join(", ")}`;
};

const linesOf = (run: RetentionRun): readonly string[] => {
  const progress = progressOf(run);
  const { counts } = progress;
  const lines = RUN_COLLECTIONS.flatMap((collection) => {
    const of = counts[collection];
    if (of === undefined) return [];
    const kept = Object.entries(of.kept)
      .filter(([, count]) => count > 0)
      .map(([reason, count]) => `${count} kept (${reason})`);
    const gone = [
      `${of.deleted + of.cleared} deleted`,
      ...(of.blanked > 0 ? [`${of.blanked} emptied`] : []),
      ...(of.alongside > 0 ? [`${of.alongside} with them`] : []),
    ];
    return [`${collection.padEnd(20)}${[...gone, ...kept].join(", ")}`];
  });
  return [...lines, trailLine(progress)];
};

/**
 * `retention run` takes everything whose period is over, while the service serves; `retention rehearse` counts it. A run
 * that was interrupted is gone on with.
 */
export const retentionCommand = async (verb: string, say: (text: string) => void): Promise<void> => {
  if (verb !== "run" && verb !== "rehearse") throw new CommandRefused(USAGE);
  const service = await compose(readSettings(process.env));
  const progress = progressTo(process.stderr);
  try {
    await service.store.migrator.up();
    const started = await startRetentionByCommand(service.deps, verb === "rehearse");
    if (!started.ok && started.error.type !== "retention-run-under-way")
      throw new CommandRefused(`Not started (${started.error.type}): try again.`);
    if (!started.ok) say("A run has not come to its end: this goes on with it, unless somebody works on it.");
    const run = await service.retentionRunner.run(progress.show);
    progress.end();
    if (run === null) throw new CommandRefused("Another instance works on a run: its report will tell.");
    for (const line of linesOf(run)) say(line);
    say(
      `${run.dry_run ? "Rehearsed; nothing was changed" : "Done"}. Report ${run.report_id}, run ${run.id}${
        run.resumed > 0 ? `, resumed ${run.resumed} times` : ""
      }.`,
    );
  } finally {
    await service.close();
  }
};
