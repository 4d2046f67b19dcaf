/** A label whose values are these; whatever else is said becomes `otherwise`. */
export const closedLabel = <const Value extends string>(values: readonly Value[], otherwise: string) => {
  const known: ReadonlySet<string> = new Set(values);
  return (value: string): string => (known.has(value) ? value : otherwise);
};
