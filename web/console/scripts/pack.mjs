// Before the build: `pack.mjs empty` clears dist/ but for its committed page. After it: `pack.mjs` writes the licences of
// what was built in, and puts compressed forms beside every file, which the server hands out as they are.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url).pathname
if (process.argv[2] === 'empty') {
  for (const name of readdirSync(dist)) if (name !== 'unbuilt.html') rmSync(join(dist, name), { recursive: true })
} else {
  writeFileSync(join(dist, 'licences.txt'), licences())
  pack(dist)
}

/** Name, version, licence and its text of every package that may be in the bundle. */
function licences() {
  const root = new URL('../', import.meta.url).pathname
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const parts = []
  for (const [path, p] of Object.entries(packages)) {
    if (path === '' || p.dev || p.devOptional || !existsSync(join(root, path))) continue
    const file = readdirSync(join(root, path)).find((f) => /^(licen[cs]e|copying)/i.test(f))
    const text = file ? readFileSync(join(root, path, file), 'utf8').trim() : ''
    parts.push(`${path.replace(/^.*node_modules\//, '')} ${p.version}\n${p.license}\n\n${text}`)
  }
  return parts.join(`\n\n${'-'.repeat(80)}\n\n`) + '\n'
}

function pack(folder) {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    if (name.startsWith('.')) continue
    if (statSync(file).isDirectory()) pack(file)
    else if (/\.(js|css|html|svg|txt)$/.test(name) && name !== 'unbuilt.html') {
      const b = readFileSync(file)
      writeFileSync(file + '.gz', gzipSync(b, { level: 9 }))
      writeFileSync(file + '.br', brotliCompressSync(b, { params: { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: b.length } }))
    }
  }
}
