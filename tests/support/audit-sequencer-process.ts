// A process that does nothing but bring entries into the tree, until it is killed. Settings come from the environment.
import { sequenceLog, TURN_MS } from "../../src/app/audit/sequence-log.ts";
import { compose } from "../../src/app/compose.ts";
import { readSettings } from "../../src/app/config.ts";
import { StorageFailure } from "../../src/ports/unit-of-work.ts";
import { SILENT } from "./audit-log.ts";

const service = await compose(readSettings(process.env));
const sequencer = sequenceLog({
  ...service.deps,
  leases: service.store.leases,
  logger: SILENT,
  holder: crypto.randomUUID(),
});
process.stdout.write("ready\n");
for (;;) {
  try {
    await sequencer.run();
  } catch (failure) {
    // The database is busy with the writers: the next turn comes soon.
    if (!(failure instanceof StorageFailure)) throw failure;
  }
  await Bun.sleep(TURN_MS);
}
