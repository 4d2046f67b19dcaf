// Draws the reference from the OpenAPI document. Builds elements, never HTML, so that nothing in the document can run.
const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};

/** Text with `code` in it. */
const words = (text = "") =>
  text.split(/`([^`]+)`/).map((part, at) => (at % 2 === 1 ? make("code", {}, part) : part));

/** Paragraphs and `- ` lists. */
const prose = (text = "") =>
  text
    .split(/\n{2,}/)
    .filter((block) => block.trim() !== "")
    .map((block) =>
      block.startsWith("- ")
        ? make(
            "ul",
            {},
            ...block
              .split(/^- /m)
              .slice(1)
              .map((item) => make("li", {}, ...words(item))),
          )
        : make("p", {}, ...words(block)),
    );

const nameOf = (reference) => reference.slice(reference.lastIndexOf("/") + 1);

const typeOf = (schema = {}) => {
  if (schema.$ref) return [make("a", { href: `#schema-${nameOf(schema.$ref)}` }, nameOf(schema.$ref))];
  if (schema.anyOf) {
    return schema.anyOf.flatMap((each, at) => (at === 0 ? typeOf(each) : [" or ", ...typeOf(each)]));
  }
  if (schema.enum) return [schema.enum.map((each) => JSON.stringify(each)).join(" | ")];
  if (schema.type === "array") return ["list of ", ...typeOf(schema.items)];
  const limits = [
    schema.format,
    schema.maxLength === undefined ? undefined : `at most ${schema.maxLength} characters`,
    schema.minimum === undefined ? undefined : `from ${schema.minimum}`,
    schema.maximum === undefined ? undefined : `to ${schema.maximum}`,
    schema.default === undefined ? undefined : `default ${JSON.stringify(schema.default)}`,
  ].filter((each) => each !== undefined);
  return [`${schema.type ?? "anything"}${limits.length > 0 ? ` (${limits.join(", ")})` : ""}`];
};

const table = (caption, heads, rows) =>
  make(
    "div",
    { class: "table", tabindex: "0", role: "region", "aria-label": caption },
    make(
      "table",
      {},
      make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
      make(
        "tbody",
        {},
        ...rows.map((cells) => make("tr", {}, ...cells.map((cell) => make("td", {}, ...cell)))),
      ),
    ),
  );

const fieldRows = (schema, prefix = "") =>
  Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const needed = schema.required?.includes(name) ? "" : " (optional)";
    const row = [[make("code", {}, prefix + name), needed], typeOf(field), words(field.description)];
    return field.properties ? [row, ...fieldRows(field, `${prefix}${name}.`)] : [row];
  });

const fields = (caption, schema) =>
  schema.properties
    ? table(caption, ["Field", "Type", "Meaning"], fieldRows(schema))
    : make("p", {}, ...typeOf(schema));

const parameters = (list = []) =>
  list.length === 0
    ? []
    : [
        make("h4", {}, "Parameters"),
        table(
          "Parameters",
          ["Name", "In", "Type", "Meaning"],
          list.map((each) => [
            [make("code", {}, each.name), each.required ? "" : " (optional)"],
            [each.in],
            typeOf(each.schema),
            words(each.description),
          ]),
        ),
      ];

const contentOf = (content = {}) =>
  Object.entries(content).flatMap(([type, { schema }]) => [
    make("code", {}, type),
    " ",
    ...typeOf(schema),
    " ",
  ]);

const problemCodes = (response) =>
  Object.keys(response.content?.["application/problem+json"]?.examples ?? {}).flatMap((code) => [
    make("a", { href: `/problems/${code}` }, code),
    " ",
  ]);

const responses = (all) => [
  make("h4", {}, "Responses"),
  table(
    "Responses",
    ["Status", "Meaning", "Content"],
    Object.entries(all).map(([status, response]) => {
      const codes = problemCodes(response);
      return [
        [status],
        codes.length > 0 ? codes : words(response.description),
        codes.length > 0 ? ["Problem"] : contentOf(response.content),
      ];
    }),
  ),
];

const operation = (method, path, about) =>
  make(
    "details",
    { id: about.operationId },
    make(
      "summary",
      {},
      make("span", { class: `method ${method}` }, method.toUpperCase()),
      " ",
      make("code", {}, path),
      " ",
      about.summary,
    ),
    make(
      "div",
      {},
      ...prose(about.description),
      make("p", {}, make("span", { class: "soft" }, "Permission: "), make("code", {}, about["x-permission"])),
      ...parameters(about.parameters),
      ...(about.requestBody
        ? [make("h4", {}, "Body"), make("p", {}, ...contentOf(about.requestBody.content))]
        : []),
      ...responses(about.responses),
    ),
  );

const draw = (api) => {
  document.title = `${api.info.title} ${api.info.version}: API reference`;
  document.getElementById("title").textContent = `${api.info.title} ${api.info.version}`;
  document
    .getElementById("about")
    .replaceChildren(
      ...prose(api.info.description),
      make("p", {}, make("a", { href: "/docs/json" }, "OpenAPI document")),
    );
  const main = document.getElementById("operations");
  const contents = make("ul");
  for (const tag of api.tags) {
    main.append(make("h2", { id: `tag-${tag.name}` }, tag.name), make("p", {}, tag.description));
    contents.append(make("li", {}, make("a", { href: `#tag-${tag.name}` }, tag.name)));
    for (const [path, methods] of Object.entries(api.paths)) {
      for (const [method, about] of Object.entries(methods)) {
        if (about.tags.includes(tag.name)) main.append(operation(method, path, about));
      }
    }
  }
  main.append(make("h2", { id: "schemas" }, "Schemas"));
  contents.append(make("li", {}, make("a", { href: "#schemas" }, "schemas")));
  for (const [name, schema] of Object.entries(api.components.schemas)) {
    main.append(
      make("h3", { id: `schema-${name}` }, name),
      ...prose(schema.description),
      fields(name, schema),
    );
  }
  document.getElementById("contents").append(contents);
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target !== null) {
    if (target.tagName === "DETAILS") target.open = true;
    target.scrollIntoView();
  }
};

try {
  const response = await fetch("/docs/json");
  draw(await response.json());
} catch {
  document
    .getElementById("about")
    .replaceChildren(make("p", { role: "alert" }, "The OpenAPI document could not be read."));
}
