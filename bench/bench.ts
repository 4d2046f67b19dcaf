// `bun run bench` lists the benches, `bun run bench NAME …` runs one.
import { readdirSync } from "node:fs";
import { join } from "node:path";

const OWN = ["bench.ts", "median.ts"];
const names = readdirSync(import.meta.dir)
  .filter((file) => file.endsWith(".ts") && !OWN.includes(file))
  .map((file) => file.slice(0, -".ts".length))
  .toSorted();

const [name, ...rest] = process.argv.slice(2);
if (name === undefined) {
  console.log(`Benches: ${names.join(", ")}. Run one with: bun run bench NAME`);
} else if (!names.includes(name)) {
  console.error(`There is no bench ${name}. There are: ${names.join(", ")}`);
  process.exitCode = 2;
} else {
  const command = [process.execPath, join(import.meta.dir, `${name}.ts`), ...rest];
  process.exitCode = await Bun.spawn(command, { stdio: ["inherit", "inherit", "inherit"] }).exited;
}
