import { Counter, type CounterConfiguration } from "prom-client";
import { byLabels, labelled } from "./by-labels.ts";

/**
 * Counts what is told by its label values, in the order of `labelNames`, and hands it to prom-client when the metrics are
 * asked for: prom-client checks the labels and works out their place anew for every single count.
 */
export const tally = <const Label extends string>(
  configuration: Omit<CounterConfiguration<Label>, "labelNames"> & { readonly labelNames: readonly Label[] },
): ((...values: readonly string[]) => void) => {
  const waiting: { readonly labels: Readonly<Record<Label, string>>; count: number }[] = [];
  const placeOf = byLabels((values) => {
    const place = { labels: labelled(configuration.labelNames, values), count: 0 };
    waiting.push(place);
    return place;
  });
  new Counter<Label>({
    ...configuration,
    labelNames: [...configuration.labelNames],
    collect() {
      for (const place of waiting) {
        this.inc(place.labels, place.count);
        place.count = 0;
      }
    },
  });
  return (...values) => {
    placeOf(...values).count += 1;
  };
};
