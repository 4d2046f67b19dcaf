import type { Changes } from "../../../domain/shared/changes.ts";
import type { Verdict } from "../../../ports/group-store.ts";
import type { Encoder } from "../encode.ts";
import { type Batch, batchesOfAudit, batchesOfLayer, lockBatches } from "./batches.ts";
import type { Lane } from "./lane.ts";
import type { TransactionTools } from "./transaction.ts";
import { type Member, recordKey } from "./wave.ts";

/** Stores one decision in the transaction that the caller has begun, who undoes all of it where it is not stored. */
export const storeInside = async (
  lane: Lane,
  changes: Changes,
  encoder: Encoder,
  { statements, auditTurn }: Pick<TransactionTools, "statements" | "auditTurn">,
): Promise<Verdict> => {
  const encoded = encoder.encode(changes);
  if (encoded === null) return { type: "refused", sqlState: null };
  const member: Member = { index: 0, changes: encoded };

  const versions = new Map<string, number>();
  for (const { table, text, parameters } of lockBatches([member], statements)) {
    const { rows } = await lane.send(text, parameters);
    for (const row of rows) versions.set(recordKey(table, String(row["key"])), Number(row["version"]));
  }
  const stand = encoded.expects.every(
    ({ table, key, version }) => (versions.get(recordKey(table, key)) ?? "absent") === version,
  );
  if (!stand) return { type: "conflict" };
  const isStored = async (batches: readonly Batch[]): Promise<boolean> => {
    for (const { text, parameters, rows } of batches) {
      if ((await lane.send(text, parameters)).rows.length !== rows.length) return false;
    }
    return true;
  };
  const layers = encoded.writes.flatMap((_, layer) => batchesOfLayer([member], layer, statements));
  if (!(await isStored(layers))) return { type: "conflict" };
  // Last, since from here to COMMIT nobody else adds an entry.
  await lane.send(auditTurn);
  return { type: (await isStored(batchesOfAudit([member], statements))) ? "stored" : "conflict" };
};
