// What an import of 200 MB costs: `bun run bench import [wxr|isso] [MB] [characters of a comment]`. The export is
// generated into a temporary folder and imported into a fresh SQLite file by the real command, whose figures are printed
// with the most memory that its process ever held. Ends with 1 when that is over 300 MB.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { largeIsso, largeWxr } from "../tests/support/large-export.ts";

const LIMIT_MB = 300;
const MB = 1_000_000;
const EXPORTS = { wxr: largeWxr, isso: largeIsso } as const;

const [format = "wxr", megabytes = "200", characters = "600"] = process.argv.slice(2);
if (format !== "wxr" && format !== "isso") throw new Error("the format is wxr or isso");
const make = EXPORTS[format];

const sizeOf = async (total: number): Promise<number> => {
  let size = 0;
  for await (const bytes of make(total, Number(characters))()) size += bytes.length;
  return size;
};

const folder = await mkdtemp(join(tmpdir(), "gonogo-bench-import-"));
try {
  const file = join(folder, "export");
  const total = Math.ceil((Number(megabytes) * MB) / ((await sizeOf(1_000)) / 1_000));
  const out = Bun.file(file).writer();
  for await (const bytes of make(total, Number(characters))()) {
    out.write(bytes);
    await out.flush();
  }
  await out.end();
  console.log(`${format}: ${(Bun.file(file).size / MB).toFixed(1)} MB, ${total} comments`);

  const importOnce = async (): Promise<number> => {
    const from = performance.now();
    const child = Bun.spawn(
      [process.execPath, "src/app/cli/cli.ts", "import", "comments", "--format", format, file],
      {
        cwd: join(import.meta.dir, ".."),
        env: {
          PATH: process.env["PATH"],
          DATABASE_URL: `sqlite:///${join(folder, "gonogo.db")}`,
          SECRET_KEY: "a secret key for benches only, long enough",
        },
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    const said = await new Response(child.stdout).text();
    if ((await child.exited) !== 0) throw new Error(`the import failed:\n${said}`);
    const seconds = (performance.now() - from) / 1_000;
    const most = (child.resourceUsage()?.maxRSS ?? Number.POSITIVE_INFINITY) / MB;
    console.log(
      said
        .split("\n")
        .filter((line) => /^(read|imported|already|left|placed as root {2})/.test(line))
        .join("\n"),
    );
    console.log(`${seconds.toFixed(1)} s, at most ${most.toFixed(0)} MB of memory (limit ${LIMIT_MB})\n`);
    return most;
  };
  const first = await importOnce();
  const second = await importOnce();
  if (Math.max(first, second) > LIMIT_MB) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
