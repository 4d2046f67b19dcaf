import { phasesOf } from "../../domain/breaches/breach.ts";
import { type BreachId, parseId } from "../../domain/shared/ids.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import type { Result } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import type { BreachView } from "../breaches/breaches.ts";
import { compose } from "../compose.ts";
import { readSettings } from "../config.ts";
import type { AppError } from "../errors.ts";
import { BREACH_USAGE, breachWords, wrongFacts } from "./breach-facts.ts";
import { CommandRefused } from "./command-refused.ts";

type Say = (text: string) => void;
type Register = Application["breaches"];

const PAGE = 100;

const timeText = (instant: Instant): string => new Date(instant).toISOString();

const hours = (count: number): string => (Math.floor(Math.abs(count) * 10) / 10).toFixed(1);

const clockText = ({ hours_left: left }: BreachView): string =>
  left === null ? "" : left < 0 ? `LATE by ${hours(left)} h` : `${hours(left)} h left`;

const STANDING = {
  due: "tell the authority",
  overdue: "tell the authority",
  begun: "told in part",
  given: "told",
  not_required: "need not be told",
} as const;

const PERSONS = {
  undecided: "judge the risk",
  due: "tell those concerned",
  given: "told",
  not_required: "need not be told",
} as const;

const listed = (view: BreachView): string =>
  [
    clockText(view).padEnd(16),
    view.breach.id,
    `aware ${timeText(view.breach.aware_at)}`,
    `authority: ${STANDING[view.authority_notice]}`.padEnd(30),
    `persons: ${PERSONS[view.persons_notice]}`,
  ].join("  ");

/** Words of whoever entered it: no control character reaches the terminal. */
const safe = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]/gu, " ");

const shown = (view: BreachView): readonly string[] => {
  const { breach } = view;
  const line = (name: string, value: string | number | null): readonly string[] =>
    value === null ? [] : [`${name.padEnd(20)}${safe(String(value))}`];
  const at = (name: string, value: Instant | null) => line(name, value === null ? null : timeText(value));
  return [
    ...line("breach", `${breach.id}, version ${breach.version}`),
    ...line("nature", breach.nature),
    ...at("aware since", breach.aware_at),
    ...line(
      "authority",
      [
        STANDING[view.authority_notice],
        ...(view.hours_left === null ? [] : [`by ${timeText(view.notice_due_at)}`, clockText(view)]),
        ...(view.told_late ? ["first told after 72 hours"] : []),
      ].join(", "),
    ),
    ...line("persons", PERSONS[view.persons_notice]),
    ...line("risk", breach.risk ?? "not judged yet"),
    ...line("unintelligible", breach.data_unintelligible ? "yes" : "no"),
    ...line("exemption", breach.persons_exemption),
    ...line("whose data", breach.person_categories),
    ...line("persons, about", breach.persons),
    ...line("which data", breach.record_categories),
    ...line("records, about", breach.records),
    // The one personal datum of the register.
    ...line(
      "contact",
      breach.contact === null ? null : `named (GET /v1/admin/breaches/${breach.id} says whom)`,
    ),
    ...line("consequences", breach.consequences),
    ...line("measures", breach.measures),
    ...phasesOf(breach).flatMap(({ at: told_at, told }) =>
      line("told in part", `${timeText(told_at)}: ${told}`),
    ),
    ...at("told in whole", breach.notified_at),
    ...line("why late", breach.late_reason),
    ...at("persons told", breach.persons_told_at),
  ];
};

const done = <T>(outcome: Result<T, AppError>): T => {
  if (outcome.ok) return outcome.value;
  const { error } = outcome;
  if (error.type === "invalid-input") throw wrongFacts(error.errors);
  throw new CommandRefused(
    error.type === "not-found"
      ? "There is no breach of this id: `breach list --all` names them."
      : `Not done (${error.type}): somebody else changed it just now. Look at it again and repeat.`,
  );
};

const everyBreach = async (register: Register): Promise<readonly BreachView[]> => {
  const all: BreachView[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: Awaited<ReturnType<Register["list"]>> = await register.list("cli", { limit: PAGE, cursor });
    const { items, next_cursor } = done(page);
    all.push(...items);
    if (next_cursor === null) return all;
    cursor = next_cursor;
  }
};

const list = async (register: Register, isAll: boolean, say: Say): Promise<void> => {
  const open = done(await register.open("cli"));
  for (const view of open) say(listed(view));
  const all = await everyBreach(register);
  const others = all.filter(({ breach }) => !open.some((each) => each.breach.id === breach.id));
  if (isAll) for (const view of others) say(listed(view));
  else if (open.length === 0) say("Nothing is open.");
  if (!isAll && others.length > 0) say(`${others.length} settled: breach list --all`);
};

const idOf = ([text, ...more]: readonly string[]): BreachId => {
  const id = text === undefined || more.length > 0 ? null : parseId<BreachId>(text);
  if (id === null) throw new CommandRefused(BREACH_USAGE);
  return id;
};

/** What the words ask of the register. Refuses what it cannot read or the register does not take. */
export const keepRegister = async (
  register: Register,
  [verb = "", ...words]: readonly string[],
  now: Instant,
  say: Say,
): Promise<void> => {
  const isAll = words.includes("--all");
  if (verb === "list" && words.length === (isAll ? 1 : 0)) return list(register, isAll, say);
  const { positionals, facts } = breachWords(words, now);
  const given = Object.keys(facts).length;
  if (verb === "show" && given === 0) {
    for (const line of shown(done(await register.read("cli", idOf(positionals))))) say(line);
    return;
  }
  if (verb === "add" && positionals.length === 0) {
    const { nature, aware_at } = facts;
    if (nature === undefined || aware_at === undefined)
      throw new CommandRefused(
        "Say at least what happened and since when you know: --nature TEXT --aware-at TIME.",
      );
    const entered = done(await register.record("cli", { ...facts, nature, aware_at }));
    for (const line of shown(entered)) say(line);
    return;
  }
  if (verb === "update" && given > 0) {
    const id = idOf(positionals);
    const { version } = done(await register.read("cli", id)).breach;
    for (const line of shown(done(await register.change("cli", { id, version, facts })))) say(line);
    return;
  }
  throw new CommandRefused(BREACH_USAGE);
};

/** `breach` keeps the register of GDPR Art. 33(5) by the rules of the API: what is late is listed first. */
export const breachCommand = async (words: readonly string[], say: Say): Promise<void> => {
  const service = await compose(readSettings(process.env));
  try {
    await service.store.migrator.up();
    await keepRegister(service.application.breaches, words, service.deps.clock.now(), say);
  } finally {
    await service.close();
  }
};
