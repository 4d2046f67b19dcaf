// A process that does one thing, and says when it begins and that it came to its end: a command of the command line, or
// the erasures that are due. Settings come from the environment.
import { run } from "../../../src/app/cli/cli.ts";
import { compose } from "../../../src/app/compose.ts";
import { readSettings } from "../../../src/app/config.ts";
import { runErasures } from "../../../src/app/erasure/run-erasures.ts";
import { SILENT } from "../audit-log.ts";

const erase = async (): Promise<void> => {
  const service = await compose(readSettings(process.env));
  await runErasures({ ...service.deps, logger: SILENT, leases: service.store.leases });
  await service.close();
};

const words = process.argv.slice(2);
process.stdout.write("begun\n");
await (words[0] === "erase" ? erase() : run(words));
process.stdout.write("ended\n");
