import { readFileSync, writeFileSync } from 'node:fs'
import { currentDocs, currentSchema, places } from './generated.ts'

// Run after a change of the schema: node delivery/config/generate.ts && npm run fix
writeFileSync(places.schema, currentSchema())
writeFileSync(places.docs, currentDocs(readFileSync(places.docs, 'utf8')))
