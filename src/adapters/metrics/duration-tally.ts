import type { Histogram, Registry } from "prom-client";
import { byLabels, labelled } from "./by-labels.ts";

interface Durations<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  /** By bucket; the last is for what is longer than all bounds. */
  readonly counts: number[];
  sum: number;
}

/**
 * A histogram of seconds by label values, in the order of `labelNames`; `buckets` are upper bounds, rising. Kept here and
 * shown by prom-client, which would check the labels and work out their place anew for every single value (see `tally`)
 * and takes no counts of others into a histogram of its own.
 */
export const durationTally = <const Label extends string>({
  name,
  help,
  labelNames,
  buckets,
  registry,
}: {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  readonly buckets: readonly number[];
  readonly registry: Registry;
}): ((seconds: number, ...values: readonly string[]) => void) => {
  const all: Durations<Label>[] = [];
  const placeOf = byLabels((values) => {
    const counts = Array.from({ length: buckets.length + 1 }, () => 0);
    const place = { labels: labelled(labelNames, values), counts, sum: 0 };
    all.push(place);
    return place;
  });
  const shown = ({ labels, counts, sum }: Durations<Label>) => {
    let count = 0;
    const bounded = counts.map((more, index) => {
      count += more;
      return {
        metricName: `${name}_bucket`,
        labels: { le: buckets[index] ?? "+Inf", ...labels },
        value: count,
      };
    });
    return [
      ...bounded,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  };
  // All that a registry asks of a metric.
  const metric = {
    name,
    get: async () => ({ name, help, type: "histogram", aggregator: "sum", values: all.flatMap(shown) }),
  };
  registry.registerMetric(metric as unknown as Histogram);
  return (seconds, ...values) => {
    const place = placeOf(...values);
    const fits = buckets.findIndex((bound) => seconds <= bound);
    const bucket = fits === -1 ? buckets.length : fits;
    place.counts[bucket] = (place.counts[bucket] ?? 0) + 1;
    place.sum += seconds;
  };
};
