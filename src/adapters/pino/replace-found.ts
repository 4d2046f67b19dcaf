export interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly by: string;
}

/**
 * Goes through what a global pattern finds. The judge replaces a piece of the text, or says from where to look on: a find
 * that was none may have swallowed the beginning of one that is.
 */
export const replaceFound = (
  text: string,
  pattern: RegExp,
  judge: (found: RegExpExecArray, end: number) => Replacement | number,
): string => {
  let clean = "";
  let kept = 0;
  pattern.lastIndex = 0;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    const judged = judge(found, pattern.lastIndex);
    if (typeof judged === "number") {
      pattern.lastIndex = judged;
    } else {
      clean += text.slice(kept, judged.from) + judged.by;
      kept = judged.to;
      pattern.lastIndex = judged.to;
    }
  }
  return kept === 0 ? text : clean + text.slice(kept);
};
