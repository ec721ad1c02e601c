#include "contract/docs_page.hpp"

namespace signalbox::contract {

namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// Everything from the description is set as text, never as markup.
constexpr std::string_view kPage = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Signalbox API</title>
<style>
:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { margin-top: 2rem; text-transform: capitalize; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .4rem 0; }
summary { cursor: pointer; padding: .4rem .7rem; display: flex; gap: .7rem; flex-wrap: wrap; }
details > div { padding: .2rem .9rem .8rem; border-top: 1px solid var(--line); }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { background: var(--soft); padding: .6rem; border-radius: 6px; overflow: auto; max-height: 24rem; }
.method { font-weight: 700; width: 4.2rem; }
.GET { color: #0a7d38; } .POST { color: #1764c0; } .PUT { color: #9a5b00; }
.PATCH { color: #7a3fb5; } .DELETE { color: #c02a2a; }
.about { opacity: .75; } table { border-collapse: collapse; } td { padding: .1rem .8rem .1rem 0; vertical-align: top; }
</style>
</head>
<body>
<h1>Signalbox API</h1>
<p id="about">Reading <a href="/openapi.json">/openapi.json</a> …</p>
<main id="operations"></main>
<script>
"use strict";
function make(tag, text, cls) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (cls) element.className = cls;
  return element;
}
function resolve(doc, part) {
  if (!part || !part.$ref) return part;
  return part.$ref.slice(2).split("/").reduce((at, name) => at[name], doc);
}
function expand(doc, schema, depth) {
  const found = resolve(doc, schema);
  if (!found || typeof found !== "object" || depth > 6) return found;
  if (Array.isArray(found)) return found.map((item) => expand(doc, item, depth + 1));
  return Object.fromEntries(
    Object.entries(found).map(([name, value]) => [name, expand(doc, value, depth + 1)]));
}
function showContent(doc, into, title, content) {
  for (const [type, form] of Object.entries(content || {})) {
    into.append(make("p", title + " " + type));
    if (form.schema) into.append(make("pre", JSON.stringify(expand(doc, form.schema, 0), null, 1)));
  }
}
function showOperation(doc, path, method, operation) {
  const box = make("details");
  const head = make("summary");
  head.append(make("span", method.toUpperCase(), "method " + method.toUpperCase()));
  head.append(make("code", path), make("span", operation.summary, "about"));
  box.append(head);
  box.addEventListener("toggle", () => {
    if (box.children.length > 1) return;
    const body = make("div");
    const keys = (operation.security || []).flatMap(Object.keys);
    body.append(make("p", keys.length ? "Credential: " + keys.join(" or ") : "Open to everybody"));
    const table = make("table");
    for (const reference of operation.parameters || []) {
      const parameter = resolve(doc, reference);
      const row = make("tr");
      const cell = make("td");
      cell.append(make("code", parameter.name));
      row.append(cell, make("td", parameter.in), make("td", JSON.stringify(expand(doc, parameter.schema, 0))),
        make("td", parameter.description || ""));
      table.append(row);
    }
    body.append(table);
    if (operation.requestBody) showContent(doc, body, "Takes", operation.requestBody.content);
    for (const [status, given] of Object.entries(operation.responses)) {
      const answer = resolve(doc, given);
      const content = Number(status) < 400 ? answer.content : {};
      body.append(make("p", status + " – " + answer.description));
      showContent(doc, body, "Gives", content);
    }
    box.append(body);
  });
  return box;
}
fetch("/openapi.json").then((answer) => answer.json()).then((doc) => {
  document.getElementById("about").textContent = doc.info.title + " " + doc.info.version + " – " + doc.info.description;
  const groups = new Map();
  for (const [path, methods] of Object.entries(doc.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(showOperation(doc, path, method, operation));
    }
  }
  for (const [tag, boxes] of groups) {
    document.getElementById("operations").append(make("h2", tag), ...boxes);
  }
}).catch((problem) => {
  document.getElementById("about").textContent = "Cannot read /openapi.json: " + problem;
});
</script>
</body>
</html>
)html";

}  // namespace

std::string_view docs_page() {
    return kPage;
}

std::string_view docs_page_policy() {
    return kPolicy;
}

}  // namespace signalbox::contract
