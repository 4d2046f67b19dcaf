import { parseArgs } from "node:util";
import { BREACH_COUNT_MAX, BREACH_RISKS, PERSONS_EXEMPTIONS } from "../../domain/breaches/breach.ts";
import type { BreachFacts } from "../../domain/breaches/record-breach.ts";
import { type Instant, parseInstant } from "../../domain/shared/instant.ts";
import type { InvalidField } from "../errors.ts";
import { CommandRefused } from "./command-refused.ts";

const OPTIONS = {
  nature: "TEXT, what happened; name no person concerned",
  "aware-at": "TIME, when you became aware of it: 72 hours run from here",
  "person-categories": "TEXT, whose data",
  persons: "NUMBER, approximately",
  "record-categories": "TEXT, which data",
  records: "NUMBER, approximately",
  contact: "TEXT, who can say more: the data protection officer, or another",
  consequences: "TEXT, likely ones",
  measures: "TEXT, taken or proposed",
  risk: BREACH_RISKS.join(" | "),
  "data-unintelligible": "yes | no: of no use to who has them, such as encrypted data",
  "persons-exemption": `${PERSONS_EXEMPTIONS.join(" | ")}: why persons are not told one by one of a high risk`,
  "phase-at": "TIME, when the authority was told a part, with --told",
  told: "TEXT, that part",
  "notified-at": "TIME, when the authority had been told everything of GDPR Art. 33(3)",
  "late-reason": "TEXT, why the authority was told after 72 hours",
  "persons-told-at": "TIME, when those concerned, or instead of them the public, were told",
} as const;

type Option = keyof typeof OPTIONS;

const NAMES = Object.keys(OPTIONS) as readonly Option[];

export const BREACH_USAGE = `Usage: bun run cli breach list [--all]
       bun run cli breach show ID
       bun run cli breach add --nature TEXT --aware-at TIME [FACT ...]
       bun run cli breach update ID FACT [FACT ...]

${NAMES.map((name) => `  --${name.padEnd(20)}${OPTIONS[name]}`).join("\n")}

A TIME is RFC 3339, such as 2026-03-02T12:00:00Z, or now. Nothing is taken back: a fact is replaced, a phase added.`;

const TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

const time = (option: Option, words: string, now: Instant): Instant => {
  const instant = words === "now" ? now : TIME.test(words) ? parseInstant(Date.parse(words)) : null;
  if (instant !== null) return instant;
  throw new CommandRefused(`--${option}: not a time. Write it as 2026-03-02T12:00:00Z, or now.`);
};

const count = (option: Option, words: string): number => {
  const number = /^\d{1,10}$/.test(words) ? Number(words) : BREACH_COUNT_MAX + 1;
  if (number <= BREACH_COUNT_MAX) return number;
  throw new CommandRefused(`--${option}: not a whole number from 0 to ${BREACH_COUNT_MAX}.`);
};

const choice = <const Word extends string>(option: Option, words: string, of: readonly Word[]): Word => {
  const found = of.find((each) => each === words);
  if (found !== undefined) return found;
  throw new CommandRefused(`--${option}: write one of ${of.join(", ")}.`);
};

export interface BreachWords {
  /** What stands before the facts: an id, or nothing. */
  readonly positionals: readonly string[];
  readonly facts: BreachFacts;
}

/** What was written on the command line; refuses what cannot be read, without saying it again. */
export const breachWords = (words: readonly string[], now: Instant): BreachWords => {
  const { values, positionals, tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(NAMES.map((name) => [name, { type: "string" }] as const)),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (!NAMES.some((name) => name === token.name)) throw new CommandRefused(BREACH_USAGE);
    if (token.value === undefined) throw new CommandRefused(`--${token.name}: say what.`);
  }
  const read = <T>(option: Option, parse: (words: string) => T): T | undefined => {
    const value = values[option];
    return typeof value === "string" ? parse(value) : undefined;
  };
  const text = (option: Option) => read(option, (value) => value);
  const at = (option: Option) => read(option, (value) => time(option, value, now));
  const [phaseAt, told] = [at("phase-at"), text("told")];
  if ((phaseAt === undefined) !== (told === undefined))
    throw new CommandRefused("A phase has both: --phase-at TIME --told TEXT.");
  const all = {
    nature: text("nature"),
    aware_at: at("aware-at"),
    person_categories: text("person-categories"),
    persons: read("persons", (value) => count("persons", value)),
    record_categories: text("record-categories"),
    records: read("records", (value) => count("records", value)),
    contact: text("contact"),
    consequences: text("consequences"),
    measures: text("measures"),
    risk: read("risk", (value) => choice("risk", value, BREACH_RISKS)),
    data_unintelligible: read(
      "data-unintelligible",
      (value) => choice("data-unintelligible", value, ["yes", "no"]) === "yes",
    ),
    persons_exemption: read("persons-exemption", (value) =>
      choice("persons-exemption", value, PERSONS_EXEMPTIONS),
    ),
    phase: phaseAt === undefined || told === undefined ? undefined : { at: phaseAt, told },
    notified_at: at("notified-at"),
    late_reason: text("late-reason"),
    persons_told_at: at("persons-told-at"),
  };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return { positionals, facts: Object.fromEntries(given) };
};

const REASONS: Readonly<Partial<Record<InvalidField["reason"], string>>> = {
  missing: "is needed too",
  "in-the-future": "lies in the future",
  "before-aware": "lies before --aware-at",
  empty: "says nothing",
  "too-long": "is too long",
  "control-character": "holds a control character",
  nul: "holds a NUL character",
  "lone-surrogate": "is no well-formed Unicode",
};

const optionOf = (pointer: string): string => {
  if (pointer === "/phase/told") return "--told";
  return pointer === "/phase" ? "--phase-at" : `--${pointer.slice(1).replaceAll("_", "-")}`;
};

/** What is wrong with the facts, option by option, never repeating a value. */
export const wrongFacts = (errors: readonly InvalidField[]): CommandRefused =>
  new CommandRefused(
    [
      "Not entered:",
      ...errors.map(({ pointer, reason }) => `  ${optionOf(pointer)} ${REASONS[reason] ?? reason}`),
    ].join("\n"),
  );
