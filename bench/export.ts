// What reading everything of a person costs who has written very much: the service's memory while it streams 1,000,000
// comments (or as many as the first argument says) over HTTP, beyond what it has after a small export.
import { Database } from "bun:sqlite";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli, startService } from "../tests/support/process.ts";

const COMMENTS = Number(process.argv[2] ?? 1_000_000);
const LIMIT_MB = 100;

const rssOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_000;

/** Comments of one person, by SQL: only their export is measured. */
const seed = (path: string, subject: string): void => {
  const db = new Database(path);
  db.run("pragma busy_timeout = 10000");
  db.run("begin immediate");
  db.run(
    `with recursive series(n) as (select 1 union all select n + 1 from series where n < ${COMMENTS})
     insert into comments (id, created_at, updated_at, version, consent_given, consent_timestamp, retention_until, anonymized,
       thread, subject_id, parent_id, root_id, depth, content, status, queued_at, moderated_at, moderation_note, edited_at,
       edit_token_hash, notify_replies, source, source_id)
     select printf('01960000-%04x-7%03x-8%03x-%012x', n / 4096 % 65536, n % 4096, n % 4096, n), 1760000000000, 1760000000000,
       1, 1, 1760000000000, null, 0, '/posts/' || (n % 1000), ?1, null,
       printf('01960000-%04x-7%03x-8%03x-%012x', n / 4096 % 65536, n % 4096, n % 4096, n), 0,
       '<p>' || printf('%0240d', n) || '</p>', 'approved', null, null, null, null, null, 0, null, null from series`,
    [subject],
  );
  db.run("commit");
  db.close();
};

const folder = mkdtempSync(join(tmpdir(), "gonogo-bench-export-"));
const path = join(folder, "gonogo.db");
const settings = {
  DATABASE_URL: `sqlite:///${path}`,
  SECRET_KEY: "a secret key for benches only, long enough",
};
const token = (await runCli(settings, "credential", "add", "bench", "sessions:create")).split("\n")[0] ?? "";
const service = await startService(settings);
try {
  const ask = async (
    method: string,
    to: string,
    bearer: string,
    body: object | null = null,
  ): Promise<Response> => {
    const response = await fetch(`${service.url}${to}`, {
      method,
      headers: { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json" },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`${method} ${to} was answered ${response.status}: ${await response.text()}`);
    return response;
  };
  const session = (await (await ask("POST", "/v1/sessions", token, { external_user_id: "much" })).json()) as {
    token: string;
    subject: string;
  };
  const exported = async (): Promise<{
    readonly bytes: number;
    readonly seconds: number;
    readonly most: number;
  }> => {
    const filed = await ask("POST", "/v1/privacy-requests", session.token, { type: "access" });
    const { id } = (await filed.json()) as { id: string };
    const from = performance.now();
    const response = await ask("GET", `/v1/privacy-requests/${id}/export`, session.token);
    let [bytes, most, seen] = [0, 0, 0];
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes - seen < 1_000_000) continue;
      seen = bytes;
      most = Math.max(most, rssOf(service.pid));
    }
    return { bytes, seconds: (performance.now() - from) / 1_000, most: Math.max(most, rssOf(service.pid)) };
  };
  const small = await exported();
  seed(path, session.subject);
  const large = await exported();
  const growth = large.most - small.most;
  console.log(`small export: ${small.bytes} bytes, ${small.most.toFixed(0)} MB`);
  console.log(
    `${COMMENTS} comments: ${(large.bytes / 1e6).toFixed(0)} MB in ${large.seconds.toFixed(1)} s, at most ${large.most.toFixed(0)} MB`,
  );
  console.log(
    `memory grew by ${growth.toFixed(0)} MB (limit ${LIMIT_MB}): ${growth < LIMIT_MB ? "holds" : "FAILS"}`,
  );
  process.exitCode = growth < LIMIT_MB ? 0 : 1;
} finally {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
}
