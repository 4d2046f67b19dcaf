import { OutsideCallFailure, type OutsideCalls } from "../../ports/outside-call.ts";
import type { Tracer } from "../../ports/tracer.ts";

/** Every call to a service outside, with its waiting and its repeats, as one span. */
export const tracedCalls = (calls: OutsideCalls, tracer: Tracer): OutsideCalls =>
  tracer.on
    ? {
        ...calls,
        run: async (service, task, options) => {
          const span = tracer.begin(`call ${service}`, { "service.peer.name": service });
          try {
            return await span.within(() => calls.run(service, task, options));
          } catch (failure) {
            span.fail(
              failure instanceof OutsideCallFailure ? (failure.exceptionType ?? failure.kind) : "Error",
            );
            throw failure;
          } finally {
            span.end();
          }
        },
      }
    : calls;
