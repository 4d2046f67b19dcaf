import type { Changes } from "../../../domain/shared/changes.ts";
import type { Verdict } from "../../../ports/group-store.ts";
import type { Encoder } from "../encode.ts";
import { batchesOfAudit, batchesOfLayer, lockBatches } from "./batches.ts";
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
  // What is written says by itself which version it wants.
  const locks = encoded.expects.length === 0 ? [] : lockBatches([member], statements);
  for (const { table, text, parameters } of locks) {
    const { rows } = await lane.send(text, parameters);
    for (const row of rows) versions.set(recordKey(table, String(row["key"])), Number(row["version"]));
  }
  const stand = encoded.expects.every(
    ({ table, key, version }) => (versions.get(recordKey(table, key)) ?? "absent") === version,
  );
  if (!stand) return { type: "conflict" };
  const layers = encoded.writes.flatMap((_, layer) => batchesOfLayer([member], layer, statements));
  const sent = layers.map(({ text, parameters }) => lane.send(text, parameters));
  // Last, since from here to COMMIT nobody else adds an entry.
  const turn = lane.send(auditTurn);
  const entries = batchesOfAudit([member], statements);
  const told = entries.map(({ text, parameters }) => lane.send(text, parameters));
  const [answers] = await Promise.all([Promise.all([...sent, ...told]), turn]);
  const whole = [...layers, ...entries].every(
    ({ rows }, index) => answers[index]?.rows.length === rows.length,
  );
  return { type: whole ? "stored" : "conflict" };
};
