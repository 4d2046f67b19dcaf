import type { PhysicalErasure } from "../../ports/physical-erasure.ts";
import type { MemoryContents } from "./contents.ts";

/** What is deleted here is gone with the next collection of garbage; what is stored can be looked through. */
export const memoryPhysicalErasure = ({ tables }: Pick<MemoryContents, "tables">): PhysicalErasure => ({
  scrub: async () => ({ complete: true }),
  maintain: async () => ({ complete: true }),
  find: async (spellings) => {
    const texts = spellings.filter(({ text, word }) => text !== "" && !word).map(({ text }) => text);
    return Object.entries(tables).flatMap(([name, table]) => {
      for (const row of table.values()) {
        const stored = JSON.stringify(row);
        if (texts.some((text) => stored.includes(text))) return [name];
      }
      return [];
    });
  },
});
