import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readSettings } from "../../src/app/config.ts";
import { TREE } from "./copy.ts";

const EXAMPLE = readFileSync(join(TREE, ".env.example"), "utf8");
const [now = "", reserved = ""] = EXAMPLE.split("# --- Reserved");

const settingsIn = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/^# ([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );

/** The names that the settings' schema gives: its keys stand two spaces deep. */
const read = [
  ...readFileSync(join(TREE, "src/app/settings.ts"), "utf8").matchAll(/^ {2}([A-Z][A-Z0-9_]*): /gm),
];

describe(".env.example", () => {
  test("names every setting, and none that is not read but under Reserved", () => {
    const names = [...new Set(read.map(([, name]) => name))].toSorted();
    expect(names.length).toBeGreaterThan(10);
    expect(Object.keys(settingsIn(now)).toSorted()).toEqual(names as string[]);
    expect(Object.keys(settingsIn(reserved)).filter((name) => names.includes(name))).toEqual([]);
  });

  test("gives the defaults: taking all of it changes nothing", () => {
    expect(readSettings(settingsIn(now))).toEqual(readSettings({}));
  });
});
