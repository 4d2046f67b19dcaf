import { expect, test } from "bun:test";
import { askedTogether } from "../../src/adapters/drizzle/asked-together.ts";

const asker = () => {
  const asked: (readonly string[])[] = [];
  const ask = askedTogether(async (keys) => {
    asked.push([...keys]);
    if (keys.includes("broken")) throw new Error("the store is away");
    return new Map(keys.filter((key) => key !== "nobody").map((key) => [key, `${key} at ${asked.length}`]));
  });
  return { asked, ask };
};

test("the questions of one turn are one, and each is answered for itself", async () => {
  const { asked, ask } = asker();
  expect(await Promise.all(["a", "nobody", "b", "a"].map(ask))).toEqual(["a at 1", null, "b at 1", "a at 1"]);
  expect(asked).toEqual([["a", "nobody", "b", "a"]]);
});

test("nothing is kept: the next turn asks again", async () => {
  const { asked, ask } = asker();
  expect(await ask("a")).toBe("a at 1");
  expect(await ask("a")).toBe("a at 2");
  expect(asked).toHaveLength(2);
});

test("it is asked after the last of them came, not when the first did", async () => {
  const { asked, ask } = asker();
  const first = ask("a");
  await Promise.resolve();
  expect(asked).toEqual([]);
  await Promise.all([first, ask("b")]);
  expect(asked).toEqual([["a", "b"]]);
});

test("more than one statement takes are several", async () => {
  const { asked, ask } = asker();
  const keys = Array.from({ length: 150 }, (_, number) => `key ${number}`);
  const answers = await Promise.all(keys.map(ask));
  expect(answers.map((answer) => answer?.split(" at ")[0] ?? null)).toEqual(keys);
  expect(asked.map(({ length }) => length)).toEqual([64, 64, 22]);
});

test("a failure is told to all that it concerns, and to nobody after them", async () => {
  const { ask } = asker();
  const outcomes = await Promise.allSettled(["a", "broken"].map(ask));
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await ask("a")).toBe("a at 2");
});
