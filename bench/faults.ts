// What the API feels when a mail server and a Redis are killed, hang and are slow: `bun run bench faults [requests a second]`.
// All three are real processes; so is the service. Each phase's p99 is compared with that of the healthy phases between.
// Ends with 1 when one is three times as long or more, a circuit does not open or close as it should, a request is
// answered wrongly, a mail is lost, or one comes twice other than under the same message id. Takes under three minutes.
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSessions } from "../tests/support/comment-writers.ts";
import { freePort, runCli, startService } from "../tests/support/process.ts";
import { redisServer, startRedis } from "../tests/support/redis.ts";
import { startChild } from "./support/child.ts";
import { stateInMetrics, watchCircuits } from "./support/circuit-watch.ts";
import { startSteadyLoad } from "./support/steady-load.ts";

const RATIO_MAX = 3;
const [perSecond = "200"] = process.argv.slice(2);
const SECOND = 1_000;
/** CIRCUIT_TIMEOUT_SECONDS: after so long an open circuit lets one call try. */
const OPEN_SECONDS = 5;
/** A Redis that answers so late, and a mail server that takes so long over every reply. */
const SLOW_REDIS_MS = [25, 100];
const SLOW_SMTP_MS = 1_000;

const program = redisServer();
if (program === null) throw new Error("redis-server is not installed");

const problems: string[] = [];
const expectThat = (holds: boolean, what: string): void => {
  if (!holds) problems.push(what);
};

const folder = await mkdtemp(join(tmpdir(), "gonogo-bench-faults-"));
const taken = join(folder, "taken");
writeFileSync(taken, "");
const [linkPort, smtpPort] = [await freePort(), await freePort()];
const redis = await startRedis(program);
const link = await startChild("slow-link.ts", String(linkPort), String(redis.port));
const startSmtp = () => startChild("smtp-process.ts", String(smtpPort), taken);
let smtp = await startSmtp();

const settings = {
  DATABASE_URL: `sqlite:///${join(folder, "gonogo.db")}`,
  REDIS_URL: `redis://127.0.0.1:${linkPort}`,
  SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
  CIRCUIT_TIMEOUT_SECONDS: String(OPEN_SECONDS),
};
const credential = (await runCli(settings, "credential", "add", "load", "sessions:create")).split("\n")[0];
const service = await startService(settings);
const { url } = service;
const tokens = await openSessions(url, credential ?? "", 20);
const load = startSteadyLoad(url, tokens, Number(perSecond));
const circuits = watchCircuits(url);

const healthy = async (seconds: number): Promise<void> => {
  load.phase("healthy");
  await Bun.sleep(seconds * SECOND);
};

interface Fault {
  readonly name: string;
  readonly service: "redis" | "smtp";
  begin(): Promise<unknown> | unknown;
  end(): Promise<unknown> | unknown;
  /** At least; longer while the circuit is not yet open. */
  readonly seconds: number;
  /** Whether the circuit opens: a slow answer is an answer. */
  readonly opens: boolean;
}

/** By when a circuit must have opened: a mail server may keep us waiting for its greeting ten seconds, twice. */
const OPENED_BY = { redis: 2 * SECOND, smtp: 30 * SECOND } as const;

const suffer = async ({ name, service: which, begin, end, seconds, opens }: Fault): Promise<void> => {
  circuits.forget();
  load.phase(name);
  const began = performance.now();
  await begin();
  if (opens) {
    expectThat(await circuits.until(which, "OPEN", OPENED_BY[which]), `${name}: the circuit did not open`);
    expectThat((await stateInMetrics(url, which)) !== "CLOSED", `${name}: /metrics do not show it`);
  }
  await Bun.sleep(Math.max(0, seconds * SECOND - (performance.now() - began)));
  const states = circuits.seen(which);
  expectThat(opens || !states.includes("OPEN"), `${name}: the circuit opened`);
  load.phase("coming back");
  await end();
  const closed = await circuits.until(which, "CLOSED", 3 * OPEN_SECONDS * SECOND);
  expectThat(closed, `${name}: the circuit did not close again`);
  expectThat((await stateInMetrics(url, which)) === "CLOSED", `${name}: /metrics do not show it closed`);
  console.log(`${name.padEnd(16)} circuit: ${circuits.seen(which).join(" > ")}`);
};

const FAULTS: readonly Fault[] = [
  {
    name: "mail hangs",
    service: "smtp",
    begin: () => smtp.signal("SIGSTOP"),
    end: () => smtp.signal("SIGCONT"),
    seconds: 20,
    opens: true,
  },
  {
    name: "mail is killed",
    service: "smtp",
    begin: () => smtp.kill(),
    end: async () => {
      smtp = await startSmtp();
    },
    seconds: 8,
    opens: true,
  },
  {
    name: "mail is slow",
    service: "smtp",
    begin: () => smtp.tell(SLOW_SMTP_MS),
    end: () => smtp.tell(0),
    seconds: 8,
    opens: false,
  },
  {
    name: "Redis is killed",
    service: "redis",
    begin: () => redis.signal("SIGKILL"),
    end: () => redis.restart(),
    seconds: 8,
    opens: true,
  },
  {
    name: "Redis hangs",
    service: "redis",
    begin: () => redis.signal("SIGSTOP"),
    end: () => redis.signal("SIGCONT"),
    seconds: 8,
    opens: true,
  },
  ...SLOW_REDIS_MS.map(
    (delay): Fault => ({
      name: `Redis: ${delay} ms`,
      service: "redis",
      begin: () => link.tell(delay),
      end: () => link.tell(0),
      seconds: 8,
      opens: true,
    }),
  ),
];

const percentile = (times: readonly number[], share: number): number => {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

const report = (): void => {
  const base = percentile(load.times.get("healthy") ?? [], 0.99);
  for (const [name, times] of load.times) {
    if (name === "warming up") continue;
    const p99 = percentile(times, 0.99);
    const ratio = p99 / base;
    const judged = FAULTS.some((fault) => fault.name === name);
    expectThat(!judged || ratio < RATIO_MAX, `${name}: p99 is ${ratio.toFixed(1)} times its healthy value`);
    const [p50, tail, longest] = [percentile(times, 0.5), p99, Math.max(...times)].map((value) =>
      value.toFixed(1).padStart(6),
    );
    console.log(
      `${name.padEnd(16)} p50 ${p50} ms  p99 ${tail} ms  longest ${longest} ms  ${ratio.toFixed(2)}×  of ${times.length}`,
    );
  }
};

/** Each mail as often as the server had it, by address; a line is there before the mail is acknowledged. */
const mailsTaken = (): ReadonlyMap<string, readonly string[]> => {
  const mails = new Map<string, string[]>();
  for (const line of readFileSync(taken, "utf8").split("\n").filter(Boolean)) {
    const [to, id] = JSON.parse(line) as [string, string];
    mails.set(to, [...(mails.get(to) ?? []), id]);
  }
  return mails;
};

/** Deferred mails are tried after half a minute, then a minute. */
const ALL_MAILS_BY = 75 * SECOND;

const judgeMails = async (): Promise<void> => {
  const limit = performance.now() + ALL_MAILS_BY;
  const missing = () => {
    const mails = mailsTaken();
    return [...load.promised].filter((address) => !mails.has(address));
  };
  while (missing().length > 0 && performance.now() < limit) await Bun.sleep(200);
  const lost = missing().length;
  const copies = [...mailsTaken().values()].filter((ids) => ids.length > 1);
  const different = copies.filter((ids) => new Set(ids).size > 1).length;
  console.log(
    `mails: ${load.promised.size} promised, ${lost} lost, ${copies.length} came twice (same message id)`,
  );
  expectThat(lost === 0, `${lost} mails were lost`);
  expectThat(different === 0, `${different} mails came under two message ids`);
  // A copy can only be of a mail that was on its way when the server was hung or killed: four at once, twice.
  expectThat(copies.length <= 8, `${copies.length} mails came twice`);
};

try {
  load.phase("warming up");
  await Bun.sleep(6 * SECOND);
  await healthy(6);
  for (const fault of FAULTS) {
    await suffer(fault);
    await healthy(3);
  }
  load.endMails();
  await judgeMails();
  await load.stop();
  report();
  for (const [what, times] of load.faults) expectThat(false, `${what}, ${times} times`);
  expectThat(!service.output().includes("unhandled_exception"), "something unforeseen was logged");
} finally {
  circuits.stop();
  expectThat((await service.stop()) === 0, "the service did not end well");
  await Promise.all([smtp.kill(), link.kill(), redis.stop()]);
  await rm(folder, { recursive: true, force: true });
}
for (const problem of problems) console.log(`FAILED: ${problem}`);
process.exit(problems.length === 0 ? 0 : 1);
