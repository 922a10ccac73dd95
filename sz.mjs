import {readFileSync} from "node:fs"; import {brotliCompressSync, constants as c} from "node:zlib";
const b=readFileSync("dist/clicktrail.js"); console.log(process.argv[2]??"", brotliCompressSync(b,{params:{[c.BROTLI_PARAM_QUALITY]:11,[c.BROTLI_PARAM_SIZE_HINT]:b.length}}).length, b.length);
