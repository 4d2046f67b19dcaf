/**
 * Reduces a comment to the allow-list: p br strong em a ul ol li, a[href,title] with http, https and mailto. What is
 * not on it goes, its text stays; scripts and styles go with their text. Never throws; empty when nothing remains to read.
 */
export interface HtmlSanitizer {
  /** A comment as posted: HTML, or plain text whose line breaks are kept. */
  comment(content: string): string;
  /** Plain text, shown as it is: nothing in it is markup. */
  text(content: string): string;
}
