/** One way in which something could be written: its bytes, and whether it only counts as a word of its own. */
export interface Spelling {
  readonly bytes: Uint8Array;
  /** The same as text, where it is text: what a database can be asked for. */
  readonly text: string;
  readonly word: boolean;
}

/** Bytes that can be searched: what the platform reads files into. */
export interface SearchableBytes {
  readonly [at: number]: number;
  indexOf(bytes: Uint8Array, from?: number): number;
}

const isWordByte = (byte: number | undefined): boolean =>
  byte !== undefined && (byte >= 0x80 || /[0-9A-Za-z]/.test(String.fromCharCode(byte)));

const holdsOne = (piece: SearchableBytes, { bytes, word }: Spelling): boolean => {
  for (let at = piece.indexOf(bytes); at !== -1; at = piece.indexOf(bytes, at + 1)) {
    if (!word || !(isWordByte(piece[at - 1]) || isWordByte(piece[at + bytes.length]))) return true;
  }
  return false;
};

/** Whether a piece of a file holds one of these; one that is a word must not be part of a longer one. */
export const holdsAny = (piece: SearchableBytes, spellings: readonly Spelling[]): boolean =>
  spellings.some((each) => holdsOne(piece, each));

/** How much of a piece has to be read again with the next one. */
export const overlapOf = (spellings: readonly Spelling[]): number =>
  Math.max(0, ...spellings.map(({ bytes }) => bytes.length)) + 1;
