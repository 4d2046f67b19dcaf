import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, startService } from "../support/process.ts";

test("a second service on the same port says so and ends, and the first goes on", async () => {
  const directory = await mkdtemp(join(tmpdir(), "gonogo-port-"));
  const settings = (name: string) => ({ DATABASE_URL: `sqlite:///${join(directory, name, "gonogo.db")}` });
  const port = await freePort();
  const first = await startService(settings("first"), { port });
  try {
    const child = Bun.spawn([process.execPath, "src/app/main.ts"], {
      cwd: join(import.meta.dir, "../.."),
      env: { PATH: process.env["PATH"] ?? "", ...settings("second"), LOG_DIR: "none", PORT: String(port) },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    const [said, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
    expect(code).toBe(1);
    expect(said).toContain("set PORT to a free one");
    expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
  } finally {
    await first.stop();
    await rm(directory, { recursive: true, force: true });
  }
}, 60_000);
