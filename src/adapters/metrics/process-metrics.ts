import { Counter, Gauge, type Registry } from "prom-client";

/**
 * The process, under the names that every Prometheus client uses. prom-client's own default metrics are left aside: they
 * read V8 and libuv, which Bun does not have, and show zeros.
 */
export const registerProcess = (registry: Registry): void => {
  const registers = [registry];
  new Gauge({
    name: "process_resident_memory_bytes",
    help: "Resident memory size in bytes.",
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Counter({
    name: "process_cpu_seconds_total",
    help: "Total user and system CPU time spent in seconds.",
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1_000_000);
    },
  });
  new Gauge({
    name: "process_start_time_seconds",
    help: "Start time of the process since unix epoch in seconds.",
    registers,
  }).set(performance.timeOrigin / 1_000);
};
