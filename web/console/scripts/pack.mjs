// Before the build: `pack.mjs empty` clears dist/ but for its committed page. After it: `pack.mjs` puts compressed
// forms beside every file, which the server hands out as they are.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url).pathname
if (process.argv[2] === 'empty') {
  for (const name of readdirSync(dist)) if (name !== 'unbuilt.html') rmSync(join(dist, name), { recursive: true })
} else {
  rmSync(join(dist, 'stats'), { recursive: true, force: true })
  pack(dist)
}

function pack(folder) {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    if (name.startsWith('.')) continue
    if (statSync(file).isDirectory()) pack(file)
    else if (/\.(js|css|html|svg)$/.test(name) && name !== 'unbuilt.html') {
      const b = readFileSync(file)
      writeFileSync(file + '.gz', gzipSync(b, { level: 9 }))
      writeFileSync(file + '.br', brotliCompressSync(b, { params: { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: b.length } }))
    }
  }
}
