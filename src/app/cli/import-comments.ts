import { stat } from "node:fs/promises";
import { type ExportFile, exportFile } from "../../adapters/comment-exports/export-file.ts";
import { commentExportReaders } from "../../adapters/comment-exports/readers.ts";
import { EXPORT_FORMATS, type ExportFormat, type OmissionReason } from "../../ports/comment-export.ts";
import {
  type ImportOutcome,
  type ImportRemark,
  type ImportReport,
  importExport,
} from "../comments/import-comments.ts";
import { compose } from "../compose.ts";
import { readSettings } from "../config.ts";
import { CommandRefused } from "./command-refused.ts";

const USAGE = `Usage: bun run cli import comments --format ${EXPORT_FORMATS.join("|")} FILE`;

const REASONS: Readonly<Record<OmissionReason, string>> = {
  pingback: "a pingback is not a comment",
  trackback: "a trackback is not a comment",
  spam: "marked as spam",
  "other-type": "of a type that is not a comment",
  "thread-unknown": "no page it belongs to, or one whose address is too long",
  "content-empty": "nothing to read remains of its text",
  "content-too-long": "its text is longer than 64 KiB",
  "text-not-storable": "its text holds characters that cannot be stored",
  "date-invalid": "no date, or one before 1970 or in the future",
  "status-unknown": "a status that is not known",
  "id-missing": "no id",
  "line-not-json": "not the JSON of a comment",
  "parent-cycle": "replies that answer each other in a circle",
  "id-taken": "another comment was imported under this id, from another site",
};

const isFormat = (word: string): word is ExportFormat => (EXPORT_FORMATS as readonly string[]).includes(word);

const readArguments = (words: readonly string[]): { format: ExportFormat; path: string } => {
  const at = words.findIndex((word) => word === "--format" || word.startsWith("--format="));
  const joined = words[at]?.startsWith("--format=") === true;
  const format = joined ? words[at]?.slice("--format=".length) : words[at + 1];
  const [path, ...more] = at === -1 ? [] : words.toSpliced(at, joined ? 1 : 2);
  if (format === undefined || !isFormat(format) || path === undefined || more.length > 0) {
    throw new CommandRefused(USAGE);
  }
  return { format, path };
};

const openFile = async (path: string): Promise<ExportFile> => {
  // A pipe cannot be opened again, and a reply may come before its parent.
  const found = await stat(path).catch(() => null);
  if (found === null) throw new CommandRefused("There is no such file.");
  if (!found.isFile()) throw new CommandRefused("This is not a file: an export is read more than once.");
  return exportFile(path).catch(() => {
    throw new CommandRefused("The file cannot be read.");
  });
};

const remarkLine = (remark: ImportRemark): string =>
  remark.kind === "omitted"
    ? `left out: line ${remark.line}, id ${remark.source_id ?? "unknown"}: ${remark.reason} (${REASONS[remark.reason]})`
    : `placed as root: line ${remark.line}, id ${remark.source_id}: the comment it answers is not in the export`;

/** One line: rewritten in a terminal, elsewhere written anew with every tenth of the file. */
const progressTo = (stream: NodeJS.WriteStream, file: ExportFile) => {
  let shown = -1;
  return {
    show(report: ImportReport): void {
      const percent = Math.floor((100 * file.taken()) / Math.max(1, file.bytes));
      const step = stream.isTTY ? percent : percent - (percent % 10);
      if (!stream.isTTY && step === shown) return;
      shown = step;
      const text = `${String(percent).padStart(3)} %  ${report.read} read, ${report.imported} imported`;
      stream.write(stream.isTTY ? `\r${text}` : `${text}\n`);
    },
    end(): void {
      if (stream.isTTY) stream.write("\n");
    },
  };
};

const summary = ({ report }: ImportOutcome): string => {
  const reasons = Object.entries(report.omitted);
  const omitted = reasons.reduce((sum, [, count]) => sum + count, 0);
  const why = reasons.map(([reason, count]) => `${count} ${reason}`).join(", ");
  return [
    `read            ${report.read}`,
    `imported        ${report.imported}`,
    `already there   ${report.already_there}`,
    `left out        ${omitted}${why === "" ? "" : ` (${why})`}`,
    `placed as root  ${report.placed_as_root}`,
  ].join("\n");
};

/** `import comments --format FORMAT FILE`: what was left out on stdout, line by line, then the figures; progress on stderr. */
export const importCommentsCommand = async (words: readonly string[]): Promise<void> => {
  const { format, path } = readArguments(words);
  const file = await openFile(path);
  const service = await compose(readSettings(process.env));
  const progress = progressTo(process.stderr, file);
  try {
    await service.store.migrator.up();
    const outcome = await importExport(service.deps)({
      format,
      reader: commentExportReaders[format],
      open: file.open,
      onRemark: (remark) => void process.stdout.write(`${remarkLine(remark)}\n`),
      onProgress: progress.show,
    });
    progress.end();
    process.stdout.write(`${summary(outcome)}\n`);
    const { stopped } = outcome;
    if (stopped === null) return;
    throw new CommandRefused(
      stopped.type === "conflict"
        ? "Stopped: others kept changing the same people or comments. What is imported stays; run it again to go on."
        : `Stopped at line ${stopped.line}: ${stopped.problem}. What is imported stays; run it again with a sound export to go on.`,
    );
  } finally {
    await service.close();
  }
};
