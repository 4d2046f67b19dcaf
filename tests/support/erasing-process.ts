// A process that does nothing but carry out the erasures that are due. It says before each batch that it goes on, until
// it is killed or done. Settings come from the environment.
import { compose } from "../../src/app/compose.ts";
import { readSettings } from "../../src/app/config.ts";
import { runErasures } from "../../src/app/erasure/run-erasures.ts";
import { SILENT } from "./audit-log.ts";

const service = await compose(readSettings(process.env));
const { leases } = service.store;
const figures = await runErasures({
  ...service.deps,
  logger: SILENT,
  leases: {
    ...leases,
    take: (name, holder, ttlMs) => {
      process.stdout.write("batch\n");
      return leases.take(name, holder, ttlMs);
    },
  },
});
process.stdout.write(`${JSON.stringify(figures)}\n`);
await service.close();
