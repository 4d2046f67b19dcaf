import { expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSessions } from "../support/comment-writers.ts";
import { runCli, startService } from "../support/process.ts";

const strace = Bun.which("strace");

if (strace === null) {
  console.log("LEFT OUT: fsync before the acknowledgement: strace is not installed");
} else {
  test("SQLite: the write-ahead log is synced between a comment's arrival and its 201", async () => {
    const directory = await mkdtemp(join(tmpdir(), "gonogo-fsync-"));
    const trace = join(directory, "trace");
    const settings = { DATABASE_URL: `sqlite:///${join(directory, "gonogo.db")}` };
    try {
      const credential =
        (await runCli(settings, "credential", "add", "trace", "sessions:create")).split("\n")[0] ?? "";
      const service = await startService(settings, {
        wrapper: [
          strace,
          "-f",
          "-y",
          "-ttt",
          "-s",
          "20000",
          "-o",
          trace,
          "-e",
          "trace=fsync,fdatasync,write,writev,sendto,sendmsg,recvfrom,recvmsg,read,pwrite64",
        ],
      });
      const [token = ""] = await openSessions(service.url, credential, 1);
      const marker = "a-mark-to-find-in-the-trace";
      const response = await fetch(`${service.url}/v1/threads/traced/comments`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify({
          content: marker,
          author_name: "Trace Writer",
          author_email: "trace@example.org",
          gdpr_consent: true,
        }),
      });
      expect(response.status).toBe(201);
      await service.stop();

      const lines = (await readFile(trace, "utf8")).split("\n");
      const answer = lines.findIndex((line) => line.includes("201 Created") && line.includes(marker));
      const syncs = lines.flatMap((line, at) => (/f(data)?sync\(\d+<[^>]*-wal>/.test(line) ? [at] : []));
      const logged = lines.findIndex(
        (line) => line.includes("-wal>") && line.includes("pwrite64") && line.includes(marker),
      );
      expect(answer).toBeGreaterThan(-1);
      expect(logged).toBeGreaterThan(-1);
      expect(syncs.filter((at) => at > logged && at < answer).length).toBeGreaterThan(0);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }, 120_000);
}
