// Owns what a build decides in the documents: the inline stub, the hashes of what goes into script tags, the sizes and the version. It
// reads dist/, writes README.md and docs/csp.md, and with `check` only says whether they are this build's.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

const root = new URL("./", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");

const { version } = JSON.parse(read("package.json"));
const stub = read("dist/stub.js").trim();
const hashes = JSON.parse(read("dist/sri.json"));
const stubHash = `sha256-${createHash("sha256").update(stub).digest("base64")}`;

const kilobytes = (name) => `${Math.round(brotliCompressSync(read(`dist/${name}`)).length / 1000)} kB`;

/** The short stub as its source has it. */
const [, short] = /SHORT_STUB = `([^`]+)`/.exec(read("src/stub-short.ts"));
const shortStub = `
\`\`\`html
<script>
${short}
</script>
<script async src="/clicktrail.js" data-dataset="DATASET_UUID" data-api-key="SCOPED_KEY"></script>
\`\`\`
`;

/** The stub inline, and the script from another origin with its hash. */
const tags = `
\`\`\`html
<script>${stub}</script>
<script async src="https://cdn.example/clicktrail.js" crossorigin="anonymous"
  integrity="${hashes["clicktrail.js"]}"
  data-dataset="DATASET_UUID" data-api-key="SCOPED_KEY"></script>
\`\`\`

| of this build | |
|---|---|
${Object.entries(hashes)
  .filter(([name]) => name !== "clicktrail.js")
  .map(([name, hash]) => `| \`integrity\` of \`${name}\` | \`${hash}\` |`)
  .join("\n")}
| the inline stub's \`script-src\` | \`'${stubHash}'\` |
`;

const BLOCKS = [
  { file: "README.md", name: "short-stub", text: shortStub },
  { file: "docs/csp.md", name: "sri", text: tags },
];

for (const { file, name, text } of BLOCKS) {
  const document = read(file);
  const block = new RegExp(`(?<=<!-- ${name}:start -->)[\\s\\S]*(?=<!-- ${name}:end -->)`);
  if (!block.test(document)) throw new Error(`${file} has no block named ${name}`);
  const fresh = document
    .replace(block, () => text)
    .replace(/clicktrail-\d+\.\d+\.\d+[\w.-]*\.tgz/g, `clicktrail-${version}.tgz`)
    .replace(/about \d+ kB(?= \(brotli\))/, `about ${kilobytes("clicktrail.js")}`)
    .replace(/about \d+ kB(?= more)/, `about ${kilobytes("clicktrail.courier.js")}`);
  if (fresh === document) continue;
  if (process.argv[2] === "check") {
    console.error(`${file}: the block ${name} isn't this build's. Run: npm run docs`);
    process.exitCode = 1;
  } else {
    writeFileSync(new URL(file, root), fresh);
    console.log(`${file}: wrote the block ${name}`);
  }
}
