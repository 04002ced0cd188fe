// What a browser loads before the inbox can be used: the entry, the shell's and the inbox's chunks with all they import,
// as gzip. Fails above the budget.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const budget = 350 * 1000 // bytes
const dist = new URL('../dist/', import.meta.url).pathname
const manifest = JSON.parse(readFileSync(dist + '.vite/manifest.json', 'utf8'))
const wanted = process.argv.slice(2).length ? process.argv.slice(2) : ['index.html', 'src/features/inbox/Inbox.tsx', 'src/features/today/Today.tsx']
const files = new Set()
const visit = (key) => {
  const chunk = manifest[key]
  if (!chunk) throw new Error(`no chunk ${key} in the manifest`)
  if (files.has(chunk.file)) return
  files.add(chunk.file)
  for (const i of chunk.imports ?? []) visit(i)
}
wanted.forEach(visit)
let sum = 0
for (const file of files) {
  const n = gzipSync(readFileSync(dist + file), { level: 9 }).length
  sum += n
  console.log(`${String(n).padStart(8)}  ${file}`)
}
console.log(`${String(sum).padStart(8)}  bytes of script, gzip; budget ${budget}`)
if (sum > budget) process.exit(1)
