// Scripts and styles of our own pages, imported as text and sent under a nonce.
declare module "*.page.js" {
  const text: string;
  export default text;
}

declare module "*/page.css" {
  const text: string;
  export default text;
}
