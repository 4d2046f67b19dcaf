// How much work a backtracking engine has with a regular expression: the expression is interpreted, character by
// character, and every attempt is counted. Knows what the scrubber's patterns use and refuses the rest. Characters
// outside the basic plane are two, as without the flag `u`.

interface State {
  readonly text: string;
  readonly groups: Map<string, string>;
  steps: number;
}

type Next = (at: number) => boolean;
type Matcher = (state: State, at: number, next: Next) => boolean;

/** One character of a class, judged by the real engine and remembered. */
const single = (
  source: string,
  flags: string,
): Matcher & { readonly accepts: (character: string) => boolean } => {
  const pattern = new RegExp(`^(?:${source})$`, flags);
  const known = new Map<string, boolean>();
  const accepts = (character: string): boolean => {
    const answer = known.get(character) ?? nativeTest(pattern, character);
    known.set(character, answer);
    return answer;
  };
  const match: Matcher = (state, at, next) => {
    state.steps += 1;
    return at < state.text.length && accepts(state.text[at] as string) && next(at + 1);
  };
  return Object.assign(match, { accepts });
};

const nativeExec = RegExp.prototype.exec;
const nativeTest = (pattern: RegExp, text: string): boolean => {
  pattern.lastIndex = 0;
  return nativeExec.call(pattern, text) !== null;
};

const sequence = (parts: readonly Matcher[]): Matcher =>
  parts.reduceRight<Matcher>(
    (rest, part) => (state, at, next) => part(state, at, (to) => rest(state, to, next)),
    (_, at, next) => next(at),
  );

const repeated = (part: Matcher, min: number, max: number): Matcher => {
  if ("accepts" in part) {
    const { accepts } = part as ReturnType<typeof single>;
    return (state, at, next) => {
      let end = at;
      while (end < state.text.length && end - at < max && accepts(state.text[end] as string)) end += 1;
      state.steps += end - at + 1;
      for (; end - at >= min; end -= 1) {
        state.steps += 1;
        if (next(end)) return true;
      }
      return false;
    };
  }
  const again =
    (count: number): Matcher =>
    (state, at, next) => {
      state.steps += 1;
      const more = count < max && part(state, at, (to) => to > at && again(count + 1)(state, to, next));
      return more || (count >= min && next(at));
    };
  return again(0);
};

/** Counted as ten steps: the scrubber's look back over one or two characters only. */
const behind = (source: string, flags: string, wanted: boolean): Matcher => {
  const pattern = new RegExp(`(?:${source})$`, flags);
  return (state, at, next) => {
    state.steps += 10;
    return nativeTest(pattern, state.text.slice(Math.max(0, at - 24), at)) === wanted && next(at);
  };
};

const compile = (source: string, flags: string): Matcher => {
  let here = 0;
  let groupCount = 0;
  const fail = (): never => {
    throw new Error(`cannot count the steps of ${source} at ${here}`);
  };
  const take = (pattern: RegExp): string | null => {
    const sticky = new RegExp(pattern.source, "y");
    sticky.lastIndex = here;
    const found = nativeExec.call(sticky, source);
    if (found === null) return null;
    here += found[0].length;
    return found[0];
  };
  const alternatives = (): Matcher => {
    const choices = [terms()];
    while (take(/\|/) !== null) choices.push(terms());
    return choices.length === 1
      ? (choices[0] as Matcher)
      : (state, at, next) => choices.some((choice) => choice(state, at, next));
  };
  const terms = (): Matcher => {
    const parts: Matcher[] = [];
    while (here < source.length && source[here] !== "|" && source[here] !== ")") parts.push(term());
    return sequence(parts);
  };
  const term = (): Matcher => {
    const part = atom();
    const quantifier = take(/[*+?]|\{\d+(?:,\d*)?\}/);
    if (quantifier === null) return part;
    if (source[here] === "?") fail();
    if (quantifier === "*") return repeated(part, 0, Number.POSITIVE_INFINITY);
    if (quantifier === "+") return repeated(part, 1, Number.POSITIVE_INFINITY);
    if (quantifier === "?") return repeated(part, 0, 1);
    const [low = "0", high] = quantifier.slice(1, -1).split(",");
    return repeated(
      part,
      Number(low),
      high === undefined ? Number(low) : high === "" ? Number.POSITIVE_INFINITY : Number(high),
    );
  };
  const closed = (inner: Matcher): Matcher => (take(/\)/) === null ? fail() : inner);
  const atom = (): Matcher => {
    if (take(/\^/) !== null) return (_, at, next) => at === 0 && next(at);
    if (take(/\$/) !== null) return (state, at, next) => at === state.text.length && next(at);
    if (take(/\(\?:/) !== null) return closed(alternatives());
    const ahead = take(/\(\?[=!]/);
    if (ahead !== null) {
      const inner = closed(alternatives());
      return (state, at, next) => inner(state, at, () => true) === (ahead === "(?=") && next(at);
    }
    const back = take(/\(\?<[=!]/);
    if (back !== null) {
      const from = here;
      closed(alternatives());
      return behind(source.slice(from, here - 1), flags, back === "(?<=");
    }
    const named = take(/\(\?<\w+>/);
    if (named !== null || take(/\(/) !== null) {
      groupCount += 1;
      const name = named === null ? String(groupCount) : named.slice(3, -1);
      const inner = closed(alternatives());
      return (state, at, next) =>
        inner(state, at, (to) => {
          const before = state.groups.get(name);
          state.groups.set(name, state.text.slice(at, to));
          if (next(to)) return true;
          if (before === undefined) state.groups.delete(name);
          else state.groups.set(name, before);
          return false;
        });
    }
    const reference = take(/\\k<\w+>|\\\d/);
    if (reference !== null) {
      const name = reference.replace(/^\\k<|^\\|>$/g, "");
      return (state, at, next) => {
        const wanted = state.groups.get(name) ?? "";
        state.steps += wanted.length + 1;
        return state.text.startsWith(wanted, at) && next(at + wanted.length);
      };
    }
    if (take(/\\b/) !== null) {
      const isWord = (character: string | undefined): boolean => /^\w$/.test(character ?? "");
      return (state, at, next) => {
        state.steps += 1;
        return isWord(state.text[at - 1]) !== isWord(state.text[at]) && next(at);
      };
    }
    const character = take(/\[(?:\\p\{\w+\}|\\.|[^\]\\])*\]|\\p\{\w+\}|\\u[\da-fA-F]{4}|\\.|[^()[\]|]/);
    return character === null ? fail() : single(character, flags);
  };
  const whole = alternatives();
  return here === source.length ? whole : fail();
};

/** Runs something and counts the steps of every regular expression that it uses, wherever it uses it. */
export const countSteps = (run: () => void): number => {
  const compiled = new Map<RegExp, Matcher>();
  let steps = 0;
  let counting = true;
  const count = (pattern: RegExp, text: string, from: number, result: RegExpExecArray | null): void => {
    const matcher = compiled.get(pattern) ?? compile(pattern.source, pattern.flags.replace(/[gy]/g, ""));
    compiled.set(pattern, matcher);
    let found: { readonly at: number; readonly to: number } | null = null;
    for (let at = from; at <= text.length && found === null; at += 1) {
      const state: State = { text, groups: new Map(), steps: 1 };
      matcher(state, at, (to) => {
        found = { at, to };
        return true;
      });
      steps += state.steps;
      if (pattern.sticky) break;
    }
    const expected = result === null ? null : { at: result.index, to: result.index + result[0].length };
    if (JSON.stringify(found) !== JSON.stringify(expected)) {
      throw new Error(`counted ${JSON.stringify(found)} where ${pattern} finds ${JSON.stringify(expected)}`);
    }
  };
  RegExp.prototype.exec = function (text: string): RegExpExecArray | null {
    const from = this.global || this.sticky ? this.lastIndex : 0;
    const result = nativeExec.call(this, text);
    if (counting) {
      counting = false;
      try {
        count(this, text, from, result);
      } finally {
        counting = true;
      }
    }
    return result;
  };
  try {
    run();
  } finally {
    RegExp.prototype.exec = nativeExec;
  }
  return steps;
};
