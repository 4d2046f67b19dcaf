import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DAY, type Instant } from "../../domain/shared/instant.ts";
import type { Clock } from "../../ports/clock.ts";

export interface LogFilesOptions {
  readonly directory: string;
  /** No line gets older than this many days. */
  readonly retentionDays: number;
  readonly clock: Clock;
  /** A file that would grow beyond is left, and the day goes on in another. */
  readonly maxBytes?: number;
}

export interface LogFiles {
  /** Appends whole lines; they are with the operating system when this returns. Throws when they could not be written. */
  append(lines: string): void;
  close(): void;
}

const MAX_BYTES = 64 * 1024 * 1024;
const NAME = /^gonogo-(\d{4}-\d{2}-\d{2})(?:\.(\d{1,9}))?\.log$/;

/** The UTC day on which an instant lies, as `2026-01-31`. */
const dayOf = (now: Instant): string => new Date(now).toISOString().slice(0, 10);

const nameOf = (day: string, part: number): string =>
  part === 0 ? `gonogo-${day}.log` : `gonogo-${day}.${part}.log`;

interface LogFile {
  readonly name: string;
  readonly day: string;
  readonly part: number;
}

/** The log files among some names, oldest first. */
export const logFilesAmong = (names: readonly string[]): readonly LogFile[] =>
  names
    .flatMap((name) => {
      const [, day, part = "0"] = NAME.exec(name) ?? [];
      return day === undefined ? [] : [{ name, day, part: Number(part) }];
    })
    .toSorted((a, b) => (a.day === b.day ? a.part - b.part : a.day < b.day ? -1 : 1));

/**
 * Which of these files have had their time (GDPR Art. 5(1)(e)): a file goes when its first line could be as old as the
 * retention period. Names that are not ours, and days that no calendar has, are left alone.
 */
export const expiredLogFiles = (
  names: readonly string[],
  now: Instant,
  retentionDays: number,
): readonly string[] =>
  logFilesAmong(names)
    .filter(({ day }) => Date.parse(`${day}T00:00:00Z`) + retentionDays * DAY <= now)
    .map(({ name }) => name);

const isMissing = (failure: unknown): boolean =>
  failure instanceof Error && "code" in failure && failure.code === "ENOENT";

/** The names in a folder; none where it has not been made yet. */
const namesIn = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory);
  } catch (failure) {
    if (isMissing(failure)) return [];
    throw failure;
  }
};

/** Deletes what has had its time and tells how many files that were. One that another process deleted first is gone too. */
export const deleteExpiredLogFiles = ({ directory, retentionDays, clock }: LogFilesOptions): number => {
  const expired = expiredLogFiles(namesIn(directory), clock.now(), retentionDays);
  for (const name of expired) {
    try {
      unlinkSync(join(directory, name));
    } catch (failure) {
      if (!isMissing(failure)) throw failure;
    }
  }
  return expired.length;
};

interface OpenFile {
  readonly descriptor: number;
  readonly day: string;
  readonly part: number;
  size: number;
}

/** Appending is atomic between processes; a link that somebody laid under the name is not followed. */
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

const openFile = (directory: string, day: string, part: number): OpenFile => {
  const descriptor = openSync(join(directory, nameOf(day, part)), FLAGS, 0o600);
  try {
    const { size, mode } = fstatSync(descriptor);
    if ((mode & 0o777) !== 0o600) fchmodSync(descriptor, 0o600);
    const file = { descriptor, day, part, size };
    if (size > 0 && !endsLine(descriptor, size)) writeAll(file, "\n");
    return file;
  } catch (failure) {
    closeSync(descriptor);
    throw failure;
  }
};

/** False where a crash or a full disk cut the last line off: the next one must not be joined to it. */
const endsLine = (descriptor: number, size: number): boolean => {
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, size - 1);
  return last[0] === 10;
};

const writeAll = (file: OpenFile, text: string): void => {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) {
    const count = writeSync(file.descriptor, bytes, written);
    written += count;
    file.size += count;
  }
};

/**
 * Lines into `gonogo-YYYY-MM-DD.log` (UTC), readable by the owner only. A new file every day and, beyond `maxBytes`,
 * `gonogo-YYYY-MM-DD.1.log` and so on. Files that have had their time are deleted when one is opened.
 */
export const openLogFiles = (options: LogFilesOptions): LogFiles => {
  const { directory, clock, maxBytes = MAX_BYTES } = options;
  let current: OpenFile | null = null;

  const close = (): void => {
    const open = current;
    current = null;
    if (open !== null) closeSync(open.descriptor);
  };

  const open = (day: string): OpenFile => {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    deleteExpiredLogFiles(options);
    const part = logFilesAmong(readdirSync(directory)).findLast((file) => file.day === day)?.part ?? 0;
    return openFile(directory, day, part);
  };

  /** The file these bytes belong into. */
  const fileFor = (bytes: number): OpenFile => {
    const day = dayOf(clock.now());
    if (current !== null && current.day !== day) close();
    current ??= open(day);
    if (current.size > 0 && current.size + bytes > maxBytes) {
      const { part } = current;
      close();
      current = openFile(directory, day, part + 1);
    }
    return current;
  };

  return {
    append: (lines) => {
      try {
        writeAll(fileFor(Buffer.byteLength(lines)), lines);
      } catch (failure) {
        close();
        throw failure;
      }
    },
    close,
  };
};
