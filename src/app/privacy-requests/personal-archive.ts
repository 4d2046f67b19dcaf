import type { Records } from "../../domain/personal-data/records.ts";
import type { Subject } from "../../domain/roles/subject.ts";
import type { Json } from "../../domain/shared/canonical-json.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import type { Deps } from "../deps.ts";
import { disclosed, processingOf } from "./archive-disclosure.ts";
import { type ArchiveFindings, found, noFindings } from "./archive-findings.ts";
import { ARCHIVE_SCHEMA_PATH, archiveSchema } from "./archive-schema.ts";
import { archiveSummary } from "./archive-summary.ts";
import { recordWriter, type SubjectCollection } from "./exported-record.ts";
import { PERSONAL_RECORDS, SUBJECT_COLLECTIONS } from "./personal-records.ts";

/** One file of the archive, piece by piece: its whole is never in memory. */
export interface ArchiveFile {
  readonly name: string;
  readonly chunks: AsyncIterable<string>;
}

export type ArchiveDeps = Pick<Deps, "readers" | "sealer"> & {
  readonly policies: Pick<Deps["policies"], "retention" | "publicUrl" | "controller" | "processors">;
};

const text = (value: Json): string => JSON.stringify(value, null, 2);

/** The records of a collection as the items of a JSON list; what the page shows of them is noted. */
async function* itemsOf<C extends SubjectCollection>(
  { readers, sealer }: ArchiveDeps,
  collection: C,
  subject: Subject,
  findings: ArchiveFindings,
): AsyncGenerator<string> {
  const write = recordWriter(collection, sealer.open);
  let written = 0;
  findings.counts.set(collection, 0);
  for await (const page of PERSONAL_RECORDS[collection](readers, subject.id)) {
    const items = page.map((row: Records[C]) => {
      const record = write(row);
      found(findings, collection, record);
      return JSON.stringify(record);
    });
    if (items.length > 0) yield `${written === 0 ? "" : ",\n"}${items.join(",\n")}`;
    written += items.length;
  }
}

async function* dataOf(
  deps: ArchiveDeps,
  subject: Subject,
  now: Instant,
  findings: ArchiveFindings,
): AsyncGenerator<string> {
  const { policies, sealer } = deps;
  const disclosure = await disclosed(deps);
  findings.disclosure = disclosure;
  yield `{"$schema": ${text(`${policies.publicUrl}${ARCHIVE_SCHEMA_PATH}`)},\n`;
  yield `"exported_at": ${text(new Date(now).toISOString())},\n`;
  for (const [name, value] of Object.entries(disclosure)) {
    yield `"${name}": ${text(value as unknown as Json)},\n`;
  }
  yield `"subject": ${text(recordWriter("subjects", sealer.open)(subject))},\n"records": {`;
  findings.counts.set("subjects", 1);
  for (const [index, collection] of SUBJECT_COLLECTIONS.entries()) {
    const processing = text({ ...processingOf(collection, policies.retention) });
    yield `${index === 0 ? "" : ","}\n"${collection}": {"processing": ${processing}, "items": [\n`;
    yield* itemsOf(deps, collection, subject, findings);
    yield "\n]}";
  }
  yield "\n}}\n";
}

async function* once(produce: () => string): AsyncGenerator<string> {
  yield produce();
}

/**
 * Everything the service keeps of a person, for herself (GDPR Art. 15(3), 20(1)): the data as JSON, the schema it keeps,
 * and a page to read. Files are to be read in order and once: the page tells what the data held. Memory does not grow
 * with the number of records. Rejects with StorageFailure, or with SealBroken where a value cannot be decrypted.
 */
export const personalArchive = (
  deps: ArchiveDeps,
  subject: Subject,
  now: Instant,
): readonly ArchiveFile[] => {
  const findings = noFindings();
  return [
    { name: "personal-data.json", chunks: dataOf(deps, subject, now, findings) },
    { name: "schema.json", chunks: once(() => `${text(archiveSchema(deps.policies.publicUrl))}\n`) },
    { name: "summary.html", chunks: once(() => archiveSummary(findings, deps.policies, now)) },
  ];
};
