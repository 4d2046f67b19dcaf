import * as fc from "fast-check";
import { testServer } from "../support/http.ts";
import { operationsOf } from "./document.ts";
import { type Draft, targetOf } from "./draft.ts";
import { type Stage, setStage } from "./people.ts";
import { credentialOf, draftOf, type Plan, plans, requestOf } from "./requests.ts";
import { faultsOf } from "./verdict.ts";
import { type Connection, curlOf, type Outcome, openConnection, type WireRequest } from "./wire.ts";
import { makeWorld, type World } from "./world.ts";

export interface Failure {
  readonly fault: string;
  readonly times: number;
  /** The smallest request that was found to do it. */
  readonly curl: string;
  readonly answer: string;
  /** Of the batch it was found in. */
  readonly seed: number;
}

export interface Report {
  readonly requests: number;
  readonly seconds: number;
  /** By operation: every status that was answered, and how often. */
  readonly statuses: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly failures: readonly Failure[];
  /** Kibibytes of the server's process, a hundred times over the run. */
  readonly rss: readonly number[];
}

export interface FuzzOptions {
  readonly count: number;
  readonly seed: number;
  readonly progress?: (done: number) => void;
}

const LANES = 8;
/** Runs of one property: what fast-check found to fail is made smaller, then a next batch goes on. */
const BATCH = 250;
const MOST_SHRINKS = 150;

const rssOf = async (pid: number): Promise<number> =>
  Number(/VmRSS:\s+(\d+) kB/.exec(await Bun.file(`/proc/${pid}/status`).text())?.[1]);

const told = (url: string, outcome: Outcome): string => {
  if (outcome.kind === "answered") {
    return `${outcome.answer.status} ${Buffer.from(outcome.answer.body).toString().slice(0, 500)}`;
  }
  return outcome.kind === "hung" && outcome.before !== null
    ? `hung, on the connection that was used before by\n  ${curlOf(url, outcome.before)}`
    : outcome.kind;
};

type Found = Omit<Failure, "fault">;

/** Everything that is the same for all lanes. */
interface Play extends Stage {
  readonly world: World;
  readonly judge: (request: WireRequest, outcome: Outcome) => Promise<readonly string[]>;
  readonly statuses: Map<string, Map<string, number>>;
  readonly found: Map<string, Found>;
  /** Counts a request; false when enough were sent. */
  readonly next: () => Promise<boolean>;
  readonly seed: number;
  sent: number;
}

/** Whether it was sent where its operation is; what was sent elsewhere says nothing of it. */
const isOwn = ({ target, method, operation }: Draft): boolean =>
  target === null && method === operation.method;

const count = ({ statuses }: Play, draft: Draft, outcome: Outcome): void => {
  const counts = statuses.get(draft.operation.id) ?? new Map<string, number>();
  const status = outcome.kind === "answered" ? String(outcome.answer.status) : outcome.kind;
  const name = isOwn(draft) ? status : "elsewhere";
  counts.set(name, (counts.get(name) ?? 0) + 1);
  statuses.set(draft.operation.id, counts);
};

const learn = async ({ world, people }: Play, plan: Plan, draft: Draft, outcome: Outcome): Promise<void> => {
  if (outcome.kind !== "answered") return;
  const credential = credentialOf(draft.headers);
  if (plan.twist === null) {
    const [path = ""] = targetOf(draft).split("?");
    world.learn(draft.operation, path, draft.query, credential, outcome.answer);
  } else world.learnStanding(outcome.answer);
  const { body } = outcome.answer;
  if (!Buffer.from(body).includes('"credential-invalid"')) return;
  if (plan.twist === null) world.disown(credential);
  await people.refused(credential);
};

/** Of the requests that show a fault the shortest is kept. */
const note = ({ found }: Play, fault: string, seen: Omit<Found, "times">): void => {
  const before = found.get(fault);
  const times = (before?.times ?? 0) + 1;
  const shortest = before !== undefined && before.curl.length <= seen.curl.length ? before : seen;
  found.set(fault, { ...shortest, times });
};

/** Sends what is planned, and answers what is wrong with what came back. */
const send = async (
  play: Play,
  connection: Connection,
  plan: Plan,
  seed: number,
): Promise<readonly string[]> => {
  const { world, people, service, judge } = play;
  const { host } = new URL(service.url);
  const draft = draftOf(plan, world, people, host, `fuzz-${play.seed}-${play.sent}`);
  const request = requestOf(draft);
  const faults = new Set<string>();
  for (let time = 0; time < (plan.again ? 2 : 1); time += 1) {
    const outcome = await connection.send(request);
    count(play, draft, outcome);
    await learn(play, plan, draft, outcome);
    for (const fault of await judge(request, outcome)) {
      const named = `${draft.operation.id}: ${fault}`;
      faults.add(named);
      note(play, named, { curl: curlOf(service.url, request), answer: told(service.url, outcome), seed });
    }
  }
  return [...faults];
};

/** Plays batches until enough was sent. A fault seen for the first time is made smaller, then known. */
const lane = async (play: Play, plan: fc.Arbitrary<Plan>, port: number, index: number): Promise<void> => {
  const connection = openConnection(port);
  const known = new Set<string>();
  let more = true;
  for (let batch = 0; more; batch += 1) {
    const fresh = new Set<string>();
    let shrinks = 0;
    // Spread, so that neighbouring seeds have no batch in common.
    const seed = (Math.imul(play.seed, 0x9e3779b1) + index * 65_537 + batch) | 0;
    const property = fc.asyncProperty(plan, async (each) => {
      if (fresh.size > 0) shrinks += 1;
      if (shrinks > MOST_SHRINKS) return;
      if (fresh.size === 0) more = more && (await play.next());
      if (!more) return;
      const faults = (await send(play, connection, each, seed)).filter((fault) => !known.has(fault));
      for (const fault of faults) fresh.add(fault);
      if (faults.length > 0) throw new Error(faults.join("; "));
    });
    await fc.check(property, { seed, numRuns: BATCH });
    for (const fault of fresh) known.add(fault);
  }
  connection.close();
};

/** Sends so many requests to a real server of its own, and tells what it made of them. */
export const fuzz = async ({ count: wanted, seed, progress }: FuzzOptions): Promise<Report> => {
  const [stage, local] = await Promise.all([setStage(), testServer()]);
  const started = performance.now();
  try {
    const operations = operationsOf(stage.document);
    const rss: number[] = [];
    const every = Math.ceil(wanted / 100);
    const world = makeWorld(operations, stage.people.own);
    const play: Play = {
      ...stage,
      world,
      judge: (request, outcome) => faultsOf(request, outcome, operations, local.routes),
      statuses: new Map(operations.map(({ id }) => [id, new Map()])),
      found: new Map(),
      seed,
      sent: 0,
      next: async () => {
        if (play.sent >= wanted) return false;
        play.sent += 1;
        const { sent } = play;
        if (sent % every === 0) {
          rss.push(await rssOf(stage.service.pid));
          for (const mail of await stage.newMails()) world.learnText(mail);
          progress?.(sent);
        }
        return true;
      },
    };
    const plan = plans(operations);
    const port = Number(new URL(stage.service.url).port);
    await Promise.all(Array.from({ length: LANES }, (_, index) => lane(play, plan, port, index)));
    return {
      requests: play.sent,
      seconds: (performance.now() - started) / 1_000,
      statuses: play.statuses,
      failures: [...play.found].map(([fault, each]) => ({ fault, ...each })),
      rss,
    };
  } finally {
    await Promise.all([stage.close(), local.close()]);
  }
};
