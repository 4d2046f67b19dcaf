import { describe, expect, test } from "bun:test";
import { makeLogger } from "../../src/adapters/pino/logger.ts";
import { scrub } from "../../src/adapters/pino/scrub.ts";
import type { LogFields } from "../../src/ports/logger.ts";
import { KINDS, LOCALES, type Personal, POSITIONS, placed } from "./scrub-cases.ts";

/** 50,000 cases: ten locales, five positions, and these many values of each kind in each. */
const TIMES: Readonly<Record<keyof typeof KINDS, number>> = {
  email: 180,
  ip: 180,
  iban: 100,
  card: 100,
  jwt: 60,
  token: 120,
  urlPassword: 60,
  cookie: 60,
  phone: 140,
};
/** Nine digits without any sign of what they are, and faker's inventions of too few or too many. */
const PHONE_RECALL = 0.95;

interface Case {
  readonly value: Personal;
  readonly text: string;
  readonly wanted: string;
}

const casesOf = (locale: string, kind: keyof typeof KINDS): Case[] => {
  const faker = LOCALES[locale];
  if (faker === undefined) throw new Error(`no locale ${locale}`);
  faker.seed([...`${locale} ${kind}`].map((character) => character.charCodeAt(0)));
  return POSITIONS.flatMap((position) =>
    Array.from({ length: TIMES[kind] }, () => {
      const value = KINDS[kind](faker);
      const place = placed(faker, position);
      return {
        value,
        text: place(value.text),
        wanted: place(value.text.replace(value.secret, () => value.mark)),
      };
    }),
  );
};

const lines: string[] = [];
const logger = makeLogger({ write: (line) => void lines.push(line) });

/** Everything that a logger writes when the text comes in by every way there is. */
const logged = ({ value, text }: Case): string => {
  lines.length = 0;
  const error = Object.assign(new Error(text), { stack: text, [value.text]: text });
  const fields = {
    failure: text,
    exception_type: value.text,
    [value.text]: 1,
    [text]: text,
    operation: { text },
    error,
  };
  logger.error(text, fields as unknown as LogFields);
  return lines.join("");
};

let made = 0;

describe.each(Object.keys(LOCALES))("values of people in %s", (locale) => {
  test.each(Object.keys(KINDS).filter((kind) => kind !== "phone") as (keyof typeof KINDS)[])(
    "%s: each is found, and nothing else is touched",
    (kind) => {
      const cases = casesOf(locale, kind);
      made += cases.length;
      const wrong = cases.flatMap(({ text, wanted }) => {
        const got = scrub(text);
        return got === wanted ? [] : [{ text, got }];
      });
      expect(wrong).toEqual([]);
      const escaped = (secret: string): string => JSON.stringify(secret).slice(1, -1);
      expect(cases.filter((each) => logged(each).includes(escaped(each.value.secret)))).toEqual([]);
    },
  );
});

test("telephone numbers are found, but those that are nothing but digits", () => {
  const cases = Object.keys(LOCALES).flatMap((locale) => casesOf(locale, "phone"));
  made += cases.length;
  const missed = cases.filter(({ text, wanted }) => scrub(text) !== wanted);
  expect(1 - missed.length / cases.length).toBeGreaterThan(PHONE_RECALL);
  // With a sign or with a word before them all of them are.
  const signed = missed.filter(({ value: { text } }) =>
    /^\+[1-9]|^00[1-9]\d{8}|^0[1-9]\d{7}|^\(0[1-9]/.test(text),
  );
  expect(signed).toEqual([]);
  const named = cases.filter(({ value: { text } }) => text.replace(/\D/g, "").length < 16);
  expect(named.filter(({ value: { text } }) => scrub(`Tel.: ${text}`) !== "Tel.: [phone]")).toEqual([]);
});

test("that was fifty thousand cases", () => expect(made).toBe(50_000));
