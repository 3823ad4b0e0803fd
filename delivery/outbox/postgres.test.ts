import { outboxContract } from './contract.ts'
import { openContract } from './testing/postgres.ts'

outboxContract('Postgres', openContract)
