import { Counter, type CounterConfiguration } from "prom-client";

interface Waiting<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  count: number;
}

/**
 * Counts what is told by its label values, in the order of `labelNames`, and hands it to prom-client when the metrics are
 * asked for: prom-client checks the labels and works out their place anew for every single count.
 */
export const tally = <const Label extends string>(
  configuration: Omit<CounterConfiguration<Label>, "labelNames"> & { readonly labelNames: readonly Label[] },
): ((...values: readonly string[]) => void) => {
  const waiting = new Map<string, Waiting<Label>>();
  new Counter<Label>({
    ...configuration,
    labelNames: [...configuration.labelNames],
    collect() {
      for (const { labels, count } of waiting.values()) this.inc(labels, count);
      waiting.clear();
    },
  });
  const labelled = (values: readonly string[]): Readonly<Record<Label, string>> =>
    Object.fromEntries(configuration.labelNames.map((name, index) => [name, values[index] ?? ""])) as Record<
      Label,
      string
    >;
  return (...values) => {
    const place = values.join(" ");
    const known = waiting.get(place);
    if (known !== undefined) known.count += 1;
    else waiting.set(place, { labels: labelled(values), count: 1 });
  };
};
