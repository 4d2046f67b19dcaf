interface Branch<Value> {
  readonly branches: Map<string, Branch<Value>>;
  value: Value | null;
}

const branch = <Value>(): Branch<Value> => ({ branches: new Map(), value: null });

/**
 * One value for each combination of label values, made when it is first asked for. Found label by label: a key put
 * together from them would be built, and read through, for every single request.
 */
export const byLabels = <Value>(
  make: (labels: readonly string[]) => Value,
): ((...labels: readonly string[]) => Value) => {
  const root = branch<Value>();
  return (...labels) => {
    let here = root;
    for (const label of labels) {
      let next = here.branches.get(label);
      if (next === undefined) {
        next = branch();
        here.branches.set(label, next);
      }
      here = next;
    }
    here.value ??= make(labels);
    return here.value;
  };
};

/** Label values under their names. */
export const labelled = <const Label extends string>(
  names: readonly Label[],
  values: readonly string[],
): Readonly<Record<Label, string>> =>
  Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""])) as Record<Label, string>;
