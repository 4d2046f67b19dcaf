// How long `bun start` takes, the second time, until GET /health/live answers: in seconds, and as a multiple of the
// barest server that Bun can start. Both are started the same way in turn, and the medians of five are compared.
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "./median.ts";

const TREE = join(import.meta.dir, "..");
const RUNS = 5;
const PATIENCE_SECONDS = 60;
const SHIPPED = [
  "package.json",
  "bun.lock",
  "bunfig.toml",
  "tsconfig.json",
  "src",
  "drizzle",
  "content",
  "docs",
];

interface Launch {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Record<string, string | undefined>;
}

const freePort = (): number => {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port } = server;
  server.stop(true);
  if (port === undefined) throw new Error("no free port");
  return port;
};

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

/** Seconds from spawning the command until its health page answers 200; the process is ended before this returns. */
const secondsUntilUp = async ({ command, cwd, env }: Launch): Promise<number> => {
  const port = freePort();
  const from = performance.now();
  const child = Bun.spawn([...command], {
    cwd,
    env: { ...process.env, ...env, HOST: "127.0.0.1", PORT: String(port) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    while (!(await answers(`http://127.0.0.1:${port}/health/live`))) {
      if (child.exitCode !== null)
        throw new Error(`${command.join(" ")} ended:\n${await child.stderr.text()}`);
      if (performance.now() - from > PATIENCE_SECONDS * 1000)
        throw new Error(`${command.join(" ")} never answered`);
      await Bun.sleep(2);
    }
    return (performance.now() - from) / 1000;
  } finally {
    child.kill("SIGTERM");
    await child.exited;
  }
};

/** A copy of what ships, installed like a user's, so that neither data nor settings nor dev packages take part. */
const clone = async (folder: string): Promise<void> => {
  for (const path of SHIPPED) {
    if (existsSync(join(TREE, path))) cpSync(join(TREE, path), join(folder, path), { recursive: true });
  }
  const install = [process.execPath, "install", "--production", "--frozen-lockfile", "--no-summary"];
  if ((await Bun.spawn(install, { cwd: folder, stdin: "ignore" }).exited) !== 0)
    throw new Error("bun install failed");
};

const BARE = `Bun.serve({ hostname: process.env.HOST, port: Number(process.env.PORT), fetch: () => new Response("up") });\n`;

const folder = mkdtempSync(join(tmpdir(), "gonogo-bench-start-"));
try {
  await clone(folder);
  writeFileSync(join(folder, "bare.ts"), BARE);
  const env = { DATABASE_URL: undefined, SECRET_KEY: undefined, GDPR_MODE: "development" };
  const service: Launch = { command: [process.execPath, "start"], cwd: folder, env };
  const bare: Launch = { command: [process.execPath, "bare.ts"], cwd: folder, env };

  const first = await secondsUntilUp(service);
  await secondsUntilUp(bare);
  const services: number[] = [];
  const bares: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    services.push(await secondsUntilUp(service));
    bares.push(await secondsUntilUp(bare));
  }
  const [ours, barest] = [median(services), median(bares)];
  console.log(`first start (keys and database are made): ${first.toFixed(2)} s`);
  console.log(`second start until GET /health/live answers: ${ours.toFixed(2)} s (median of ${RUNS})`);
  console.log(`a bare Bun.serve: ${barest.toFixed(3)} s; ratio ${(ours / barest).toFixed(1)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
