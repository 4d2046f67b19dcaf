const METHODS: readonly string[] = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "TRACE",
  "CONNECT",
];

/** A method is a word of the sender: only known ones are written down. */
export const methodWord = (method: string): string => (METHODS.includes(method) ? method : "other");
